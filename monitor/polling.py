"""One poll: state → fetch → pipeline → one transaction. Serves every door alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from monitor.articles.lookup import is_worth_reading, look_up
from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.due import is_due, next_state
from monitor.fetching.base import Session
from monitor.fetching.client import Client
from monitor.fetching.ledger import Purse
from monitor.model import (
    Entry,
    Page,
    PollOutcome,
    PollStatus,
    Saved,
    SourceReport,
    SourceState,
)
from monitor.pipeline import Pipeline, Taught
from monitor.reading import Reading, Watched, caught, notice_of, read, tell
from monitor.sources.bounds import within_bounds
from monitor.store.base import Store
from monitor.wording import Wording

log = structlog.get_logger(__name__)

RECHECK_EVERY = timedelta(hours=6)
"""How often young mentions are looked at again where a platform allows it."""
MOST_RECHECKED = 200
"""How many of them at once."""
WORKING = 2
"""Polls matched and scored at once: more would only take memory, two cores have no more to give."""
SIDE_BY_SIDE = 64
"""Polls under way at once: 170 silent hosts are through in three waves of 30 s (promise 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Polls sources side by side; reading, matching and storing run in threads."""

    store: Store
    client: Client
    pipeline: Pipeline
    watched: Mapping[str, Watched]
    words: Wording
    taught: Callable[[], Taught] = Taught
    clock: Clock = wall_clock
    chance: Callable[[], float] = random.random
    working: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WORKING))
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIDE_BY_SIDE))

    async def poll_all(
        self,
        ids: Iterable[str],
        *,
        force: bool = False,
        dry_run: bool = False,
        done: Callable[[SourceReport], None] = lambda _: None,
    ) -> list[SourceReport]:
        """Poll these sources, those that are not due skipped; ``done`` is told of each as it ends.

        Raises ``StoreError`` when the store is unusable, once the others have ended.
        """

        async def one(source_id: str) -> SourceReport:
            async with self.slots:
                report = await self.poll(source_id, force=force, dry_run=dry_run)
            done(report)
            return report

        results = await asyncio.gather(*(one(i) for i in ids), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if isinstance(result, SourceReport)]

    async def poll(
        self, source_id: str, *, force: bool = False, dry_run: bool = False
    ) -> SourceReport:
        """Poll one source, unless it is not due or being polled elsewhere."""
        purse = self.client.ledger.open()
        try:
            return await self._poll(source_id, purse, force=force, dry_run=dry_run)
        finally:
            self.client.ledger.close(purse)

    async def _poll(
        self, source_id: str, purse: Purse, *, force: bool, dry_run: bool
    ) -> SourceReport:
        watched = self.watched[source_id]
        with self.store.hold(f"poll:{source_id}") as held:
            state, elsewhere = await self.recall(source_id)
            is_asked = held and watched.source.is_polled
            if not is_asked or not is_due(state, watched.every, self.clock(), force=force):
                return skipped(state)
            log.debug("poll starts", source=source_id)
            session = self.client.session(state.memory, elsewhere, purse)
            reading = await read(watched, session, state.cursor, state.memory)
            outcome, matched = await self._made(watched, session, state, reading)
            saved = await asyncio.to_thread(self.store.save_poll, outcome, dry_run=dry_run)
            report = report_of(outcome, matched, saved, unchanged=reading.unchanged)
        log_report(report, reading)
        return report

    async def _made(
        self, watched: Watched, session: Session, state: SourceState, reading: Reading
    ) -> tuple[PollOutcome, int]:
        """Return what to store of a reading; a surprise in it costs this one poll, and no other."""
        made: list[tuple[PollOutcome, int]] = []

        async def make() -> None:
            entries = await self._with_articles(watched, session, reading.entries)
            again = await self._recheck(watched, session, state, reading)
            async with self.working:
                whole = (watched, state, reading, entries, again)
                made.append(await asyncio.to_thread(self._conclude, *whole))

        surprise = await caught(watched, make())
        if surprise is None:
            return made[0]
        # Nothing of it is stored, so all of it must be asked for again; what it cost was spent.
        nothing = Reading(
            entries=(),
            cursor=state.cursor,
            memory=replace(state.memory, spent=session.memory.spent),
            unchanged=False,
            error=surprise,
        )
        return await asyncio.to_thread(self._conclude, watched, state, nothing, (), None)

    async def recall(self, source_id: str) -> tuple[SourceState, Mapping[str, int]]:
        """Return what is remembered of a source, and what others spent of their allowances."""
        store, at = self.store, self.clock()
        state = await asyncio.to_thread(store.source_state, source_id)
        return state, await asyncio.to_thread(store.spent_elsewhere, source_id, at)

    async def _with_articles(
        self, watched: Watched, session: Session, entries: tuple[Entry, ...]
    ) -> tuple[Entry, ...]:
        """Return the entries to store, new search results completed from their articles.

        Those known already are left out: they were completed when they were new.
        """
        is_named = self.pipeline.is_named
        bare = [e.external_id for e in entries if is_worth_reading(e) and not is_named(e)]
        if not bare:
            return entries
        known = await asyncio.to_thread(self.store.known_ids, watched.id, bare) & set(bare)
        fresh = (entry for entry in entries if entry.external_id not in known)
        completed: list[Entry] = []

        async def complete() -> None:
            completed.extend(await look_up(fresh, session, is_named))

        error = await caught(watched, complete())
        return tuple(completed) if error is None else entries

    async def _recheck(
        self, watched: Watched, session: Session, state: SourceState, reading: Reading
    ) -> tuple[Page, ...] | None:
        """Look again at young mentions; ``None`` when it is not the time for it."""
        at, young = self.clock(), watched.source.rechecks
        since = state.rechecked_at
        is_fresh = since is not None and since <= at < since + RECHECK_EVERY
        if young is None or is_fresh or reading.error is not None:
            return None
        ids = await asyncio.to_thread(self.store.young_ids, watched.id, at - young, MOST_RECHECKED)
        pages: list[Page] = []

        async def look() -> None:
            async with aclosing(watched.source.recheck(session, ids)) as coming:
                async for page in within_bounds(coming):
                    pages.append(page)  # noqa: PERF401 - what came before a fault is kept

        if ids and (error := await caught(watched, look())) is not None:
            log.warning("young mentions not rechecked", source=watched.id, detail=str(error))
        return tuple(pages)

    def _conclude(
        self,
        watched: Watched,
        state: SourceState,
        reading: Reading,
        entries: tuple[Entry, ...],
        again: tuple[Page, ...] | None,
    ) -> tuple[PollOutcome, int]:
        taught = self.taught()
        sightings = self.pipeline(entries, watched.origin, taught)
        seen_again = (entry for page in again or () for entry in page.entries)
        met_again = self.pipeline(seen_again, watched.origin, taught)
        at = self.clock()
        if again is not None:
            state = replace(state, rechecked_at=at)
        error = (
            None if reading.error is None else tell(reading.error, self.words, watched.source.type)
        )
        notice = notice_of(reading, self.words, watched.source.type)
        outcome = PollOutcome(
            state=next_state(
                replace(state, notice=notice),
                reading,
                error,
                every=watched.every,
                at=at,
                chance=self.chance(),
                takes_token=watched.source.credentials is not None,
            ),
            at=at,
            fetched=len(reading.entries),
            sightings=sightings + met_again,
            figures=reading.figures,
            removed=(*reading.removed, *(i for p in again or () for i in p.removed)),
        )
        return outcome, len(sightings)


def report_of(outcome: PollOutcome, matched: int, saved: Saved, *, unchanged: bool) -> SourceReport:
    """Return the line of the round's report."""
    state = outcome.state
    status = PollStatus.FAILED if state.error else PollStatus.OK
    return SourceReport(
        id=state.id,
        type=state.type,
        status=PollStatus.NOT_MODIFIED if unchanged and not state.error else status,
        fetched=outcome.fetched,
        matched=matched,
        new=len(saved.new),
        updated=len(saved.updated),
        duplicates=saved.duplicates,
        error=state.error,
        notice=state.notice,
        next_poll_at=state.next_poll_at,
    )


def skipped(state: SourceState) -> SourceReport:
    """Return the line of a source that was not asked: paused, held, not due or being polled."""
    return SourceReport(
        id=state.id,
        type=state.type,
        status=PollStatus.SKIPPED,
        error=state.error,
        next_poll_at=state.next_poll_at,
    )


def log_report(report: SourceReport, reading: Reading) -> None:
    """Log one poll: info when it went well, warning when it will be tried again."""
    facts = {
        "source": report.id,
        "fetched": report.fetched,
        "matched": report.matched,
        "new": report.new,
    }
    if reading.damage:
        log.warning("answer damaged", source=report.id, detail="; ".join(reading.damage))
    if (error := reading.error) is None:
        log.info("poll done", status=str(report.status), **facts)
    else:
        log.warning("poll failed", code=str(error.code), detail=error.detail, **facts)
