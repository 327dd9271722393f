"""WordPress: the posts and comments of one site, and what its own search finds for each business.

https://wordpress.org/documentation/article/wordpress-feeds/ and, with ``rest``,
https://developer.wordpress.org/rest-api/reference/, read 2026-11. No account.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from http import HTTPStatus
from typing import ClassVar, Literal

from pydantic import Field, HttpUrl

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.fetching.base import Session
from monitor.matching.queries import PHRASES
from monitor.model import Cursor, Entry, Json, Kind, Page, Response
from monitor.sources.addresses import at_server, without_fragment
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import count_of
from monitor.sources.feed_entries import read_entries
from monitor.sources.feed_parsing import parse_feed
from monitor.sources.json_fields import read_each, rows_of
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.wordpress_rest import comment_reader, numbers_of, post_reader
from monitor.sources.wordpress_site import WordpressSite
from monitor.urls import shown_url

PAGE_SIZE = 100  # the most that one answer of the API holds
Part = Literal["posts", "comments", "search"]

_NEXT = re.compile(r'rel="?next"?', re.IGNORECASE)
# WordPress's own sign of a text cut short; plug-ins put a line or two behind it.
_CUT = re.compile(r"\[(?:…|\.\.\.)\]|(?:…|\.\.\.)$")
_TAIL = 300  # characters
_PAST_THE_END = b"rest_post_invalid_page_number"
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class WordpressOptions(PagedOptions):
    """One site, and what of it to read."""

    url: HttpUrl = Field(
        description="The site's address, that of its front page.",
        examples=["https://blog.example.org"],
    )
    read: tuple[Part, ...] = Field(
        default=("posts", "comments"),
        min_length=1,
        description="What to read: all posts, all comments, what the site's search finds.",
        examples=[["posts", "comments", "search"]],
    )
    rest: bool = Field(
        default=False,
        description="Ask the REST API, where the site leaves it open, instead of the feeds.",
        examples=[True],
    )


class Wordpress(Source[WordpressOptions]):
    """Reads one site's feeds, or its REST API."""

    type: ClassVar[str] = "wordpress"
    platform: ClassVar[str] = "wordpress"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = WordpressOptions
    limits: ClassVar[str] = (
        "Feeds hold 10 entries a page as WordPress is installed, older pages of posts are read "
        "too, of comments there are none; many sites shorten the texts. A site that has no feed "
        "of comments or closed its search is told as damaged, the rest is read. The REST API "
        "gives whole texts, dates to search by, edits and deletions of the last week, but no "
        "number of comments, and of a site's pages nothing: its search feed finds those."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The site."""
        return shown_url(self._site)

    @property
    def queries(self) -> tuple[str, ...]:
        """The searches, when the site's search is to be read."""
        return tuple(part.text for part in self._parts() if part.business is not None)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is new of each part, from the one that the last poll did not reach."""
        reader = self._reader(session, session.now - FIRST_SPAN)
        async for page in reader.read(self._parts(), cursor):
            yield replace(page, entries=tuple(map(_judge_by_its_text, page.entries)))

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what each part has since an instant."""
        reader = self._reader(session, since, is_history=True)
        async for page in reader.read(self._parts(), cursor):
            yield replace(page, entries=tuple(map(_judge_by_its_text, page.entries)))

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield posts and comments as they are now; what the API no longer lists was removed."""
        if not self.options.rest:
            return
        for name in ("posts", "comments"):
            numbers = numbers_of(external_ids, comments=name == "comments")
            for start in range(0, len(numbers), PAGE_SIZE):
                batch = list(numbers)[start : start + PAGE_SIZE]
                asked: dict[str, str | int] = {"include": ",".join(batch), "per_page": PAGE_SIZE}
                found, _ = await self._ask_api(session, name, asked)
                there = {entry.external_id for entry in found.entries}
                gone = tuple(numbers[n] for n in batch if numbers[n] not in there)
                yield Page(entries=found.entries, cursor={}, problem=found.problem, removed=gone)

    @property
    def _site(self) -> str:
        return str(self.options.url).rstrip("/")

    @cached_property
    def _server(self) -> WordpressSite:
        return WordpressSite(at_server(self._site, self.options.base_url).rstrip("/"))

    def _parts(self) -> list[Search]:
        parts = [Search(text=part) for part in dict.fromkeys(self.options.read) if part != "search"]
        if "search" in self.options.read:
            parts += searches_for(self.businesses, PHRASES)
        return parts

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        needed = self._parts()[0].key

        async def ask(part: Search, after: datetime, following: Json) -> Found:
            number = following if isinstance(following, int) else 1
            try:
                if self.options.rest:
                    return await self._read_rest(session, part, after, number)
                is_conditional = number == 1 and not is_history
                return await self._read_feed(session, part, number, conditional=is_conditional)
            except SourceError as error:
                if part.key == needed or not _is_closed(error):
                    raise
                return Found(entries=(), rows=0, problem=f"{part.key}: {error}")

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            bounded=self.options.rest,
            is_history=is_history,
        )

    async def _read_feed(
        self, session: Session, part: Search, number: int, *, conditional: bool
    ) -> Found:
        params: dict[str, str | int] = {"s": part.text, "feed": "rss2"} if part.business else {}
        if number > 1:
            params["paged"] = number
        try:
            response = await self._server.feed(session, part.key, params, conditional=conditional)
        except FetchError as error:
            # Past its last page WordPress answers so: recordings wordpress/INDEX.md.
            if number > 1 and error.http_status == HTTPStatus.NOT_FOUND:
                return Found(entries=(), rows=0)
            raise
        if response.not_modified:
            return Found(entries=(), rows=0)
        found = await read_aside(partial(read_part, comments=part.key == "comments"), response)
        return replace(found, following=number + 1 if found.rows else None)

    async def _read_rest(
        self, session: Session, part: Search, after: datetime, number: int
    ) -> Found:
        params: dict[str, str | int] = {
            "after": after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "per_page": PAGE_SIZE,
            "page": number,
        }
        if part.business:
            params["search"] = part.text
        try:
            name = "comments" if part.key == "comments" else "posts"
            found, response = await self._ask_api(session, name, params)
        except FetchError as error:
            if number > 1 and _PAST_THE_END in error.body:
                return Found(entries=(), rows=0)
            raise
        has_more = _has_next(response, number, found.rows)
        return replace(found, following=number + 1 if has_more else None)

    async def _ask_api(
        self, session: Session, name: str, params: Mapping[str, str | int]
    ) -> tuple[Found, Response]:
        embedded = {} if name == "comments" else {"_embed": "author,wp:featuredmedia"}
        answer, response = await self._server.api(session, name, {**params, **embedded})
        rows = rows_of(answer, name)
        read = comment_reader(self._site) if name == "comments" else post_reader(self._site)
        entries, problem = read_each(rows, read, name)
        return Found(entries=entries, rows=len(rows), problem=problem), response


def read_part(response: Response, *, comments: bool) -> Found:
    """Read a feed of posts or of comments. Raises ``Malformed``."""
    feed = parse_feed(response)
    entries = read_entries(feed, response.url)
    if comments:
        entries = tuple(map(_as_comment, entries))
    return Found(entries=entries, rows=len(entries), problem=feed.problem)


def _as_comment(entry: Entry) -> Entry:
    parent = without_fragment(entry.url) if entry.url else None
    return replace(entry, kind=Kind.COMMENT, parent_url=parent)


def _judge_by_its_text(entry: Entry) -> Entry:
    """Take a search at its word only where the text is cut short: a whole one names or does not.

    So "Garage Bougamont" is not taken for "Fleurs Bougamont" where a site's search is lax.
    """
    is_cut = not entry.text or _CUT.search(entry.text[-_TAIL:]) is not None
    return entry if is_cut else replace(entry, searched_for=None)


def _is_closed(error: SourceError) -> bool:
    """Tell whether a site does without this part: not there, or not for us."""
    return (
        error.code in (Code.GONE, Code.NOT_A_FEED)
        or error.http_status in _REFUSED
        or (isinstance(error, Malformed) and error.code is Code.EMPTY)
    )


def _has_next(response: Response, number: int, rows: int) -> bool:
    """Tell whether older rows follow, by the count of pages, the Link header or a full page."""
    pages = count_of(response.headers.get("x-wp-totalpages"))
    if pages is not None:
        return number < pages
    link = response.headers.get("link")
    return rows >= PAGE_SIZE if link is None else _NEXT.search(link) is not None
