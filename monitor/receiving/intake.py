"""Storing what is pushed: those who wait at one moment share one transaction, in a thread of ours.

A push is answered once it is on disk. What waits is in memory only, and of it nobody was told that
it is kept: a process that ends loses nothing that it promised.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self, TypeAlias

import structlog

from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.errors import StoreError
from monitor.model import Health, PollOutcome, PollStatus, Saved, Sighting, SourceState
from monitor.pipeline import Pipeline, Taught
from monitor.receiving.base import Busy, Hook, Push, Taken
from monitor.store.base import Store

log = structlog.get_logger(__name__)

STORED_WITHIN_S = 20.0
"""Seconds that a sender waits at most: some give up after 30. What is stored later is stored."""
_TOGETHER = 500
"""Entries that share a transaction: the database is held for a second or two at most."""

_Result: TypeAlias = "Taken | Exception"


@dataclass(slots=True)
class _Waiting:
    hook: Hook
    push: Push
    done: asyncio.Future[Taken]


@dataclass(kw_only=True)
class Intake:
    """Takes pushes while it is entered; ``every`` says after how long without one to worry."""

    store: Store
    pipeline: Pipeline
    taught: Callable[[], Taught] = Taught
    every: Mapping[str, timedelta] = field(default_factory=dict)
    clock: Clock = wall_clock
    heard: Callable[[StoreError | None], None] = lambda _: None
    within_s: float = STORED_WITHIN_S
    _waiting: deque[_Waiting] = field(default_factory=deque)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _states: dict[str, SourceState] = field(default_factory=dict)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="pushes")
    )
    _work: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        self._work = asyncio.create_task(self._store_what_waits())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End; what waits was promised to nobody, and its senders try again."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def take(self, hook: Hook, push: Push) -> Taken:
        """Store a push, and say what became of it. Raises ``StoreError`` and ``Busy``."""
        one = _Waiting(hook, push, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        self._bell.set()
        try:
            return await asyncio.wait_for(one.done, self.within_s)
        except TimeoutError:
            raise Busy from None

    async def _store_what_waits(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._bell.wait()
            self._bell.clear()
            while batch := self._next_batch():
                results = await loop.run_in_executor(self._thread, self._store, batch)
                for one, result in zip(batch, results, strict=True):
                    _tell(one.done, result)
                self.heard(next((r for r in results if isinstance(r, StoreError)), None))

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        entries = 0
        while self._waiting and entries < _TOGETHER:
            one = self._waiting.popleft()
            if not one.done.done():  # else its sender waits no more, and tries again
                batch.append(one)
                entries += len(one.push.pushed)
        return batch

    def _store(self, batch: Sequence[_Waiting]) -> list[_Result]:
        """Store pushes together, or, where one of them surprises us, each by itself."""
        try:
            return list(self._store_together(batch))
        except StoreError as trouble:
            log.error("pushes not stored; their senders try again", error=str(trouble))
            return [trouble] * len(batch)
        except Exception as surprise:
            # A broad except on purpose: one push's fault never costs another.
            if len(batch) > 1:
                return [result for one in batch for result in self._store([one])]
            log.exception("a push failed in a way we did not foresee", source=batch[0].hook.id)
            return [surprise]

    def _store_together(self, batch: Sequence[_Waiting]) -> list[Taken]:
        at, taught = self.clock(), self.taught()
        states = dict(self._states)
        outcomes = []
        for one in batch:
            outcome = self._outcome(one, states, taught, at)
            states[one.hook.id] = outcome.state
            outcomes.append(outcome)
        saved = self.store.save_polls(outcomes)
        self._states = states
        for one, outcome in zip(batch, outcomes, strict=True):
            log.info("pushed", source=one.hook.id, items=one.push.items, fetched=outcome.fetched)
        return [
            _taken(one.push, outcome.sightings, kept)
            for one, outcome, kept in zip(batch, outcomes, saved, strict=True)
        ]

    def _outcome(
        self, one: _Waiting, states: Mapping[str, SourceState], taught: Taught, at: datetime
    ) -> PollOutcome:
        hook, push = one.hook, one.push
        state = states.get(hook.id) or self.store.source_state(hook.id)
        by_platform: dict[str, list[int]] = {}
        for place, pushed in enumerate(push.pushed):
            by_platform.setdefault(pushed.platform, []).append(place)
        sightings = tuple(
            sighting
            for platform, places in by_platform.items()
            for sighting in self.pipeline(
                (push.pushed[place].entry for place in places),
                replace(hook.origin, platform=platform),
                taught,
            )
        )
        return PollOutcome(
            state=self._heard_from(state, push, at),
            at=at,
            fetched=len(push.pushed),
            sightings=sightings,
            removed=push.removed,
        )

    def _heard_from(self, state: SourceState, push: Push, at: datetime) -> SourceState:
        """Return what is remembered of a hook: nobody asks it, so only a wish makes it silent."""
        every = self.every.get(state.id)
        skipped = state.cursor.get("skipped")
        count = skipped if isinstance(skipped, int) else 0
        return replace(
            state,
            status=PollStatus.OK,
            health=Health.OK,
            error=None,
            notice=push.notice,
            polled_at=at,
            last_ok_at=at,
            next_poll_at=at + every if every else None,
            retry_at=None,
            failures=0,
            cursor={"skipped": count + push.skipped},
        )


def _tell(done: asyncio.Future[Taken], result: _Result) -> None:
    if done.done():  # its sender waits no more
        return
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)


def _taken(push: Push, sightings: Sequence[Sighting], saved: Saved) -> Taken:
    """Say what became of a push's entries; each may concern several businesses, or none."""
    unchanged = set(saved.unchanged)
    matched: set[tuple[str, str, str | None]] = set()
    moved: set[tuple[str, str, str | None]] = set()
    for place, sighting in enumerate(sightings):
        key = (sighting.platform, sighting.entry.external_id, sighting.entry.url)
        matched.add(key)
        if place not in unchanged:
            moved.add(key)
    unmatched = len(push.pushed) - len(matched)
    return Taken(
        accepted=len(moved) + unmatched,
        duplicates=len(matched) - len(moved) + push.repeated,
        unmatched=unmatched,
    )
