"""Discourse: posts of one forum, that its search finds for each business, or all the latest.

https://docs.discourse.org (discourse/discourse_api_docs), as of 2026-11. No account for public
forums. Quota: each forum's own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Literal

from pydantic import Field, HttpUrl, SecretStr

from monitor.fetching.base import Session
from monitor.matching.queries import PHRASES
from monitor.model import Cursor, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.discourse_posts import read_latest, read_search
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

_LOOKED_AT_AGAIN = {"search": timedelta(days=7), "latest": timedelta(days=1)}
_LATEST = Search(text="latest posts")


class DiscourseOptions(PagedOptions):
    """One forum to read."""

    url: HttpUrl = Field(description="The forum's address.", examples=["https://forum.example.fr"])
    read: Literal["search", "latest"] = Field(
        default="search",
        description="Search the forum for each business, or read all its latest posts.",
        examples=["latest"],
    )
    api_key: SecretStr | None = Field(
        default=None,
        description="An API key, for a forum that is not public.",
        examples=["${DISCOURSE_KEY}"],
    )
    api_username: str | None = Field(
        default=None,
        description="The user that the key is for. Without: it is a user API key.",
        examples=["simon"],
    )


class Discourse(Source[DiscourseOptions]):
    """Reads one forum."""

    type: ClassVar[str] = "discourse"
    platform: ClassVar[str] = "discourse"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = DiscourseOptions
    credentials: ClassVar[str | None] = (
        "None for public forums. Else an API key that the forum's staff makes (Admin › API › Keys, "
        "granular, read only) with its user's name, or a user API key."
    )
    limits: ClassVar[str] = (
        "Search shows an extract of each post, at most 10 pages of 50, and may be refused while "
        "the forum is busy; `read: latest` gives whole posts, and reads all of them. Edits and "
        "counts are followed for a week (`latest`: a day), deletions are not seen. Each forum sets "
        "its own quota."
    )
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The forum."""
        return server_root(str(self.options.url), self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """The phrases that are searched, when it searches."""
        is_search = self.options.read == "search"
        return tuple(search.text for search in self._searches()) if is_search else ()

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each search's new posts, or the forum's."""
        reader = self._reader(session, session.now - FIRST_SPAN)
        async for page in reader.read(self._searches(), cursor):
            yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each search's posts since an instant, or the forum's."""
        reader = self._reader(session, since, is_history=True)
        async for page in reader.read(self._searches(), cursor):
            yield page

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        return Reader(
            ask=partial(self._ask, session),
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            overlap=_LOOKED_AT_AGAIN[self.options.read],
            is_history=is_history,
        )

    def _searches(self) -> tuple[Search, ...]:
        is_search = self.options.read == "search"
        return searches_for(self.businesses, PHRASES) if is_search else (_LATEST,)

    async def _ask(
        self, session: Session, search: Search, after: datetime, following: Json
    ) -> Found:
        # Links and identifiers are the forum's own, whoever answers in its stead.
        root = server_root(str(self.options.url), None)
        if search.business is None:
            params: dict[str, str | int] = {} if following is None else {"before": str(following)}
            answer, _ = await session.get_json(
                f"{self.address}/posts.json", params=params, headers=self._headers()
            )
            return read_latest(answer, root)
        number = following if isinstance(following, int) else 1
        # The filter knows days only, and of the forum's own time zone: one more is asked for.
        day = (after - timedelta(days=1)).date().isoformat()
        answer, _ = await session.get_json(
            f"{self.address}/search.json",
            params={"q": f"{search.text} order:latest after:{day}", "page": number},
            headers=self._headers(),
        )
        return read_search(answer, root, number=number)

    def _headers(self) -> Mapping[str, str]:
        key, user = self.options.api_key, self.options.api_username
        if key is None:
            return {}
        if user is None:
            return {"User-Api-Key": key.get_secret_value()}
        return {"Api-Key": key.get_secret_value(), "Api-Username": user}
