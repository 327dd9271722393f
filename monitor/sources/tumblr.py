"""Tumblr: the feeds of named blogs and, with a key, posts under a business's tags.

https://github.com/tumblr/docs/blob/master/api.md, read 2026-11: ``/v2/tagged``, and of one post
``/v2/blog/…/posts``. It has no search of texts. Quota: 1,000 requests an hour and 5,000 a day for
each key.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from urllib.parse import quote

from pydantic import AfterValidator, Field, SecretStr, model_validator

from monitor.clock import next_midnight
from monitor.fetching.base import Session
from monitor.matching.queries import WORDS, hashtags, search_queries
from monitor.model import Business, Cursor, Json, Page
from monitor.sources.addresses import at_server, server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.json_fields import part_at
from monitor.sources.one_by_one import look_again
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.tumblr_answers import blog_in, check_post, read_blog, read_tagged
from monitor.sources.tumblr_posts import blog_host

SERVER = "https://api.tumblr.com"
PAGE_SIZE = 20  # the most that one answer holds
AN_HOUR, A_DAY = 1_000, 5_000  # requests of one key
MOST_REMEMBERED = 100
"""Posts of which the cursor says whose they are: without its blog, none can be asked for."""

_LOOKED_AT_AGAIN = timedelta(days=7)


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
    """Reads blogs and tags in turn. ``base_url`` stands for the API and for every blog.

    With a key, the cursor also holds the blogs of the newest posts, by the posts' identifiers.
    """

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
        "replies together) are shown as likes. With a key, edits and notes of what is under tags, "
        "and deletions, are followed for a week. 1,000 requests an hour and 5,000 a day for each "
        "key."
    )
    rechecks: ClassVar[timedelta | None] = _LOOKED_AT_AGAIN
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    def __init__(self, options: TumblrOptions, businesses: tuple[Business, ...]) -> None:
        """Take options and businesses; whose the newest posts are is read with them."""
        super().__init__(options, businesses)
        self._blog_of: Mapping[str, str] = {}

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
        known = part_at(cursor, "posts")
        self._blog_of = {post_id: blog for post_id, blog in known.items() if isinstance(blog, str)}
        reader = self._reader(session, session.now - FIRST_SPAN)
        async for page in reader.read([*self._blogs(), *self._tags()], cursor):
            yield page if self.options.key is None else self._remember(page)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield the posts under each tag since an instant; a blog's feed reaches no further."""
        return self._reader(session, since, is_history=True).read(self._tags(), cursor)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which posts are gone; a request each, needs the key.

        Only of those that ``pages`` read or the cursor it began with told the blog of.
        """
        if self.options.key is None:
            return
        known = [post_id for post_id in external_ids if post_id in self._blog_of]

        async def look(post_id: str) -> None:
            blog = quote(self._blog_of[post_id], safe="")
            answer = await self._ask(session, f"/v2/blog/{blog}/posts", {"id": post_id})
            check_post(answer)

        async for page in look_again(known, look, now=session.now):
            yield page

    def _remember(self, page: Page) -> Page:
        """Return the page with the blogs of the newest posts, its own among them, in its cursor."""
        found = {e.external_id: blog for e in page.entries if (blog := blog_in(e)) is not None}
        newest = sorted({**self._blog_of, **found}.items(), key=lambda row: int(row[0]))
        self._blog_of = dict(newest[-MOST_REMEMBERED:])
        return replace(page, cursor={**page.cursor, "posts": dict(self._blog_of)})

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
            overlap=_LOOKED_AT_AGAIN,
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
        params: dict[str, str | int] = {"tag": tag, "limit": PAGE_SIZE, "reblog_info": "true"}
        if isinstance(following, int):
            params["before"] = following
        return read_tagged(await self._ask(session, "/v2/tagged", params), before=following)

    async def _ask(self, session: Session, path: str, params: Mapping[str, str | int]) -> Json:
        """Ask the API, counted first."""
        key = "" if self.options.key is None else self.options.key.get_secret_value()
        _spend(session, key)
        root = server_root(SERVER, self.options.base_url)
        answer, _ = await session.get_json(
            f"{root}{path}", params={**params, "filter": "text", "api_key": key}
        )
        return answer


def _spend(session: Session, key: str) -> None:
    """Count one request in both allowances of the key; a day is taken to end at midnight UTC."""
    hour = session.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    session.spend("tumblr, an hour", 1, limit=AN_HOUR, renews_at=hour, key=key)
    session.spend("tumblr, a day", 1, limit=A_DAY, renews_at=next_midnight(session.now), key=key)
