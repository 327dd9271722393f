"""Discourse: posts of one forum, that its search finds for each business, or all the latest.

https://docs.discourse.org (discourse/discourse_api_docs), as of 2026-11. No account for public
forums. Quota: each forum's own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Literal

from pydantic import Field, HttpUrl, SecretStr

from monitor.fetching.base import Session
from monitor.matching.queries import PHRASES
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.discourse_posts import read_latest, read_search, read_single
from monitor.sources.json_fields import record_of
from monitor.sources.one_by_one import MOST_REQUESTS, look_again
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
        "the forum is busy; `read: latest` gives whole posts, and reads all of them. Edits, counts "
        "and deletions are followed for a week. Each forum sets its own quota."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
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

    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each search's new posts, or the forum's."""
        return self._reader(session, session.now - FIRST_SPAN).read(self._searches(), cursor)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each search's posts since an instant, or the forum's."""
        return self._reader(session, since, is_history=True).read(self._searches(), cursor)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which posts are gone and, of the latest, whole posts as they are now.

        What the search found is told anew by the search, in its extract: the whole post would be
        taken for an edit of that.
        """
        root = server_root(str(self.options.url), None)
        is_search = self.options.read == "search"
        topics: dict[str, Mapping[str, Json]] = {}

        async def look(external_id: str) -> Entry | None:
            post = await self._get(session, f"/posts/{external_id.rpartition('/')[2]}.json")
            read_single(post, {}, root)
            if is_search:
                return None
            # A single post does not say what its topic is called, nor how often it was seen.
            path = f"/t/{post.get('topic_id')}.json"
            if path not in topics:
                topics[path] = await self._get(session, path)
            return read_single(post, topics[path], root)

        most = MOST_REQUESTS if is_search else MOST_REQUESTS // 2
        async for page in look_again(external_ids, look, now=session.now, most=most):
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
            return read_latest(await self._get(session, "/posts.json", params), root)
        number = following if isinstance(following, int) else 1
        # The filter knows days only, and of the forum's own time zone: one more is asked for.
        day = (after - timedelta(days=1)).date().isoformat()
        params = {"q": f"{search.text} order:latest after:{day}", "page": number}
        return read_search(await self._get(session, "/search.json", params), root, number=number)

    async def _get(
        self, session: Session, path: str, params: Mapping[str, str | int] | None = None
    ) -> Mapping[str, Json]:
        answer, _ = await session.get_json(
            f"{self.address}{path}", params=params, headers=self._headers()
        )
        return record_of(answer, "the answer")

    def _headers(self) -> Mapping[str, str]:
        key, user = self.options.api_key, self.options.api_username
        if key is None:
            return {}
        if user is None:
            return {"User-Api-Key": key.get_secret_value()}
        return {"Api-Key": key.get_secret_value(), "Api-Username": user}
