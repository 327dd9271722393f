"""Bluesky: public posts that its search finds for each business, asked as a user's account.

bluesky-social/atproto lexicons/app/bsky/feed/searchPosts.json, as of 2026-08. Quota (its bsky-docs,
rate-limits.md): 3,000 requests in 5 minutes and address, 300 logins a day; its staff ask for
searches no oftener than a person's.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar
from urllib.parse import urlencode

from pydantic import Field, SecretStr

from monitor.clock import format_instant
from monitor.errors import SourceError
from monitor.fetching.base import Session
from monitor.matching.queries import BLUESKY
from monitor.model import Business, Cursor, Entry, Json, Page
from monitor.sources.base import PagedOptions, Source
from monitor.sources.bluesky_login import Login
from monitor.sources.bluesky_posts import SITE, read_followers, read_posts, read_search
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

PAGE_SIZE = 100
BATCH = 25
"""Posts or profiles that one request may ask for."""


class BlueskyOptions(PagedOptions):
    """The account to search with. ``base_url`` stands for the login and the account's server."""

    identifier: str = Field(
        min_length=3,
        description="The account's handle or e-mail address.",
        examples=["fleursbougamont.bsky.social"],
    )
    app_password: SecretStr = Field(
        description="An app password of that account.", examples=["${BLUESKY_APP_PASSWORD}"]
    )


class Bluesky(Source[BlueskyOptions]):
    """Searches posts for each business.

    What comes is wider than the name (its words apart), and whole: only the matcher says whom it
    is about, and ``searched_for`` stays empty.
    """

    type: ClassVar[str] = "bluesky"
    platform: ClassVar[str] = "bluesky"
    every: ClassVar[timedelta] = timedelta(minutes=15)
    options_type: ClassVar = BlueskyOptions
    credentials: ClassVar[str | None] = (
        "A Bluesky account and an app password of it: Settings › Privacy and security › App "
        "passwords (form xxxx-xxxx-xxxx-xxxx, shown once; without access to direct messages)."
    )
    limits: ClassVar[str] = (
        "Sees public posts: their words, descriptions of pictures and link cards; a quoted post's "
        "text counts when it alone names the business. Left out: authors who ask to be shown to "
        "signed-in people only, what moderators hid, spam. Counts and deletions are looked at "
        "again for a week. 3,000 requests in 5 minutes; no more than a search in 10 minutes."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    def __init__(self, options: BlueskyOptions, businesses: tuple[Business, ...]) -> None:
        """Take options and businesses; the login is of this instance and never stored."""
        super().__init__(options, businesses)
        self._login = Login(options.identifier, options.app_password, options.base_url)
        self._names = tuple(name.lstrip("@#") for b in businesses for name in (b.name, *b.aliases))

    @property
    def address(self) -> str:
        """The server where one logs in, or the site."""
        return SITE if self.options.base_url is None else self._login.entry

    @property
    def queries(self) -> tuple[str, ...]:
        """The names, handles and hashtags that are searched."""
        return tuple(search.text for search in self._searches())

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each search's new posts."""
        reader = self._reader(session, session.now - FIRST_SPAN)
        async for page in reader.read(self._searches(), cursor):
            yield await self._with_followers(session, page)

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each search's posts since an instant."""
        reader = self._reader(session, since, is_history=True)
        async for page in reader.read(self._searches(), cursor):
            yield await self._with_followers(session, page)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield posts as they are now; those that are not there any more are removed."""
        for start in range(0, len(external_ids), BATCH):
            uris = external_ids[start : start + BATCH]
            query = urlencode([("uris", uri) for uri in uris])
            answer = await self._login.get(session, "app.bsky.feed.getPosts", query)
            entries, there = read_posts(answer, self._names)
            removed = tuple(uri for uri in uris if uri not in there)
            page = Page(entries=entries, cursor={}, removed=removed)
            yield await self._with_followers(session, page)

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        return Reader(
            ask=partial(self._ask, session),
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            is_history=is_history,
        )

    def _searches(self) -> list[Search]:
        found = [*searches_for(self.businesses, BLUESKY, is_loose=True)]
        texts = {search.text.casefold() for search in found}
        # A hashtag's bare word, searched as a handle, finds it too.
        return found + [
            Search(text=alias, business=business.name, is_loose=True)
            for business in self.businesses
            for alias in business.aliases
            if alias.startswith("#") and alias[1:].casefold() not in texts
        ]

    async def _ask(
        self, session: Session, search: Search, after: datetime, following: Json
    ) -> Found:
        params = {
            "q": search.text,
            "sort": "latest",
            "since": format_instant(after),
            "limit": PAGE_SIZE,
            **({} if following is None else {"cursor": str(following)}),
        }
        answer = await self._login.get(session, "app.bsky.feed.searchPosts", urlencode(params))
        return read_search(answer, self._names)

    async def _with_followers(self, session: Session, page: Page) -> Page:
        """Return the page with how many follow each author; without, when that cannot be had."""
        authors = list(dict.fromkeys(e.author_url for e in page.entries if e.author_url))
        followers: dict[str, int] = {}
        try:
            for start in range(0, len(authors), BATCH):
                dids = [url.rpartition("/")[2] for url in authors[start : start + BATCH]]
                query = urlencode([("actors", did) for did in dids])
                answer = await self._login.get(session, "app.bsky.actor.getProfiles", query)
                followers |= read_followers(answer)
        except SourceError as error:
            page = replace(page, problem=page.problem or f"followers: {error}")

        def told(entry: Entry) -> Entry:
            return replace(entry, author_followers=followers.get(entry.author_url or ""))

        return replace(page, entries=tuple(map(told, page.entries)))
