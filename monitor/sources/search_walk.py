"""Searches that answer newest first, read back to what the last poll saw and resumed where cut.

Servers are trusted to sort, not to keep to the dates asked for: nothing that they answer is left
out for its age. What is indexed late is found within ``Search.overlap``.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from monitor.errors import FetchError
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.entry_parts import instant_of
from monitor.sources.json_fields import list_at, part_at

FIRST_SPAN = timedelta(days=30)
"""How far back a first poll asks."""
MAX_SEEN = 300
"""Identifiers remembered of one search: more than what one page holds."""

_STALE = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)  # said of the mark of a page given long ago


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One thing to ask for; ``key`` names it in the cursor.

    ``business`` is whom a search is for, told of what it finds: leave it out where a search is so
    loose that only the name itself proves anything. Entries as recent as ``overlap`` before the
    newest are asked for again. ``again`` gives entries met before too, so that their counts are
    renewed; otherwise they are known by identifier or, with ``by_date``, by their date alone.
    ``bounded``: the server is told a date to begin at; without, a first poll ends at its limit of
    pages.
    """

    key: str
    query: str
    business: str | None = None
    overlap: timedelta = timedelta(days=2)
    again: bool = False
    by_date: bool = False
    bounded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One answer: its entries, how many rows it had, and what to ask next with (``None``: end)."""

    entries: tuple[Entry, ...]
    rows: int
    following: Json = None
    problem: str | None = None
    removed: tuple[str, ...] = ()


Ask = Callable[[Search, datetime, Json], Awaitable[Found]]
"""Asks a search for what came since an instant, on the page that ``following`` stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A reading under way: since when, on which page, how many were read, the newest so far."""

    after: datetime
    following: Json = None
    pages: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search was read: the newest entry of the last reading that came to its end."""

    newest: datetime | None = None
    seen: tuple[str, ...] = ()
    rest: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads searches in turn; ``stop_at_since``: older than ``since`` ends a reading (history)."""

    ask: Ask
    now: datetime
    since: datetime
    max_pages: int
    stop_at_since: bool = False
    progress: dict[str, Progress] = field(default_factory=dict)

    async def read(self, searches: Sequence[Search], cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield pages, beginning with the search after that of the last stored page.

        A search that has nothing new yields none. Raises what ``ask`` raises.
        """
        keys = [search.key for search in searches]
        known = part_at(cursor, "searches")
        self.progress.update({key: _progress_of(part_at(known, key)) for key in keys})
        first = keys.index(str(cursor["next"])) if cursor.get("next") in keys else 0
        for search in (*searches[first:], *searches[:first]):
            following = keys[(keys.index(search.key) + 1) % len(keys)]
            async for found, progress in self._read_one(search, self.progress[search.key]):
                self.progress[search.key] = progress
                told = {key: _json_of(p) for key, p in self.progress.items() if p != Progress()}
                yield Page(
                    entries=_tell_business(found.entries, search),
                    cursor={"searches": told, "next": following},
                    problem=found.problem,
                    removed=found.removed,
                )

    async def _read_one(
        self, search: Search, progress: Progress
    ) -> AsyncIterator[tuple[Found, Progress]]:
        """Finish the reading that was cut, then read what is new."""
        reached = progress
        if progress.rest is not None:
            try:
                async for found, reached in self._walk(search, progress, progress.rest):
                    yield found, reached
            except FetchError as error:
                if error.http_status not in _STALE:
                    raise
                # From its start then, and to its end: what was not read lies behind what was.
                again = Walk(after=progress.rest.after)
                async for found, reached in self._walk(search, progress, again):
                    yield found, reached
            if reached.rest is not None:
                return
        async for found, latest in self._walk(search, reached, None):
            yield found, latest

    async def _walk(
        self, search: Search, progress: Progress, rest: Walk | None
    ) -> AsyncIterator[tuple[Found, Progress]]:
        before = progress
        walk = rest or Walk(after=self._since(search, before))
        for _ in range(self.max_pages):
            found = await self.ask(search, walk.after, walk.following)
            is_end = self._is_end(search, found, before, walk, is_rest=rest is not None)
            walk = Walk(
                after=walk.after,
                following=found.following,
                pages=walk.pages + 1,
                newest=_latest(walk.newest, *(self._told(entry) for entry in found.entries)),
            )
            fresh = tuple(
                e for e in found.entries if search.again or not _is_known(e, search, before)
            )
            after = progress
            progress = Progress(
                newest=_latest(before.newest, walk.newest, walk.after) if is_end else before.newest,
                seen=_renewed(progress.seen, found.entries, search),
                rest=None if is_end else walk,
            )
            if fresh or found.removed or found.problem or progress != after:
                yield replace(found, entries=fresh), progress
            if is_end:
                return

    def _since(self, search: Search, progress: Progress) -> datetime:
        return self.since if progress.newest is None else progress.newest - search.overlap

    def _told(self, entry: Entry) -> datetime | None:
        """Return an entry's date; one in the future would hide what comes before it."""
        at = entry.published_at
        return None if at is None else min(at, self.now)

    def _is_end(
        self, search: Search, found: Found, before: Progress, walk: Walk, *, is_rest: bool
    ) -> bool:
        if not found.rows or found.following in (None, walk.following):
            return True
        oldest = min((e.published_at for e in found.entries if e.published_at), default=None)
        is_older = oldest is not None and oldest < walk.after
        if before.newest is None:
            is_cut = not search.bounded and walk.pages + 1 >= self.max_pages
            return is_cut or (self.stop_at_since and is_older)
        is_known = all(_is_known(entry, search, before) for entry in found.entries)
        return not is_rest and (is_older or is_known)


def _is_known(entry: Entry, search: Search, progress: Progress) -> bool:
    if not search.by_date:
        return entry.external_id in progress.seen
    at = entry.published_at
    return progress.newest is not None and at is not None and at <= progress.newest


def _renewed(seen: Sequence[str], entries: Sequence[Entry], search: Search) -> tuple[str, ...]:
    """Return the identifiers seen, those just met in front unless they were there already."""
    if search.by_date:
        return ()
    known = frozenset(seen)
    new = dict.fromkeys(e.external_id for e in entries if e.external_id not in known)
    return (*new, *seen)[:MAX_SEEN]


def _latest(*instants: datetime | None) -> datetime | None:
    return max((at for at in instants if at is not None), default=None)


def _tell_business(entries: tuple[Entry, ...], search: Search) -> tuple[Entry, ...]:
    if search.business is None:
        return entries
    return tuple(replace(entry, searched_for=search.business) for entry in entries)


def _json_of(progress: Progress) -> Json:
    told: dict[str, Json] = {"seen": list(progress.seen)} if progress.seen else {}
    if progress.newest is not None:
        told["newest"] = progress.newest.isoformat()
    if progress.rest is not None:
        rest = progress.rest
        told["rest"] = {
            "after": rest.after.isoformat(),
            "following": rest.following,
            "pages": rest.pages,
            "newest": rest.newest.isoformat() if rest.newest else None,
        }
    return told


def _progress_of(told: Mapping[str, Json]) -> Progress:
    rest = part_at(told, "rest")
    after, pages = instant_of(rest.get("after")), rest.get("pages")
    return Progress(
        newest=instant_of(told.get("newest")),
        seen=tuple(i for i in list_at(told, "seen") if isinstance(i, str)),
        rest=None
        if after is None
        else Walk(
            after=after,
            following=rest.get("following"),
            pages=pages if isinstance(pages, int) else 0,
            newest=instant_of(rest.get("newest")),
        ),
    )
