"""X: what was posted on each business in the last seven days, and what names its account.

https://docs.x.com/x-api (xdevplatform/docs), read 2026-11: recent search and counts, mentions,
look-up. Paid by use; 450 searches and mentions and 300 counts in 15 minutes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import ClassVar

from monitor.clock import next_midnight
from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Health, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import Source
from monitor.sources.json_fields import part_at
from monitor.sources.one_by_one import turn_of
from monitor.sources.search_turns import Search, in_turn, tell
from monitor.sources.x_api import LARGEST, SMALLEST, Budget, Params, XApi
from monitor.sources.x_options import XOptions
from monitor.sources.x_posts import Posts
from monitor.sources.x_queries import queries_for
from monitor.sources.x_refusals import is_too_old
from monitor.sources.x_turns import State, Step, bounds_of, read_on, read_states, write_states

API = "https://api.x.com"


class X(Source[XOptions]):
    """Searches X and reads the account's mentions in turn.

    The cursor holds how far each is read, whose turn it is, and the account's identifier.
    """

    type: ClassVar[str] = "x"
    platform: ClassVar[str] = "x"
    every: ClassVar[timedelta] = timedelta(hours=24)
    options_type: ClassVar = XOptions
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    credentials: ClassVar[str | None] = (
        "A developer account: at https://console.x.com make a project and an app, buy credits, "
        "copy the app's Bearer token. No review; paid by use, without subscription."
    )
    limits: ClassVar[str] = (
        "Form B: public posts of the last seven days that a search by name, handle, hashtag or "
        "website finds, and posts that name `account` (up to 800). Nothing older, nothing of "
        "protected accounts, no direct message. Posts and dollars are counted before each request "
        "by month, the most it may cost first; X counts by itself in its console, where a limit "
        "can be set too. `base_url` stands for api.x.com. X's terms: posts deleted there are "
        "deleted here, each business has its own app, texts are not given to others."
    )

    @property
    def address(self) -> str:
        """The API."""
        return server_root(API, self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """The searches, and the mentions of the account."""
        return tuple(turn.text for turn in self._turns())

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is new of each search, from the one that the last poll did not reach."""
        turns = in_turn(self._turns(), cursor)
        keys = {turn.key for turn in turns}
        states = {key: state for key, state in read_states(cursor).items() if key in keys}
        account = dict(part_at(cursor, "account"))
        pages = 0

        def after(turn: Search) -> Cursor:
            return {"first": turn.key, "searches": write_states(states), "account": account}

        for turn, following in zip(turns, [*turns[1:], *turns[:1]], strict=True):
            try:
                if self._is_mentions(turn) and account.get("name") != self.options.account:
                    user_id = await self._api.user_id(session, str(self.options.account))
                    account = {"name": self.options.account, "id": user_id}
                state, before = states.get(turn.key, State()), pages
                async for step in self._read(session, turn, state, str(account.get("id", ""))):
                    states[turn.key] = step.state
                    pages += 1
                    yield self._page(turn, step.posts, after(following))
                if pages == before:
                    pages += 1
                    yield Page(entries=(), cursor=after(following))
            except SourceError as error:
                # A search that fails each time must not starve the others; the last page that
                # polling takes would hide the error.
                is_own = error.code is not Code.RATE_LIMITED
                if is_own and len(turns) > 1 and pages + 1 < self.options.max_pages * len(turns):
                    yield Page(entries=(), cursor=after(following))
                raise

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which posts were deleted or made private; some a day, for each is paid."""
        most = self.options.daily_rechecks
        wanted = turn_of(external_ids, session.now, most) if most else ()
        if not wanted:
            return
        try:
            session.spend(
                "X, looked at again",
                len(wanted),
                limit=most,
                renews_at=next_midnight(session.now),
                key=self.options.token.get_secret_value(),
            )
        except FetchError as error:
            if error.health is not Health.BUDGET_SPENT:
                raise
            return
        removed = await self._api.missing(session, wanted)
        if removed:
            yield Page(entries=(), cursor={}, removed=removed)

    @property
    def _api(self) -> XApi:
        told = self.options
        return XApi(
            root=self.address,
            token=told.token,
            authors=told.authors,
            media=told.media,
            budget=Budget(
                posts=told.monthly_posts,
                dollars=told.monthly_dollars,
                dollars_per_post=told.dollars_per_post,
                dollars_per_user=told.dollars_per_user,
                dollars_per_count=told.dollars_per_count,
            ),
        )

    def _turns(self) -> list[Search]:
        told = self.options
        turns = [
            Search(text=query, business=business.name)
            for business in self.businesses
            for query in queries_for(
                business,
                account=told.account,
                languages=told.languages,
                retweets=told.retweets,
            )
        ]
        return [*turns, *([Search(text=f"@{told.account}")] if told.account else [])]

    @staticmethod
    def _is_mentions(turn: Search) -> bool:
        return turn.business is None

    async def _read(
        self, session: Session, turn: Search, state: State, user_id: str
    ) -> AsyncGenerator[Step, None]:
        size = LARGEST
        is_mentions = self._is_mentions(turn)
        if self.options.count_first and not is_mentions and not state.until:
            count = await self._count(session, turn, state)
            if count == 0:
                return
            size = min(max(count or LARGEST, SMALLEST), LARGEST)

        async def ask(bounds: Params) -> Posts:
            try:
                return await self._ask(session, turn, bounds, size, user_id)
            except FetchError as error:
                if not (bounds and is_too_old(error)):
                    raise
            return await self._ask(session, turn, {}, size, user_id)

        token_name = "pagination_token" if is_mentions else "next_token"
        most = self.options.max_pages
        reading = read_on(ask, state, now=session.now, most=most, token_name=token_name)
        async for step in reading:
            yield step

    async def _ask(
        self, session: Session, turn: Search, bounds: Params, size: int, user_id: str
    ) -> Posts:
        originals = self.options.retweets
        if self._is_mentions(turn):
            return await self._api.mentions(
                session, user_id, bounds, size=size, originals=originals
            )
        asked = {"query": turn.text, "sort_order": "recency", **bounds}
        return await self._api.search(
            session, asked, size=size, originals=originals, own_id=user_id or None
        )

    async def _count(self, session: Session, turn: Search, state: State) -> int | None:
        """Return how many posts there are to read; ``None`` when X does not tell.

        A count only saves money: where it cannot be had, the search is asked anyway.
        """
        try:
            bounds = bounds_of(state, session.now)
            return await self._api.count(session, {"query": turn.text, **bounds})
        except SourceError as error:
            is_told = error.http_status is not None or error.code is Code.API
            if not is_told or error.code in (Code.AUTH, Code.RATE_LIMITED):
                raise
            return None

    def _page(self, turn: Search, posts: Posts, cursor: Cursor) -> Page:
        own = (self.options.account or "").lower()
        entries: tuple[Entry, ...] = tuple(
            post.entry
            for post in posts.posts
            if not own or (post.entry.author or "").lower() != own
            # One that is only repeated was met when it was written, for it names the account too.
            if not (self._is_mentions(turn) and post.is_retweet and not self.options.retweets)
        )
        return Page(entries=tell(entries, self._told(turn)), cursor=cursor, problem=posts.problem)

    def _told(self, turn: Search) -> Search:
        """Return the search with the business that what it finds is about."""
        if not self._is_mentions(turn) or len(self.businesses) != 1:
            return turn
        return Search(text=turn.text, business=self.businesses[0].name)
