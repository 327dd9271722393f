"""Asking one source: its pages, as far as they can be read, and what went wrong, in words."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from monitor.errors import Code, FetchError, SourceError, StoreError
from monitor.fetching.base import Session
from monitor.model import (
    Cursor,
    Entry,
    FetchMemory,
    Figure,
    Health,
    Page,
    PollError,
    Standing,
)
from monitor.pipeline import Origin
from monitor.sources.base import Source
from monitor.sources.bounds import within_bounds
from monitor.wording import Wording

log = structlog.get_logger(__name__)

MAX_ENTRIES = 5_000
"""Entries one poll may read of one search (promises: ``too_large``)."""
MAX_PAGES = 20
"""Pages one poll may read of one search, where a source has no limit of its own."""


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
    standing: Standing | None = None
    figures: tuple[Figure, ...] = ()
    live: tuple[Entry, ...] = ()
    error: SourceError | None = None


async def read(watched: Watched, session: Session, cursor: Cursor, memory: FetchMemory) -> Reading:
    """Read a source's pages; ``memory`` is what the session began with.

    Never raises for what a source did: the error is in the reading.
    """
    pages: list[Page] = []
    error = await caught(watched, _read_pages(watched, session, cursor, pages))
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
        standing=next((page.standing for page in reversed(pages) if page.standing), None),
        figures=tuple(figure for page in pages for figure in page.figures),
        live=tuple(entry for page in pages for entry in page.live),
        error=error,
    )


async def _read_pages(
    watched: Watched, session: Session, cursor: Cursor, pages: list[Page]
) -> None:
    """Append the pages as they come, to the source's limit: an error keeps those read before."""
    entries = 0
    async with aclosing(watched.source.pages(session, cursor)) as coming:
        async for page in within_bounds(coming):
            entries += len(page.entries)
            if entries > MAX_ENTRIES * watched.searches:
                raise FetchError(Code.TOO_LARGE, f"more than {MAX_ENTRIES} entries")
            pages.append(page)
            if len(pages) >= watched.max_pages * watched.searches:
                return


async def caught(watched: Watched, work: Awaitable[None]) -> SourceError | None:
    """Await work on a source; return the error that ended it, if one did. Raises StoreError."""
    try:
        await work
    except SourceError as known:
        return known
    except StoreError:
        raise  # of ours, not of the source
    except Exception as surprise:
        # A broad except on purpose: one source's failure never costs another.
        log.exception("a source failed in a way we did not foresee", source=watched.id)
        return SourceError(Code.INTERNAL, type(surprise).__name__)
    return None


def tell(error: SourceError, words: Wording, source_type: str) -> PollError:
    """Put an error into words for people, in their language; its detail is for the log."""
    message = words(f"errors.{error.code}")
    if error.health is not None and error.health in _NEEDS:
        message = _need(error.health, error.missing, words, source_type)
    own = f"access.{source_type}_{error.health or error.code}"
    if words.has(own):
        message = words(own, missing=error.missing)
    if error.http_status:
        message = f"{message.removesuffix('.')} ({error.http_status})."
    return PollError(
        code=error.code,
        message=message,
        http_status=error.http_status,
        retry_at=error.retry_at,
    )


def notice_of(reading: Reading, words: Wording, source_type: str) -> str | None:
    """Put into words what a person should see though the poll went well; ``None``: nothing."""
    own = f"access.{source_type}_damaged"
    damaged = words(own if words.has(own) else "errors.damaged")
    notices = [damaged] if reading.damage and not reading.error else []
    notices += [words("errors.moved", addresses=reading.moved)] if reading.moved else []
    if (standing := reading.standing) is not None and not reading.error:
        missing = ", ".join(part for part in (standing.missing, _day(standing.at, words)) if part)
        notices.append(_need(standing.health, missing, words, source_type))
    return " ".join(notices) or None


_NEEDS = {
    Health.NEEDS_TOKEN,
    Health.TOKEN_EXPIRES_SOON,
    Health.TOKEN_EXPIRED,
    Health.PERMISSION_MISSING,
    Health.REVIEW_MISSING,
    Health.BUDGET_SPENT,
    Health.TERMS_BLOCK,
    Health.GONE,
}
"""What has a sentence of its own, more telling than that of the code."""


def _need(health: Health, missing: str, words: Wording, source_type: str) -> str:
    """Say what is missing, and how this type of source gets it where we know."""
    said = words(f"errors.health_{health}")
    if missing:
        said = f"{said.removesuffix('.')} ({missing})."
    way = f"access.{source_type}"
    return f"{said} {words(way)}" if words.has(way) and health in _GOT_BY_THE_WAY else said


_GOT_BY_THE_WAY = _NEEDS - {Health.BUDGET_SPENT, Health.TERMS_BLOCK}


def _day(at: datetime | None, words: Wording) -> str:
    if at is None:
        return ""
    from babel.dates import format_date  # noqa: PLC0415 - slow to load, seldom needed

    return format_date(at, "long", locale=words.language)
