"""Looking into the past: as far as each platform allows, apart from the news."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.errors import Code, SourceError
from monitor.fetching.base import Session
from monitor.model import (
    Cursor,
    Entry,
    Page,
    PollOutcome,
    PollStatus,
    SourceReport,
    SourceState,
)
from monitor.polling import Poller, skipped
from monitor.reading import Watched, caught, tell
from monitor.sources.bounds import within_bounds

MOST_PAGES = 200
"""Pages one backfill reads of one source; another goes on from there."""
SHORT_WAIT = timedelta(minutes=1)
"""A platform that asks for no more than this between two requests is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a backfill read of one source; ``cursor`` is where another goes on, empty at the end."""

    pages: tuple[Page, ...]
    cursor: Cursor
    error: SourceError | None


async def backfill(poller: Poller, source_id: str, since: datetime) -> SourceReport:
    """Read one source's past since an instant, and store it apart from the news.

    What a quota or an error cuts short goes on where it ended the next time. Raises StoreError.
    """
    watched = poller.watched[source_id]
    with poller.store.hold(f"poll:{source_id}") as held:
        state, elsewhere = await poller.recall(source_id)
        if not held or state.paused or not watched.source.is_polled:
            return skipped(state)
        session = poller.client.session(state.memory, elsewhere)
        past = await _read_patiently(poller, watched, session, since, state.history)
        entries = tuple(e for p in past.pages for e in p.entries if not _is_older(e, since))
        sightings = await asyncio.to_thread(poller.pipeline, entries, watched.origin)
        outcome = PollOutcome(
            state=_state_after(state, past, session),
            at=poller.clock(),
            fetched=len(entries),
            sightings=sightings,
            is_backfill=True,
        )
        saved = await asyncio.to_thread(poller.store.save_poll, outcome)
    error = tell(past.error, poller.words, watched.source.type) if past.error else None
    return SourceReport(
        id=state.id,
        type=state.type,
        status=PollStatus.FAILED if error else PollStatus.OK,
        fetched=len(entries),
        matched=len(sightings),
        new=len(saved.new),
        updated=len(saved.updated),
        duplicates=saved.duplicates,
        error=error,
        next_poll_at=state.next_poll_at,
    )


async def _read_patiently(
    poller: Poller, watched: Watched, session: Session, since: datetime, cursor: Cursor
) -> Past:
    """Read the past, going on where the platform asked for a short wait."""
    past = await _read_past(watched, session, since, cursor)
    while (wait := _short_wait(past, poller.clock())) is not None:
        await asyncio.sleep(wait.total_seconds())
        more = await _read_past(watched, session, since, past.cursor)
        past = replace(more, pages=past.pages + more.pages)
    return past


def _short_wait(past: Past, at: datetime) -> timedelta | None:
    """Return how long to wait before going on; ``None``: it ended, or asks for more patience."""
    error = past.error
    if error is None or error.code is not Code.RATE_LIMITED or error.retry_at is None:
        return None
    wait = error.retry_at - at
    is_worth_it = past.cursor and len(past.pages) < MOST_PAGES and wait <= SHORT_WAIT
    return max(wait, timedelta()) if is_worth_it else None


async def _read_past(watched: Watched, session: Session, since: datetime, cursor: Cursor) -> Past:
    pages: list[Page] = []

    async def read() -> None:
        async with aclosing(watched.source.history(session, since, cursor)) as coming:
            async for page in within_bounds(coming):
                pages.append(page)
                if len(pages) >= MOST_PAGES:
                    return

    error = await caught(watched, read())
    is_cut = error is not None or len(pages) >= MOST_PAGES
    reached = pages[-1].cursor if pages else cursor
    return Past(pages=tuple(pages), cursor=reached if is_cut else {}, error=error)


def _state_after(state: SourceState, past: Past, session: Session) -> SourceState:
    """Return the source's state: only its history and what was spent are a backfill's."""
    memory = replace(state.memory, spent=session.memory.spent)
    return replace(state, history=past.cursor, memory=memory)


def _is_older(entry: Entry, since: datetime) -> bool:
    return entry.published_at is not None and entry.published_at < since
