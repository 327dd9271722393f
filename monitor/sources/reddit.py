"""Reddit: posts that its search finds for each business, by feed or, with an app, by its API.

https://support.reddithelp.com, "Reddit Data API Wiki", and https://www.reddit.com/dev/api, as of
2026-11. Feeds: one request a minute and address without an account; OAuth: 100 a minute.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, ClassVar, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator

from monitor.fetching.base import Session
from monitor.matching.queries import REDDIT
from monitor.model import Business, Cursor, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.readers import read_aside
from monitor.sources.reddit_app import App
from monitor.sources.reddit_entries import SITE, read_feed, read_listing
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

PAGE_SIZE = 100
_SPANS = (("week", 6), ("month", 27), ("year", 360))
"""The spans that a search can be limited to, with the days that are surely within."""

Name = Annotated[str, StringConstraints(pattern=r"^\w{2,21}$")]


class RedditOptions(PagedOptions):
    """Where to search, and as whom. ``base_url`` stands for www. and oauth.reddit.com alike."""

    subreddits: tuple[Name, ...] = Field(
        default=(),
        description="Only these subreddits. Default: all of Reddit.",
        examples=[["france", "Lille"]],
    )
    user: str | None = Field(
        default=None, description="Your Reddit name, with `feed`.", examples=["fleurs59"]
    )
    feed: SecretStr | None = Field(
        default=None,
        description="The secret of your personal feeds: the `feed=` of their addresses.",
        examples=["${REDDIT_FEED}"],
    )
    client_id: str | None = Field(
        default=None, description="An approved app's identifier.", examples=["Ab3dEf6hIj"]
    )
    client_secret: SecretStr | None = Field(
        default=None, description="That app's secret.", examples=["${REDDIT_SECRET}"]
    )

    @model_validator(mode="after")
    def _check_pairs(self) -> Self:
        for one, other in (("user", "feed"), ("client_id", "client_secret")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"{one} and {other} go together")
        return self


class Reddit(Source[RedditOptions]):
    """Searches posts, once for each business."""

    type: ClassVar[str] = "reddit"
    platform: ClassVar[str] = "reddit"
    every: ClassVar[timedelta] = timedelta(minutes=30)
    options_type: ClassVar = RedditOptions
    credentials: ClassVar[str | None] = (
        "None is needed, but without one a search a minute is all Reddit allows. With any account: "
        "https://www.reddit.com/prefs/feeds/ shows addresses that end in `?feed=…&user=…`; put "
        "both in the options and keep `feed` secret. With an app that Reddit approved: its "
        "identifier and secret (https://www.reddit.com/prefs/apps)."
    )
    limits: ClassVar[str] = (
        "Finds posts, not comments, and no more than the newest 1,000. With an app, edits, counts "
        "and deletions are followed for a week; without, edits for two days: feeds hold no counts. "
        "Its terms: delete what was deleted there, train no model, ask before commercial use."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    def __init__(self, options: RedditOptions, businesses: tuple[Business, ...]) -> None:
        """Take options and businesses; an app's token is of this instance and never stored."""
        super().__init__(options, businesses)
        self._app = (
            None
            if options.client_id is None or options.client_secret is None
            else App(options.client_id, options.client_secret, options.base_url)
        )

    @property
    def address(self) -> str:
        """The site, or the server that stands for it."""
        return server_root(SITE, self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a business."""
        return tuple(search.text for search in self._searches())

    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each search's new posts."""
        return self._reader(session, session.now - FIRST_SPAN).read(self._searches(), cursor)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each search's posts since an instant."""
        return self._reader(session, since, is_history=True).read(self._searches(), cursor)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield posts as they are now; those removed or gone are told. Only with an app."""
        if self._app is None:
            return
        for start in range(0, len(external_ids), PAGE_SIZE):
            names = external_ids[start : start + PAGE_SIZE]
            answer = await self._app.get(
                session, "/api/info", {"id": ",".join(names), "raw_json": 1}
            )
            listing = read_listing(answer)
            removed = tuple(name for name in names if name not in listing.there)
            yield Page(entries=listing.found.entries, cursor={}, removed=removed)

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        return Reader(
            ask=partial(self._ask, session),
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            is_history=is_history,
        )

    def _searches(self) -> list[Search]:
        names = " OR ".join(f"subreddit:{name}" for name in self.options.subreddits)
        where = f"({names}) " if names else ""
        return [
            replace(search, text=f"{where}{search.text}")
            for search in searches_for(self.businesses, REDDIT)
        ]

    async def _ask(
        self, session: Session, search: Search, after: datetime, following: Json
    ) -> Found:
        params: dict[str, str | int] = {
            "q": search.text,
            "sort": "new",
            "t": _span_of(session.now - after),
            "limit": PAGE_SIZE,
            **({} if following is None else {"after": str(following)}),
        }
        if self._app is None:
            return await self._ask_feed(session, params)
        params |= {"type": "link", "raw_json": 1}
        return read_listing(await self._app.get(session, "/search", params)).found

    async def _ask_feed(self, session: Session, params: dict[str, str | int]) -> Found:
        feed, user = self.options.feed, self.options.user
        if feed is not None and user is not None:
            params |= {"feed": feed.get_secret_value(), "user": user}
        # Unconditionally: nothing of an address that may hold a secret is to be remembered.
        response = await session.get(f"{self.address}/search.rss", params=params, conditional=False)
        return await read_aside(read_feed, response)


def _span_of(age: timedelta) -> str:
    """Return the shortest span of Reddit's that holds what is so old."""
    return next((name for name, days in _SPANS if age <= timedelta(days=days)), "all")
