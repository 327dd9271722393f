"""SlideShare: public presentations that its search finds, for who still holds an API key.

https://www.slideshare.net/developers/documentation, read 2026-11; whether keys are still given is
doubtful since it belongs to Scribd. Quota: 1,000 requests a day.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from hashlib import sha1
from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.clock import next_midnight
from monitor.fetching.base import Session
from monitor.matching.queries import PHRASES
from monitor.model import Cursor, Entry, Json, Page, Response
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.one_by_one import look_again
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.slideshare_answers import read_found, read_one

API = "https://www.slideshare.net"
PAGE_SIZE = 50
"""Presentations a request, the most that is said to be allowed (unconfirmed)."""


class SlideshareOptions(PagedOptions):
    """The key, and what to look for."""

    key: SecretStr = Field(description="The API key.", examples=["${SLIDESHARE_KEY}"])
    shared_secret: SecretStr = Field(
        description="The secret that came with it.", examples=["${SLIDESHARE_SECRET}"]
    )
    language: str = Field(
        default="fr",
        pattern=r"^([a-z]{2}|\*\*)$",
        description="The language of the presentations; `**`: any.",
        examples=["fr", "**"],
    )
    daily_requests: int = Field(
        default=1_000,
        ge=1,
        description="Requests a day (UTC), counted before each; then the source rests.",
        examples=[1000],
    )


class Slideshare(Source[SlideshareOptions]):
    """Searches for each business, newest first."""

    type: ClassVar[str] = "slideshare"
    platform: ClassVar[str] = "slideshare"
    every: ClassVar[timedelta] = timedelta(hours=6)
    options_type: ClassVar = SlideshareOptions
    credentials: ClassVar[str | None] = (
        "An API key and its shared secret: slideshare.net/developers/applyforapi, where keys may "
        "no longer be given. Without one, `web_search` with `sites: [slideshare.net]` sees what a "
        "search engine does."
    )
    limits: ClassVar[str] = (
        "Form B, by key: public presentations whose title, description or text the search of "
        "SlideShare finds; an excerpt of none of their slides. Counts and deletions are followed "
        "for a week. The key, the moment and their hash stand in the address, as the API wants it."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The site."""
        return server_root(API, self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name, quoted."""
        return tuple(search.text for search in self._searches)

    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what each search finds, back to what the last poll saw."""
        return self._reader(session, session.now - FIRST_SPAN).read(self._searches, cursor)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what each search finds since an instant."""
        return self._reader(session, since, is_history=True).read(self._searches, cursor)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield presentations as they are now, and which are gone."""

        async def look(external_id: str) -> Entry:
            asked: dict[str, str | int] = {"slideshow_id": external_id, "detailed": 1}
            return read_one((await self._ask(session, "get_slideshow", asked)).body, session.now)

        async for page in look_again(external_ids, look, now=session.now):
            yield page

    @property
    def _searches(self) -> tuple[Search, ...]:
        # Its search reads the slides too, and does not heed quotes (unconfirmed): what it finds
        # proves nothing.
        return searches_for(self.businesses, PHRASES, is_loose=True)

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(search: Search, after: datetime, following: Json) -> Found:
            del after  # no date to begin at
            number = following if isinstance(following, int) else 1
            params: dict[str, str | int] = {
                "q": search.text,
                "lang": self.options.language,
                "sort": "latest",
                "page": number,
                "items_per_page": PAGE_SIZE,
                "detailed": 1,
            }
            answer = await self._ask(session, "search_slideshows", params)
            return read_found(answer.body, number, session.now)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            is_whole=True,
            is_history=is_history,
        )

    async def _ask(self, session: Session, method: str, params: dict[str, str | int]) -> Response:
        key, secret = (
            one.get_secret_value() for one in (self.options.key, self.options.shared_secret)
        )
        session.spend(
            "SlideShare, requests",
            1,
            limit=self.options.daily_requests,
            renews_at=next_midnight(session.now),
            key=key,
        )
        ts = str(int(session.now.timestamp()))
        signed = sha1((secret + ts).encode(), usedforsecurity=False).hexdigest()
        return await session.get(
            f"{self.address}/api/2/{method}",
            params={"api_key": key, "ts": ts, "hash": signed, **params},
            conditional=False,
        )
