"""X's API asked with a Bearer token, within a month's budget in posts and in dollars.

docs.x.com, "Pay-per-use pricing" and "Usage and billing", read 2026-11: each post, user and medium
told is paid, errors and empty answers are not. What an answer may cost at most is set aside before
it is asked for; what it did not cost is given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil

from pydantic import SecretStr

from monitor.clock import next_month
from monitor.errors import FetchError
from monitor.fetching.base import Session
from monitor.model import Health, Json
from monitor.sources.x_posts import Posts, read_count, read_posts, read_user_id
from monitor.sources.x_refusals import told_refusal

SMALLEST, LARGEST = 10, 100
"""Posts of one answer."""

_TWEET_FIELDS = (
    "id,text,note_tweet,author_id,created_at,lang,conversation_id,in_reply_to_user_id"
    ",referenced_tweets,public_metrics,entities,attachments,edit_history_tweet_ids"
    ",possibly_sensitive,withheld"
)
_USER_FIELDS = "username,name,public_metrics,verified,verified_type,location"
_MEDIA_FIELDS = "type,url,preview_image_url,alt_text"
_MOST_REFERENCES, _MOST_MEDIA = 2, 4  # of one post: it answers one and quotes one; four pictures

Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent in a calendar month (UTC), and what things cost; in dollars."""

    posts: int
    dollars: float
    dollars_per_post: float
    dollars_per_user: float
    dollars_per_count: float

    def cost(self, posts: int, users: int = 0, media: int = 0) -> int:
        """Return thousandths of a dollar; a medium is taken to cost what a post does."""
        dollars = (posts + media) * self.dollars_per_post + users * self.dollars_per_user
        return _thousandths(dollars)

    @property
    def count_cost(self) -> int:
        """Return what one count costs, in thousandths of a dollar."""
        return _thousandths(self.dollars_per_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class XApi:
    """The calls that we make. All raise ``FetchError`` and ``Malformed(api)``."""

    root: str
    token: SecretStr
    budget: Budget
    authors: bool
    media: bool

    async def search(
        self, session: Session, params: Params, *, size: int, originals: bool, own_id: str | None
    ) -> Posts:
        """Search the last seven days, without what ``own_id`` wrote.

        ``originals``: with the posts that others repeat.
        """
        path = "/2/tweets/search/recent"
        return await self._posts(
            session, path, params, size=size, originals=originals, own_id=own_id
        )

    async def mentions(
        self, session: Session, user_id: str, params: Params, *, size: int, originals: bool
    ) -> Posts:
        """Read the posts that name an account, without its own."""
        path = f"/2/users/{user_id}/mentions"
        return await self._posts(
            session, path, params, size=size, originals=originals, own_id=user_id
        )

    async def missing(self, session: Session, numbers: Sequence[str]) -> tuple[str, ...]:
        """Return which of these posts, a hundred at most, X no longer shows to everyone."""
        posts, cost = len(numbers), self.budget.cost(len(numbers))
        self._spend(session, posts, cost)
        try:
            answer = await self._ask(session, "/2/tweets", {"ids": ",".join(numbers)})
        except FetchError as error:
            self._give_back(session, error, posts, cost)
            raise
        found = read_posts(answer)
        self._settle(session, found, posts, cost)
        return found.missing

    async def count(self, session: Session, params: Params) -> int:
        """Return how many posts a search would find."""
        self._spend(session, 0, self.budget.count_cost)
        path = "/2/tweets/counts/recent"
        try:
            answer = await self._ask(session, path, {**params, "granularity": "day"})
        except FetchError as error:
            self._give_back(session, error, 0, self.budget.count_cost)
            raise
        return read_count(answer)

    async def user_id(self, session: Session, name: str) -> str:
        """Return the identifier of an account."""
        cost = self.budget.cost(0, users=1)
        self._spend(session, 0, cost)
        try:
            answer = await self._ask(session, f"/2/users/by/username/{name}", {})
        except FetchError as error:
            self._give_back(session, error, 0, cost)
            raise
        return read_user_id(answer)

    async def _posts(
        self,
        session: Session,
        path: str,
        params: Params,
        *,
        size: int,
        originals: bool,
        own_id: str | None = None,
    ) -> Posts:
        size, posts, cost = self._set_aside(session, size, originals=originals)
        asked = {**params, **self._fields(originals=originals), "max_results": size}
        try:
            answer = await self._ask(session, path, asked)
        except FetchError as error:
            self._give_back(session, error, posts, cost)
            raise
        # A page of a hundred long posts is some hundred kilobytes of JSON.
        found = await asyncio.to_thread(read_posts, answer, own_id=own_id)
        self._settle(session, found, posts, cost)
        return found

    def _set_aside(self, session: Session, size: int, *, originals: bool) -> tuple[int, int, int]:
        """Set aside the most that an answer of ``size`` posts costs, or of fewer when that is all.

        Return its size, and the posts and thousandths of a dollar set aside.
        """
        sizes = [size, SMALLEST]
        for one in sizes:
            posts = one * (1 + (_MOST_REFERENCES if originals else 0))
            users, media = posts if self.authors else 0, posts * _MOST_MEDIA if self.media else 0
            cost = self.budget.cost(posts, users, media)
            try:
                self._spend(session, posts, cost)
            except FetchError as error:
                if error.health is not Health.BUDGET_SPENT or one == sizes[-1]:
                    raise
            else:
                return one, posts, cost
        raise AssertionError(sizes)

    def _fields(self, *, originals: bool) -> dict[str, str | int]:
        wanted = {
            "author_id": self.authors,
            "referenced_tweets.id": originals,
            "referenced_tweets.id.author_id": originals and self.authors,
            "attachments.media_keys": self.media,
        }
        expansions = ",".join(name for name, is_wanted in wanted.items() if is_wanted)
        fields: dict[str, str | int] = {"tweet.fields": _TWEET_FIELDS}
        if expansions:
            fields["expansions"] = expansions
        if self.authors:
            fields["user.fields"] = _USER_FIELDS
        if self.media:
            fields["media.fields"] = _MEDIA_FIELDS
        return fields

    async def _ask(self, session: Session, path: str, params: Params) -> Json:
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        try:
            answer, _ = await session.get_json(self.root + path, params=params, headers=headers)
        except FetchError as error:
            raise told_refusal(error, session.now) from error
        return answer

    def _give_back(self, session: Session, error: FetchError, posts: int, cost: int) -> None:
        """Give back what an error did not cost; an answer lost on its way was paid."""
        if error.http_status is not None:
            self._spend(session, -posts, -cost)

    def _settle(self, session: Session, found: Posts, posts: int, cost: int) -> None:
        """Count what an answer cost in place of what was set aside for it."""
        with suppress(FetchError):  # more than the budget was told: it is read, and paid
            self._spend(session, found.paid[0] - posts, self.budget.cost(*found.paid) - cost)

    def _spend(self, session: Session, posts: int, cost: int) -> None:
        """Count posts and thousandths of a dollar, both or none."""
        key, renews_at = self.token.get_secret_value(), next_month(session.now)
        budget = self.budget

        def count(name: str, units: int, limit: int) -> None:
            session.spend(name, units, limit=limit, renews_at=renews_at, key=key)

        count("X, posts", posts, budget.posts)
        try:
            count("X, $/1000", cost, _thousandths(budget.dollars))
        except FetchError:
            count("X, posts", -posts, budget.posts)
            raise


def _thousandths(dollars: float) -> int:
    return ceil(round(dollars * 1_000, 6))
