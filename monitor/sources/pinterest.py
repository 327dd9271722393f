"""Pinterest: the feeds of named users and boards; with a token, the account's figures and pins.

https://developers.pinterest.com/docs/api/v5, read 2026-11; of the feeds (``/user/feed.rss``,
``/user/board.rss``) only that tools read them. Quota of the API: 1,000 requests a day.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated, ClassVar, Self
from urllib.parse import quote

from pydantic import AfterValidator, Field, SecretStr, model_validator

from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.base import Session
from monitor.model import Business, Cursor, Figure, Health, Json, Page, Standing
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.oauth import Grant
from monitor.sources.pinterest_api import PinterestApi
from monitor.sources.pinterest_pins import (
    METRICS,
    SITE,
    read_account,
    read_analytics,
    read_feed,
    read_pins,
)
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader

API = "https://api.pinterest.com"
PAGE_SIZE = 100  # up to 250 are allowed; a reading remembers 300
SPAN = timedelta(days=30)
"""The days that the statistics are summed over; 90 at most."""
SOON = timedelta(days=7)
"""How long before its end a token is told of."""

_SITE = r"(?:https?://)?(?:www\.|[a-z]{2}\.)?pinterest\.[a-z.]{2,6}/"
_USER = re.compile(rf"(?:{_SITE}|@)?([\w-]{{1,60}})/?", re.ASCII)
_BOARD = re.compile(rf"(?:{_SITE})?([A-Za-z0-9_-]{{1,60}})/([^/?#\s]{{1,100}}?)/?")
_OWN = Search(text="own pins")
_NO_FEED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def _user(value: str) -> str:
    found = _USER.fullmatch(value.strip())
    if found is None:
        raise ValueError(f'"{value}" names no user; write for instance fleursbougamont')
    return found[1]


def _board(value: str) -> str:
    found = _BOARD.fullmatch(value.strip())
    if found is None:
        raise ValueError(f'"{value}" names no board; write user/board, as in its address')
    return f"{found[1]}/{found[2]}"


class PinterestOptions(PagedOptions):
    """Which feeds to read, and the token of the owner's account."""

    users: tuple[Annotated[str, AfterValidator(_user)], ...] = Field(
        default=(),
        max_length=50,
        description="Users whose public pins are read, by name or address; no token is needed.",
        examples=[["mariages-du-nord"]],
    )
    boards: tuple[Annotated[str, AfterValidator(_board)], ...] = Field(
        default=(),
        max_length=50,
        description="Likewise public boards, `user/board`.",
        examples=[["mariages-du-nord/bouquets"]],
    )
    token: SecretStr | None = Field(
        default=None,
        description="An access token (30 days) of the owner's account: adds its figures.",
        examples=["${PINTEREST_TOKEN}"],
    )
    refresh_token: SecretStr | None = Field(
        default=None,
        description="Instead of `token`; it lasts longer.",
        examples=["${PINTEREST_REFRESH_TOKEN}"],
    )
    client_id: str | None = Field(
        default=None, description="The app's id, for `refresh_token`.", examples=["1234567"]
    )
    client_secret: SecretStr | None = Field(
        default=None, description="The app's secret key.", examples=["${PINTEREST_SECRET}"]
    )
    token_until: date | None = Field(
        default=None,
        description="When the token ends, to be told a week before: Pinterest does not tell.",
        examples=["2026-12-20"],
    )
    pins: bool = Field(
        default=False,
        description=(
            "Read the account's own pins too: for a board that others write to, or an account that "
            "another person keeps."
        ),
        examples=[True],
    )

    @model_validator(mode="after")
    def _has_something_to_read(self) -> Self:
        if self.refresh_token is not None and not (self.client_id and self.client_secret):
            raise ValueError("refresh_token wants client_id and client_secret")
        if self.token is not None and self.refresh_token is not None:
            raise ValueError("give `token` or `refresh_token`, not both")
        has_token = self.token is not None or self.refresh_token is not None
        if not (self.users or self.boards or has_token):
            raise ValueError("there is nothing to read: give users, boards, or a token")
        if self.pins and not has_token:
            raise ValueError("pins want a token; the public ones of a user are read with `users`")
        return self


class Pinterest(Source[PinterestOptions]):
    """Reads feeds and pins in turn, the figures once a day.

    The cursor holds how far each is read, and the day of the last figures.
    """

    type: ClassVar[str] = "pinterest"
    platform: ClassVar[str] = "pinterest"
    every: ClassVar[timedelta] = timedelta(hours=6)
    options_type: ClassVar = PinterestOptions
    credentials: ClassVar[str | None] = (
        "None for feeds. For the figures: a business account, an app at "
        "https://developers.pinterest.com/apps/ (its trial access is enough for one's own "
        "account), and a token with the scopes boards:read, pins:read and user_accounts:read."
    )
    limits: ClassVar[str] = (
        "Forms A and C: numbers of the owner's own account (followers, views, saves and clicks of "
        "30 days, those of pins from the claimed website apart), and public feeds of users and "
        "boards that are named. Cannot search Pinterest: `web_search` with `sites: [pinterest.fr, "
        "pinterest.com]` does, as far as an engine sees it. Comments are not told. A feed that "
        "answers 403 or 404 counts as gone and is tried again. `base_url` stands for "
        "www.pinterest.com and api.pinterest.com."
    )

    def __init__(self, options: PinterestOptions, businesses: tuple[Business, ...]) -> None:
        """Take options and businesses; access tokens are kept in memory."""
        super().__init__(options, businesses)
        self._api = PinterestApi(
            root=server_root(API, options.base_url), token=options.token, grant=self._grant()
        )

    @property
    def address(self) -> str:
        """The site, or its API when no feed is read."""
        has_feeds = self.options.users or self.options.boards
        return server_root(SITE if has_feeds else API, self.options.base_url)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the figures of the day, then what is new of each feed and of the pins.

        Raises what the figures raised once the feeds are read.
        """
        today = session.now.date().isoformat()
        day = cursor.get("figures_on")
        standing, refusal = self._expiry(session.now), None
        if self._has_token and day != today:
            try:
                figures = await self._figures(session)
            except SourceError as error:
                # A token that is refused does not hide the feeds; it is told with them, and after.
                refusal, standing = error, _standing_of(error) or standing
            else:
                day = today
                told: Cursor = {**cursor, "figures_on": day}
                yield Page(entries=(), cursor=told, figures=figures, standing=standing)
        gone: list[str] = []
        searches = self._searches()
        last: Cursor = {**cursor, "figures_on": day}
        async for page in self._reader(session, gone).read(searches, cursor):
            last = {**page.cursor, "figures_on": day}
            yield replace(page, cursor=last, standing=standing)
        if refusal is not None:
            raise refusal
        missing = ", ".join(gone)
        if gone and len(gone) == len(searches) and not self._has_token:
            raise FetchError(Code.HTTP_STATUS, "no feed", health=Health.GONE, missing=missing)
        if gone:
            standing = Standing(health=Health.GONE, missing=missing)
        if standing is not None:
            yield Page(entries=(), cursor=last, standing=standing)

    @property
    def _has_token(self) -> bool:
        return self.options.token is not None or self.options.refresh_token is not None

    def _grant(self) -> Grant | None:
        told = self.options
        if told.refresh_token is None or told.client_id is None or told.client_secret is None:
            return None
        return Grant(
            token_url=f"{server_root(API, told.base_url)}/v5/oauth/token",
            client_id=told.client_id,
            client_secret=told.client_secret,
            refresh_token=told.refresh_token,
        )

    def _expiry(self, now: datetime) -> Standing | None:
        until = self.options.token_until
        ends_at = None if until is None else datetime.combine(until, time(), UTC)
        if ends_at is None or ends_at - now > SOON:
            return None
        return Standing(health=Health.TOKEN_EXPIRES_SOON, at=ends_at)

    def _searches(self) -> list[Search]:
        feeds = [*self.options.users, *self.options.boards]
        return [*(Search(text=feed) for feed in feeds), *([_OWN] if self.options.pins else [])]

    def _reader(self, session: Session, gone: list[str]) -> Reader:
        async def ask(search: Search, _: datetime, following: Json) -> Found:
            if search == _OWN:
                return await self._own_pins(session, following)
            return await self._feed(session, search.text, gone)

        return Reader(
            ask=ask,
            now=session.now,
            since=session.now - FIRST_SPAN,
            max_pages=self.options.max_pages,
            bounded=False,
        )

    async def _feed(self, session: Session, feed: str, gone: list[str]) -> Found:
        """Read a feed; one that is not shown is noted in ``gone``, and the others go on."""
        user, _, board = feed.partition("/")
        path = f"{user}/{quote(board)}.rss" if board else f"{user}/feed.rss"
        try:
            response = await session.get(f"{server_root(SITE, self.options.base_url)}/{path}")
        except FetchError as error:
            if error.http_status not in _NO_FEED:
                raise
            gone.append(f"pinterest.com/{feed}")
            return Found(entries=(), rows=0)
        if response.not_modified:
            return Found(entries=(), rows=0)
        return await read_aside(lambda told: read_feed(told, user), response)

    async def _own_pins(self, session: Session, following: Json) -> Found:
        params: dict[str, str | int] = {"page_size": PAGE_SIZE, "pin_metrics": "true"}
        if isinstance(following, str):
            params["bookmark"] = following
        answer = await self._api.get(session, "pins", params)
        return read_pins(answer, bookmark=following)

    async def _figures(self, session: Session) -> tuple[Figure, ...]:
        account = read_account(await self._api.get(session, "user_account"))
        params: dict[str, str | int] = {
            "start_date": (session.now - SPAN).date().isoformat(),
            "end_date": session.now.date().isoformat(),
            "metric_types": METRICS,
        }
        sums: list[Figure] = []
        for source, prefix in ((None, ""), ("CLAIMED", "claimed_")):
            asked = params if source is None else {**params, "from_claimed_content": source}
            try:
                answer = await self._api.get(session, "user_account/analytics", asked)
            except SourceError as error:
                # Only business accounts have statistics; the counts are told of all.
                if error.http_status not in (HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST):
                    raise
                break
            sums += read_analytics(answer, prefix=prefix)
        return (*account, *sums)


def _standing_of(error: SourceError) -> Standing | None:
    return None if error.health is None else Standing(health=error.health, missing=error.missing)
