"""One poll: state → fetch → pipeline → one transaction. Serves every door alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from monitor.articles.lookup import is_worth_reading, look_up
from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.backoff import backoff_delay, jittered
from monitor.fetching.base import Session
from monitor.fetching.client import Client
from monitor.model import (
    Cursor,
    Entry,
    FetchMemory,
    Health,
    Page,
    PollError,
    PollOutcome,
    PollStatus,
    Saved,
    SourceReport,
    SourceState,
)
from monitor.pipeline import Origin, Pipeline
from monitor.sources.base import Source
from monitor.store.base import Store
from monitor.wording import Wording

log = structlog.get_logger(__name__)

MAX_ENTRIES = 5_000
"""Entries one poll may read of one search (promises: ``too_large``)."""
MAX_PAGES = 20
"""Pages one poll may read of one search, where a source has no limit of its own."""
RECHECK_EVERY = timedelta(hours=6)
"""How often young mentions are looked at again where a platform allows it."""
MOST_RECHECKED = 200
"""How many of them at once."""
MAX_WAIT = timedelta(hours=24)
"""No source waits longer than this for its next poll, plus its own interval."""
AHEAD = timedelta(minutes=5)
"""How far a clock is set back in good order; a last poll further ahead was by a wrong one."""
WORKING = 2
"""Polls matched and scored at once: more would only take memory, two cores have no more to give."""
SIDE_BY_SIDE = 64
"""Polls under way at once: 170 silent hosts are through in three waves of 30 s (promise 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A configured source, ready to be polled; ``max_pages`` is of each of its searches."""

    id: str
    source: Source[Any]
    origin: Origin
    every: timedelta
    max_pages: int

    @property
    def searches(self) -> int:
        """How many things it asks for: an agency's two hundred shops are two hundred searches."""
        return max(1, len(self.source.queries))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What asking a source gave: what was read, and the error that ended it, if one did.

    ``damage`` says what of the answers could not be read, ``moved`` the permanent redirects that
    are believed: facts in English, for the log.
    """

    entries: tuple[Entry, ...]
    cursor: Cursor
    memory: FetchMemory
    unchanged: bool
    removed: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    moved: str | None = None
    error: SourceError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Polls sources side by side; reading, matching and storing run in threads."""

    store: Store
    client: Client
    pipeline: Pipeline
    watched: Mapping[str, Watched]
    words: Wording
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
        watched = self.watched[source_id]
        with self.store.hold(f"poll:{source_id}") as held:
            state = await self.state(source_id)
            if not held or not is_due(state, watched.every, self.clock(), force=force):
                return skipped(state)
            log.debug("poll starts", source=source_id)
            session = self.client.session(state.memory)
            reading = await read(watched, session, state.cursor, state.memory)
            entries = await self._with_articles(watched, session, reading.entries)
            again = await self._recheck(watched, session, state, reading)
            async with self.working:
                outcome, matched = await asyncio.to_thread(
                    self._conclude, watched, state, reading, entries, again
                )
            saved = await asyncio.to_thread(self.store.save_poll, outcome, dry_run=dry_run)
            report = report_of(outcome, matched, saved, unchanged=reading.unchanged)
        log_report(report, reading)
        return report

    async def state(self, source_id: str) -> SourceState:
        """Return what is remembered of a source."""
        states = await asyncio.to_thread(self.store.source_states)
        return next(state for state in states if state.id == source_id)

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
        return await look_up(fresh, session, is_named)

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
        try:
            async with aclosing(watched.source.recheck(session, ids)) as coming:
                pages += [page async for page in coming] if ids else []
        except SourceError as error:
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
        sightings = self.pipeline(entries, watched.origin)
        met_again = self.pipeline((e for p in again or () for e in p.entries), watched.origin)
        at = self.clock()
        if again is not None:
            state = replace(state, rechecked_at=at)
        error = None if reading.error is None else tell(reading.error, self.words)
        notice = notice_of(reading, self.words)
        outcome = PollOutcome(
            state=next_state(
                replace(state, notice=notice),
                reading,
                error,
                every=watched.every,
                at=at,
                chance=self.chance(),
            ),
            at=at,
            fetched=len(reading.entries),
            sightings=sightings + met_again,
            removed=(*reading.removed, *(i for p in again or () for i in p.removed)),
        )
        return outcome, len(sightings)


def tell(error: SourceError, words: Wording) -> PollError:
    """Put an error into words for people, in their language; its detail is for the log."""
    message = words(f"errors.{error.code}")
    if error.http_status:
        message = f"{message.removesuffix('.')} ({error.http_status})."
    return PollError(
        code=error.code,
        message=message,
        http_status=error.http_status,
        retry_at=error.retry_at,
    )


def notice_of(reading: Reading, words: Wording) -> str | None:
    """Put into words what a person should see though the poll went well; ``None``: nothing."""
    notices = [words("errors.damaged")] if reading.damage and not reading.error else []
    notices += [words("errors.moved", addresses=reading.moved)] if reading.moved else []
    return " ".join(notices) or None


async def read(watched: Watched, session: Session, cursor: Cursor, memory: FetchMemory) -> Reading:
    """Read a source's pages; ``memory`` is what the session began with.

    Never raises for what a source did: the error is in the reading.
    """
    pages: list[Page] = []
    error: SourceError | None = None
    try:
        await _read_pages(watched, session, cursor, pages)
    except SourceError as known:
        error = known
    except Exception as surprise:
        # One of the two broad excepts of the house: one source's failure never costs another.
        log.exception("poll failed in a way we did not foresee", source=watched.id)
        error = SourceError(Code.INTERNAL, type(surprise).__name__)
    entries = tuple(entry for page in pages for entry in page.entries)
    return Reading(
        entries=entries,
        cursor=pages[-1].cursor if pages else cursor,
        # What a cut exchange taught is forgotten: what it did not show must be asked for again.
        # Not what it cost.
        memory=session.memory if error is None else replace(memory, spent=session.memory.spent),
        unchanged=session.unchanged and not entries,
        removed=tuple(removed for page in pages for removed in page.removed),
        damage=tuple(page.problem for page in pages if page.problem),
        moved=session.notice,
        error=error,
    )


async def _read_pages(
    watched: Watched, session: Session, cursor: Cursor, pages: list[Page]
) -> None:
    """Append the pages as they come, to the source's limit: an error keeps those read before."""
    entries = 0
    async with aclosing(watched.source.pages(session, cursor)) as coming:
        async for page in coming:
            entries += len(page.entries)
            if entries > MAX_ENTRIES * watched.searches:
                raise FetchError(Code.TOO_LARGE, f"more than {MAX_ENTRIES} entries")
            pages.append(page)
            if len(pages) >= watched.max_pages * watched.searches:
                return


def due_at(state: SourceState, every: timedelta, at: datetime) -> datetime | None:
    """Return when a source is to be asked next, ``at`` if it has waited enough; ``None``: paused.

    A last poll that is still to come, and a moment further ahead than any wait can be, are the
    traces of a clock that was wrong, and hold nothing.
    """
    if state.paused:
        return None
    if state.polled_at is not None and state.polled_at > at + AHEAD:
        return at
    horizon = at + MAX_WAIT + 2 * every
    waits = [m for m in (state.next_poll_at, state.retry_at) if m is not None and m <= horizon]
    return max(waits, default=at)


def is_due(state: SourceState, every: timedelta, at: datetime, *, force: bool = False) -> bool:
    """Tell whether a source may be asked; a pause and a Retry-After hold even with ``force``."""
    if force:
        state = replace(state, next_poll_at=None)
    due = due_at(state, every, at)
    return due is not None and due <= at


def next_state(
    state: SourceState,
    reading: Reading,
    error: PollError | None,
    *,
    every: timedelta,
    at: datetime,
    chance: float,
) -> SourceState:
    """Return what to remember of a source after a poll; ``chance`` in 0..1 is the jitter."""
    state = replace(state, polled_at=at, cursor=reading.cursor)
    if error is None:
        return replace(
            state,
            status=PollStatus.NOT_MODIFIED if reading.unchanged else PollStatus.OK,
            health=Health.OK,
            error=None,
            last_ok_at=at,
            next_poll_at=at + jittered(every, chance),
            retry_at=None,
            failures=0,
            memory=reading.memory,
        )
    failures = state.failures + 1
    wait = at + backoff_delay(failures, every, chance)
    paused = error.code == Code.GONE
    again_at = max(wait, error.retry_at) if error.retry_at else wait
    return replace(
        state,
        memory=reading.memory,
        status=PollStatus.FAILED,
        health=_HEALTH.get(error.code, Health.OK),
        error=error,
        next_poll_at=None if paused else again_at,
        retry_at=error.retry_at,
        failures=failures,
        paused=paused,
    )


_HEALTH: Mapping[str, Health] = {
    Code.AUTH: Health.NEEDS_TOKEN,
    Code.RATE_LIMITED: Health.RATE_LIMITED,
    Code.GONE: Health.GONE,
}


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
