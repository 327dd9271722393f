"""LinkedIn: what others say on the owner's Company Page, and the posts that mention it.

learn.microsoft.com/linkedin/marketing/community-management, read 2026-11: notifications of the Page
(kept 60 days), posts, comments. Quota: each app's own, shown in its Analytics; renewed at midnight
UTC.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, Field, SecretStr, model_validator

from monitor.errors import SourceError
from monitor.fetching.base import Session
from monitor.model import Business, Cursor, Entry, Json, Kind, Page, Standing
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.json_fields import list_at
from monitor.sources.linkedin_api import LinkedinApi, expiry
from monitor.sources.linkedin_entries import (
    PAGE_SIZE,
    comment_of,
    is_post,
    read_comment,
    read_comments,
    read_missing,
    read_notifications,
    read_texts,
)
from monitor.sources.oauth import Grant
from monitor.sources.one_by_one import ends_looking, is_gone
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader

API, LOGIN = "https://api.linkedin.com", "https://www.linkedin.com"
MOST_FOLLOWED = 10
"""Posts on the Page whose comments are read at each poll: a request each."""
_TERMS = timedelta(hours=48)
_KEPT = timedelta(days=60)

Action = Literal["SHARE_MENTION", "COMMENT", "SHARE", "COMMENT_EDIT", "COMMENT_DELETE"]


def _organization(value: str) -> str:
    """Take a Page's number, or its URN."""
    number = value.strip().removeprefix("urn:li:organization:")
    if not (number.isascii() and number.isdecimal()):
        raise ValueError(
            f'"{value}" is no number of a Page: it stands in its address as administrator, '
            "linkedin.com/company/12345678/admin"
        )
    return number


class LinkedinOptions(PagedOptions):
    """Whose Page, with which token, by which version of the API."""

    organization: Annotated[str, AfterValidator(_organization)] = Field(
        description="The number of the Page.", examples=["12345678"]
    )
    token: SecretStr | None = Field(
        default=None,
        description="An access token (60 days) of an administrator of the Page.",
        examples=["${LINKEDIN_TOKEN}"],
    )
    refresh_token: SecretStr | None = Field(
        default=None,
        description="Instead of `token`, where LinkedIn grants one: it lasts a year.",
        examples=["${LINKEDIN_REFRESH_TOKEN}"],
    )
    client_id: str | None = Field(
        default=None,
        description="The app's Client ID: with `token`, its end is told in time.",
        examples=["86abcdefghijkl"],
    )
    client_secret: SecretStr | None = Field(
        default=None, description="The app's Client Secret.", examples=["${LINKEDIN_SECRET}"]
    )
    token_until: date | None = Field(
        default=None,
        description="When the token ends, to be told two weeks before; else LinkedIn is asked.",
        examples=["2027-01-20"],
    )
    version: str = Field(
        default="202610",
        pattern=r"^20\d{4}$",
        description="The version of the API: year and month; each ends after about a year.",
        examples=["202610"],
    )
    actions: tuple[Action, ...] = Field(
        default=("SHARE_MENTION", "COMMENT", "SHARE", "COMMENT_EDIT", "COMMENT_DELETE"),
        min_length=1,
        description="What to be told of.",
        examples=[["SHARE_MENTION", "COMMENT", "SHARE"]],
    )
    comments: bool = Field(
        default=True,
        description="Read the comments under the ten newest posts that mention the Page, too.",
        examples=[False],
    )
    daily_requests: int = Field(
        default=400,
        ge=1,
        description="Requests a day (UTC), counted before each: the development tier has few.",
        examples=[400],
    )

    @model_validator(mode="after")
    def _has_a_token(self) -> Self:
        if (self.token is None) == (self.refresh_token is None):
            raise ValueError("give `token`, or `refresh_token` with the app's client_id and secret")
        is_app_whole = self.client_id is not None and self.client_secret is not None
        if self.refresh_token is not None and not is_app_whole:
            raise ValueError("refresh_token wants client_id and client_secret")
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret belong together")
        return self


class Linkedin(Source[LinkedinOptions]):
    """Reads a Page's notifications, then the comments under posts that mention it.

    The cursor holds how far each is read and the posts whose comments are followed.
    """

    type: ClassVar[str] = "linkedin"
    platform: ClassVar[str] = "linkedin"
    every: ClassVar[timedelta] = timedelta(hours=2)
    options_type: ClassVar = LinkedinOptions
    is_own: ClassVar[bool] = True
    keeps_text: ClassVar[timedelta | None] = _TERMS
    rechecks: ClassVar[timedelta | None] = _TERMS
    credentials: ClassVar[str | None] = (
        "A verified Page and an app tied to it at https://www.linkedin.com/developers/apps, with "
        "the product “Community Management API” (asked for there, reviewed; development tier "
        "first), and a token of an administrator of the Page with the scopes "
        "rw_organization_admin and r_organization_social."
    )
    limits: ClassVar[str] = (
        "Form A: reads the owner's own Page (comments and shares of its posts, posts by others "
        "that mention it), for 60 days back; cannot search LinkedIn, and hears of public posts "
        "only. Authors are told by LinkedIn's identifier, without name. Texts are kept 48 hours, "
        "as its terms want; address, date and opinion stay. Deleted comments are told; deleted "
        "posts are looked for during two days. `base_url` stands for api.linkedin.com and "
        "www.linkedin.com. Without the review: `mailbox` reads LinkedIn's notices, `web_search` "
        "public posts."
    )

    def __init__(self, options: LinkedinOptions, businesses: tuple[Business, ...]) -> None:
        """Take options and businesses; access tokens are kept in memory."""
        super().__init__(options, businesses)
        self._api = LinkedinApi(
            root=server_root(API, options.base_url),
            login=server_root(LOGIN, options.base_url),
            version=options.version,
            daily_requests=options.daily_requests,
            token=options.token,
            grant=self._grant(),
        )

    @property
    def address(self) -> str:
        """The Page."""
        return f"{server_root(LOGIN, self.options.base_url)}/company/{self.options.organization}"

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is new, its texts completed where the notifications have none."""
        standing = await self._standing(session)
        followed = [str(urn) for urn in list_at(cursor, "followed") if is_post(urn)]
        stored = cursor
        is_told = False
        async for page in self._reader(session).read(self._searches(followed), cursor):
            followed = self._follow(followed, page.entries)
            here: Cursor = {**page.cursor, "followed": followed}
            try:
                entries = await self._with_texts(session, page.entries)
            except SourceError:
                # From where it stood before: these are met again, for their texts.
                yield replace(page, cursor=stored, standing=standing)
                raise
            stored, is_told = here, True
            yield replace(page, entries=entries, cursor=here, standing=standing)
        if not is_told and standing is not None:
            yield Page(entries=(), cursor=stored, standing=standing)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which posts are gone; deleted comments are told by themselves."""
        posts = [urn for urn in external_ids if is_post(urn)]
        if len(posts) > 1:
            answer = await self._posts(session, posts)
            removed = read_missing(answer)
        else:
            removed = tuple([urn for urn in posts if not await self._is_there(session, urn)])
        if removed:
            yield Page(entries=(), cursor={}, removed=removed)

    def _grant(self) -> Grant | None:
        told = self.options
        if told.refresh_token is None or told.client_id is None or told.client_secret is None:
            return None
        return Grant(
            token_url=f"{server_root(LOGIN, told.base_url)}/oauth/v2/accessToken",
            client_id=told.client_id,
            client_secret=told.client_secret,
            refresh_token=told.refresh_token,
        )

    async def _standing(self, session: Session) -> Standing | None:
        told = self.options
        if told.token_until is not None:
            return expiry(datetime.combine(told.token_until, time(), UTC), session.now)
        if told.client_id is None or told.client_secret is None:
            return None
        return await self._api.standing(session, told.client_id, told.client_secret)

    @property
    def _urn(self) -> str:
        return f"urn:li:organization:{self.options.organization}"

    def _searches(self, followed: Iterable[str]) -> list[Search]:
        wanted = followed if self.options.comments else ()
        return [Search(text="notifications"), *(Search(text=urn) for urn in wanted)]

    def _reader(self, session: Session) -> Reader:
        async def ask(search: Search, after: datetime, following: Json) -> Found:
            start = following if isinstance(following, int) else 0
            paging = f"start={start}&count={PAGE_SIZE}"
            if is_post(search.text):
                return await self._comments(session, search.text, start, paging)
            span = f"(start:{_ms(after)},end:{_ms(session.now)})"
            answer = await self._api.get(
                session,
                f"organizationalEntityNotifications?q=criteria"
                f"&actions=List({','.join(self.options.actions)})"
                f"&organizationalEntity={quote(self._urn, safe='')}&timeRange={span}&{paging}",
            )
            return read_notifications(answer, self._urn, start)

        return Reader(
            ask=ask,
            now=session.now,
            since=session.now - FIRST_SPAN,
            max_pages=self.options.max_pages,
        )

    async def _comments(self, session: Session, post: str, start: int, paging: str) -> Found:
        path = f"socialActions/{quote(post, safe='')}/comments?{paging}"
        try:
            answer = await self._api.get(session, path)
        except SourceError as error:
            if is_gone(error):
                return Found(entries=(), rows=0)
            raise
        return read_comments(answer, post, self._urn, start)

    def _follow(self, followed: list[str], entries: Iterable[Entry]) -> list[str]:
        found = [e.external_id for e in entries if e.kind is Kind.POST and is_post(e.external_id)]
        return list(dict.fromkeys([*found, *followed]))[:MOST_FOLLOWED]

    async def _with_texts(self, session: Session, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries, those without words with those of their post or comment.

        What cannot be read of one is left as it is: its address tells where it stands.
        """
        bare = [entry for entry in entries if not entry.text]
        texts: dict[str, str] = {}
        posts = [e.external_id for e in bare if is_post(e.external_id)]
        if len(posts) > 1:
            texts |= read_texts(await self._posts(session, posts))
        elif posts:
            answer = await self._one(session, f"posts/{quote(posts[0], safe='')}")
            texts |= {} if answer is None else {posts[0]: read_texts(answer).get(posts[0], "")}
        for entry in bare:
            comment = comment_of(entry.external_id)
            if comment is None:
                continue
            path = f"socialActions/{quote(comment.post, safe='')}/comments/{comment.number}"
            answer = await self._one(session, path)
            if isinstance(answer, dict):
                told = read_comment({"id": comment.number, **answer}, comment.post, self._urn)
                texts[entry.external_id] = told.text if told else ""
        return tuple(
            replace(entry, text=entry.text or texts.get(entry.external_id, "")) for entry in entries
        )

    async def _posts(self, session: Session, urns: Sequence[str]) -> Json:
        """Ask for several posts; LinkedIn refuses a list of one."""
        names = ",".join(quote(urn, safe="") for urn in urns)
        batch = {"X-RestLi-Method": "BATCH_GET"}
        return await self._api.get(session, f"posts?ids=List({names})", headers=batch)

    async def _one(self, session: Session, path: str) -> Json:
        """Ask for one thing; ``None`` when it cannot be had, for reasons of its own."""
        try:
            return await self._api.get(session, path)
        except SourceError as error:
            if ends_looking(error) or error.http_status is None:
                raise
            return None

    async def _is_there(self, session: Session, urn: str) -> bool:
        try:
            await self._api.get(session, f"posts/{quote(urn, safe='')}")
        except SourceError as error:
            if is_gone(error):
                return False
            raise
        return True


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
