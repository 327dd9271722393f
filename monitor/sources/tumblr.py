"""Tumblr: the feeds of named blogs and, with a key, posts under a business's tags.

https://github.com/tumblr/docs/blob/master/api.md, read 2026-11: ``/v2/tagged``. It has no search of
texts. Quota: 1,000 requests an hour and 5,000 a day for each key.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr, model_validator

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import WORDS, hashtags, search_queries
from monitor.model import Cursor, Json, Page, Response
from monitor.sources.addresses import at_server, server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.feed_parsing import is_page, parse_feed
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.tumblr_posts import blog_host, each_once, read_post, read_record

SERVER = "https://api.tumblr.com"
PAGE_SIZE = 20  # the most that one answer holds
AN_HOUR, A_DAY = 1_000, 5_000  # requests of one key
_LIMITED = 429


def _check_blogs(blogs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(blog_host(blog) for blog in blogs))


class TumblrOptions(PagedOptions):
    """Which blogs to read, and the key to look for tags with."""

    blogs: Annotated[tuple[str, ...], AfterValidator(_check_blogs)] = Field(
        default=(),
        description="Blogs to read whole, by name or address; no key is needed.",
        examples=[["fleuristes-de-france", "https://blog.example.fr"]],
    )
    key: SecretStr | None = Field(
        default=None,
        description="An OAuth consumer key: adds the posts under the businesses' tags.",
        examples=["${TUMBLR_KEY}"],
    )

    @model_validator(mode="after")
    def _check_something_to_read(self) -> TumblrOptions:
        if self.key is None and not self.blogs:
            raise ValueError("there is nothing to read: give blogs, or a key")
        return self


class Tumblr(Source[TumblrOptions]):
    """Reads blogs and tags in turn. ``base_url`` stands for the API and for every blog."""

    type: ClassVar[str] = "tumblr"
    platform: ClassVar[str] = "tumblr"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = TumblrOptions
    credentials: ClassVar[str | None] = (
        "None for blogs. For tags, a Tumblr account: register an application at "
        "https://www.tumblr.com/oauth/apps and copy its OAuth consumer key."
    )
    limits: ClassVar[str] = (
        "Sees the newest 20 posts of each blog and, with a key, public posts under tags made from "
        "names and aliases: a post that only names the business in its text is not found. A "
        "reblog without words of its own counts as the post it repeats. Notes (likes, reblogs and "
        "replies together) are shown as likes. 1,000 requests an hour and 5,000 a day for each key."
    )
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The API when tags are looked for, else the blogs."""
        if self.options.base_url is not None or self.options.key is not None:
            return server_root(SERVER, self.options.base_url)
        return ", ".join(self.options.blogs)

    @property
    def queries(self) -> tuple[str, ...]:
        """The tags."""
        return tuple(f"#{search.text}" for search in self._tags())

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is new of each blog and tag, from the one that the last poll did not reach."""
        reader = self._reader(session, session.now - FIRST_SPAN)
        async for page in reader.read([*self._blogs(), *self._tags()], cursor):
            yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield the posts under each tag since an instant; a blog's feed reaches no further."""
        reader = self._reader(session, since, is_history=True)
        async for page in reader.read(self._tags(), cursor):
            yield page

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(search: Search, _: datetime, following: Json) -> Found:
            if search.business is None:
                return await self._read_blog(session, search.text)
            return await self._ask_tag(session, search.text, following)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            bounded=False,
            is_history=is_history,
        )

    def _blogs(self) -> list[Search]:
        return [Search(text=host) for host in self.options.blogs]

    def _tags(self) -> list[Search]:
        """Return a search a tag; one that several businesses share is the first one's."""
        if self.options.key is None:
            return []
        found: dict[str, Search] = {}
        for business in self.businesses:
            # Tumblr's tags may hold spaces: "fleurs bougamont" beside "fleursbougamont".
            for tag in (*hashtags(business), *search_queries(business, WORDS)):
                found.setdefault(tag.casefold(), Search(text=tag, business=business.name))
        return list(found.values())

    async def _read_blog(self, session: Session, host: str) -> Found:
        response = await session.get(at_server(f"https://{host}/rss", self.options.base_url))
        if response.not_modified:
            return Found(entries=(), rows=0)
        return await read_aside(read_blog, response)

    async def _ask_tag(self, session: Session, tag: str, following: Json) -> Found:
        if self.options.key is None:  # no tag is looked for then
            return Found(entries=(), rows=0)
        _spend(session, self.options.key)
        params: dict[str, str | int] = {
            "tag": tag,
            "limit": PAGE_SIZE,
            "filter": "text",
            "reblog_info": "true",
            "api_key": self.options.key.get_secret_value(),
        }
        if isinstance(following, int):
            params["before"] = following
        root = server_root(SERVER, self.options.base_url)
        answer, _ = await session.get_json(f"{root}/v2/tagged", params=params)
        return read_tagged(answer, before=following)


def _spend(session: Session, key: SecretStr) -> None:
    """Count one request in both allowances of the key; a day is taken to end at midnight UTC."""
    hour = session.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    midnight = session.now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    whose = key.get_secret_value()
    session.spend("tumblr, an hour", 1, limit=AN_HOUR, renews_at=hour, key=whose)
    session.spend("tumblr, a day", 1, limit=A_DAY, renews_at=midnight, key=whose)


def read_blog(response: Response) -> Found:
    """Read a blog's feed. Raises ``Malformed``: ``not_a_feed`` for a page of login or refusal."""
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where a blog's feed was due")
    feed = parse_feed(response)
    entries = tuple(read_record(record, feed, response.url) for record in feed.entries)
    return Found(entries=entries, rows=len(entries), problem=feed.problem)


def read_tagged(answer: Json, *, before: Json = None) -> Found:
    """Read one answer of ``/v2/tagged``; ``before`` is the instant that was asked with.

    Raises Malformed(api), naming what is not there, and ``FetchError(rate_limited)``.
    """
    whole = record_of(answer, "the answer")
    if part_at(whole, "meta").get("status") == _LIMITED:
        raise FetchError(Code.RATE_LIMITED, "Limit Exceeded", http_status=_LIMITED)
    rows = rows_of(whole.get("response"), "response")
    entries, problem = read_each(rows, read_post, "response")
    return Found(
        entries=each_once(entries),
        rows=len(rows),
        following=_following(rows, before),
        problem=problem,
    )


def _following(rows: Sequence[Json], before: Json) -> int | None:
    """Return the instant before which older posts are asked for.

    One second more than the oldest here, of which the answer may hold only some posts; of a
    featured tag, by the instant it was featured ("Tagged Method" of the documentation).
    """
    instants = [
        instant
        for row in rows
        if isinstance(row, Mapping)
        and isinstance(instant := row.get("featured_timestamp") or row.get("timestamp"), int)
    ]
    if not instants:
        return None
    oldest = min(instants) + 1
    return min(oldest, before - 1) if isinstance(before, int) else oldest
