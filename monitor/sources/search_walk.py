"""Reads searches that answer newest first, back to what is stored, and on from where it was cut.

Servers are trusted to sort, not to keep to the dates asked for. Each poll looks ``overlap`` further
back than what is stored, for what was indexed late, edited, or counted anew, and yields only what
is new or changed there: the first page without any of it ends a reading.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import count

from monitor.errors import Code, SourceError
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.search_progress import (
    Progress,
    Walk,
    read_progress,
    write_progress,
)
from monitor.sources.search_turns import Ask, Found, Search, in_turn, tell

FIRST_SPAN = timedelta(days=30)
"""How far back a first poll asks."""
OVERLAP = timedelta(days=2)

# What servers say to the mark of a page that was given long ago; some say it with a status of 200.
_LOST_PAGE = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads searches in turn, each ``max_pages`` at most, at first back to ``since`` at least.

    Not ``bounded``: the server is told no date to begin at, and the first reading of a search ends
    at its limit of pages only; so does that of a search ``by_date``. ``is_whole``: the first
    reading goes to the end of what the server tells, however old, in as many polls as that takes.
    ``is_history``: each search is read once, to ``since``, whatever the number of pages.
    """

    ask: Ask
    now: datetime
    since: datetime
    max_pages: int
    overlap: timedelta = OVERLAP
    bounded: bool = True
    is_whole: bool = False
    is_history: bool = False

    async def read(self, searches: Sequence[Search], cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield pages, beginning with the search after that of the last stored page.

        A search that has nothing new yields none. Raises what ``ask`` raises, after a page that
        gives the next poll to another search.
        """
        keys = {search.key for search in searches}
        reached = {key: at for key, at in read_progress(cursor).items() if key in keys}
        ordered = in_turn(searches, cursor)
        pages = 0
        for search, following in zip(ordered, [*ordered[1:], *ordered[:1]], strict=True):
            try:
                async for found, progress in self._read_one(search, reached.get(search.key)):
                    reached[search.key] = progress
                    pages += 1
                    yield Page(
                        entries=tell(found.entries, search),
                        cursor=write_progress(following.key, reached),
                        problem=found.problem,
                        removed=found.removed,
                    )
            except SourceError as error:
                # A search that is throttled after others have spent what is allowed is the next.
                is_spent = error.code is Code.RATE_LIMITED and search != ordered[0]
                first = search if is_spent else following
                # The last page that polling takes would hide the error: only one that is the
                # search's own may be hidden, so that it starves no other.
                is_own = error.code in (Code.API, Code.HTTP_STATUS)
                if len(ordered) > 1 and (is_own or pages + 1 < self.max_pages):
                    problem = f"{search.key}: {error}" if is_own else None
                    told = write_progress(first.key, reached)
                    yield Page(entries=(), cursor=told, problem=problem)
                raise

    async def _read_one(
        self, search: Search, reached: Progress | None
    ) -> AsyncIterator[tuple[Found, Progress]]:
        """Finish the reading that was cut, then read what is new."""
        progress = reached or Progress()
        if self.is_history and progress.walk is None and progress.newest is not None:
            return
        start, is_rest = progress, progress.walk is not None
        walk = progress.walk or self._begin(search, progress)
        asked: list[Json] = []
        shown: tuple[Entry, ...] = ()
        for number in count() if self.is_history else range(self.max_pages):
            found, walk = await self._ask(search, walk, may_restart=number == 0)
            asked.append(walk.following)
            # Where nothing else ends it, a page shown twice running is the sign of a circle, too.
            is_long = self.is_history or self.is_whole
            is_twice = is_long and found.entries != () and found.entries == shown
            is_round, shown = is_twice or found.following in asked, found.entries
            ends = is_round or self._ends(search, found, walk, start, is_rest=is_rest)
            fresh = tuple(e for e in found.entries if self._is_wanted(e, search, walk, progress))
            before = progress
            progress = before.after(search, found, walk, now=self.now, ends=ends)
            if fresh or found.removed or found.problem or progress != before:
                yield replace(found, entries=fresh), progress
            if ends and (self.is_history or not is_rest):
                return
            if ends:
                start, is_rest, asked = progress, False, []
            walk = progress.walk or self._begin(search, progress)

    def _begin(self, search: Search, progress: Progress) -> Walk:
        overlap = timedelta(0) if search.by_date else self.overlap
        newest = progress.newest
        return Walk(after=self.since if newest is None else newest - overlap)

    async def _ask(self, search: Search, walk: Walk, *, may_restart: bool) -> tuple[Found, Walk]:
        try:
            return await self.ask(search, walk.after, walk.following), walk
        except SourceError as error:
            is_lost = error.http_status in _LOST_PAGE or error.code is Code.API
            if not (may_restart and walk.following is not None and is_lost):
                raise
        # From its start then, and to its end: what was not read lies behind what was.
        walk = Walk(after=walk.after)
        return await self.ask(search, walk.after, None), walk

    def _ends(
        self, search: Search, found: Found, walk: Walk, start: Progress, *, is_rest: bool
    ) -> bool:
        is_first = start.newest is None
        is_bounded = self.is_history or (self.bounded and not search.by_date)
        if not found.rows or found.following is None:
            return True
        if is_first and self.is_whole and not self.is_history:
            return False
        if is_first and not is_bounded:
            return walk.pages + 1 >= self.max_pages
        if not found.is_sorted:
            return False
        if found.oldest is not None and found.oldest < walk.after:
            # What a server tells a first poll beyond the date asked for is taken, in so many pages.
            return not is_first or self.is_history or walk.pages + 1 >= self.max_pages
        is_known = bool(found.entries) and all(start.knows(e, search) for e in found.entries)
        return is_known and not is_first and not is_rest

    def _is_wanted(self, entry: Entry, search: Search, walk: Walk, progress: Progress) -> bool:
        if self.is_history and entry.published_at and entry.published_at < walk.after:
            return False
        return not progress.knows(entry, search)
