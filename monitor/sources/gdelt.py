"""GDELT: the world's online news of three months, searched in full text for each business.

https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/, read 2026-11. No account. Quota: one
request in five seconds, so one a poll.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import GDELT
from monitor.model import Cursor, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.epoch import instant_at
from monitor.sources.gdelt_articles import Articles, query_name_of, read_articles
from monitor.sources.search_progress import seconds_of
from monitor.sources.search_turns import Search, in_turn, searches_for, tell

SERVER = "https://api.gdeltproject.org"
MOST_RECORDS = 250
FIRST_LOOK = timedelta(days=7)
"""How far back the first poll reads."""
ROLLING_WINDOW = timedelta(days=89)
"""How far back GDELT searches: three months, and a day left for its clock."""
LATE = timedelta(hours=1)
"""How late an article may come into the index; what is read again is known again."""
STEP = timedelta(minutes=15)
"""How often GDELT takes articles in: all of them bear one instant."""
PAUSE = timedelta(seconds=6)
"""Between two requests; GDELT asks for five seconds."""


class GdeltOptions(NetworkOptions):
    """Where the press that is searched comes from."""

    language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}$",
        description="Only articles in this language. Default: any.",
        examples=["fr"],
    )
    country: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{2}$",
        description="Only media of this country, by its FIPS code (GM Germany, SZ Switzerland).",
        examples=["FR", "BE"],
    )


class Gdelt(Source[GdeltOptions]):
    """Searches the news, one business a poll, each in its turn.

    The cursor holds, by search, the instant up to which all is read, and the search that is next.
    """

    type: ClassVar[str] = "gdelt"
    platform: ClassVar[str] = "gdelt"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = GdeltOptions
    reaches_back: ClassVar[timedelta | None] = ROLLING_WINDOW
    limits: ClassVar[str] = (
        "Finds national and foreign press of the last three months by its full text; thin for "
        "local papers. Titles only, no text: a name in the article's body is kept with less "
        "certainty. One request in five seconds is allowed, so each poll asks for one search: with "
        "three businesses each is looked for every third hour. Often refuses under load. Dates are "
        "when GDELT saw the article."
    )

    @property
    def address(self) -> str:
        """The search service."""
        return f"{server_root(SERVER, self.options.base_url)}/api/v2/doc/doc"

    @property
    def queries(self) -> tuple[str, ...]:
        """The searches, of which each poll sends one."""
        return tuple(f"{search.text}{self._filter}" for search in self._searches)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the one page of the search whose turn it is."""
        ordered = in_turn(self._searches, cursor)
        if ordered:
            search, following = ordered[0], ordered[1 % len(ordered)]
            async for page in self._read(session, search, following, cursor, FIRST_LOOK):
                yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what one request brings, then ask to be called again after GDELT's pause."""
        left = self._left(cursor, session.now)
        if not left:
            return
        search, following = left[0], left[1 % len(left)]
        async for page in self._read(session, search, following, cursor, session.now - since):
            yield page
            cursor = page.cursor
        if self._left(cursor, session.now):
            raise FetchError(Code.RATE_LIMITED, "one request a time", retry_at=session.now + PAUSE)

    def _left(self, cursor: Cursor, now: datetime) -> list[Search]:
        """Return the searches that a backfill has not read up to this hour, in their turn."""
        read_to = _instants_of(cursor)
        done = {key for key, at in read_to.items() if at + 2 * LATE >= now}
        return [search for search in in_turn(self._searches, cursor) if search.key not in done]

    @property
    def _filter(self) -> str:
        language, country = self.options.language, self.options.country
        told = f" sourcelang:{query_name_of(language)}" if language else ""
        return told + (f" sourcecountry:{country}" if country else "")

    @property
    def _searches(self) -> tuple[Search, ...]:
        syntax = replace(GDELT, most_chars=GDELT.most_chars - len(self._filter))
        return searches_for(self.businesses, syntax)

    async def _read(
        self,
        session: Session,
        search: Search,
        following: Search,
        cursor: Cursor,
        first_look: timedelta,
    ) -> AsyncGenerator[Page, None]:
        read_to = _instants_of(cursor)
        start = read_to.get(search.key, session.now - min(first_look, ROLLING_WINDOW))
        start = max(start, session.now - ROLLING_WINDOW)
        try:
            found = await self._ask(session, search, start)
        except Malformed:
            # A search that GDELT refuses must not keep the others from their turn.
            yield Page(entries=(), cursor=_cursor_of(read_to, following))
            raise
        end = session.now - LATE
        if len(found.entries) >= MOST_RECORDS and found.newest is not None:
            # Oldest first: the rest begins where these end. A date ahead would hide all before it.
            end = min(found.newest, end) if found.newest > start else start + STEP
        read_to[search.key] = max(start, end)
        yield Page(
            entries=tell(found.entries, search),
            cursor=_cursor_of(read_to, following),
            problem=found.problem,
        )

    async def _ask(self, session: Session, search: Search, start: datetime) -> Articles:
        response = await session.get(
            self.address,
            params={
                "query": f"{search.text}{self._filter}",
                "mode": "artlist",
                "format": "json",
                "maxrecords": MOST_RECORDS,
                "sort": "dateasc",
                "startdatetime": f"{start:%Y%m%d%H%M%S}",
                "enddatetime": f"{session.now:%Y%m%d%H%M%S}",
            },
            conditional=False,
        )
        return read_articles(response.body, retry_at=session.now + PAUSE)


def _instants_of(cursor: Cursor) -> dict[str, datetime]:
    read_to = cursor.get("read_to")
    rows = read_to.items() if isinstance(read_to, Mapping) else ()
    instants = ((key, instant_at(at)) for key, at in rows)
    return {key: at for key, at in instants if at is not None}


def _cursor_of(read_to: Mapping[str, datetime], following: Search) -> Cursor:
    instants: dict[str, Json] = {key: seconds_of(at) for key, at in read_to.items()}
    return {"first": following.key, "read_to": instants}
