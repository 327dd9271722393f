"""Bing News: the newspapers and blogs that its search finds for each business, as RSS.

Undocumented by Microsoft; what is known of it is from recordings/bing-news. No account, no figure
of a quota. The keyed search services were closed in 2025.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from monitor.errors import Code, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import BING
from monitor.model import Cursor, Entry, Page, Response
from monitor.sources.addresses import server_root, web_url
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.entry_parts import hash_of, name_of
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import ParsedFeed, Record, is_page, parse_feed
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import Search, in_turn, searches_for

SERVER = "https://www.bing.com"
PAGE_SIZE = 10


class BingNewsOptions(NetworkOptions):
    """Where to search, in which market."""

    market: str | None = Field(
        default="fr-FR",
        pattern=r"^[a-z]{2}-[A-Z]{2}$",
        description="The market to search: language and country. None: Bing chooses by address.",
        examples=["fr-FR", "nl-BE"],
    )
    newest_first: bool = Field(
        default=True,
        description="Whether to ask for the newest first, not for what Bing finds most fitting.",
        examples=[True],
    )
    depth: int = Field(
        default=1,
        ge=1,
        le=5,
        description="How many pages of about ten articles to read of each search.",
        examples=[3],
    )


class BingNews(Source[BingNewsOptions]):
    """Searches Bing News, once for each business.

    The cursor holds a digest of each search's first page: while it is the same, no other is read.
    """

    type: ClassVar[str] = "bing_news"
    platform: ClassVar[str] = "bing_news"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = BingNewsOptions
    limits: ClassVar[str] = (
        "Finds newspapers and larger blogs, fewer local titles than Google News. About ten "
        "articles a page, each with a short extract. Rare names may bring headlines that have "
        "nothing to do with them, and answers of another country's market: those are kept only "
        "where title or extract names the business. How the market, the order and further pages "
        "are asked for is not documented. The terms allow personal, non-commercial use in a feed "
        "reader."
    )

    @property
    def address(self) -> str:
        """The search page, without its query."""
        return f"{server_root(SERVER, self.options.base_url)}/news/search"

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a business, where its names fit."""
        return tuple(search.text for search in self._searches)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the pages of each search that has changed."""
        firsts = _texts_of(cursor.get("firsts"))
        ordered = in_turn(self._searches, cursor)
        for search, following in zip(ordered, [*ordered[1:], *ordered[:1]], strict=True):
            async for page, first in self._read(session, search, firsts.pop(search.key, None)):
                firsts |= {} if first is None else {search.key: first}
                yield replace(page, cursor={"first": following.key, "firsts": dict(firsts)})

    async def _read(
        self, session: Session, search: Search, known: str | None
    ) -> AsyncIterator[tuple[Page, str | None]]:
        """Yield pages; with the last of them, the digest of the first."""
        depth = self.options.depth
        seen: set[str] = set()
        first = ""
        for number in range(depth):
            # What an earlier poll did not read to its end is asked for whole.
            is_conditional = number == 0 and (known is not None or depth == 1)
            page = await self._ask(session, search, number, conditional=is_conditional)
            if page is None:
                yield Page(entries=(), cursor={}), known
                return
            ids = {entry.external_id for entry in page.entries}
            first = first or hash_of(*sorted(ids))
            is_last = ids <= seen or first == known or number + 1 == depth
            seen |= ids
            yield page, first if is_last else None
            if is_last:
                return

    @property
    def _searches(self) -> tuple[Search, ...]:
        return searches_for(self.businesses, BING)

    async def _ask(
        self, session: Session, search: Search, number: int, *, conditional: bool
    ) -> Page | None:
        """Return one page of a search; ``None`` when it has not changed."""
        response = await session.get(
            self.address, params=self._params(search, number), conditional=conditional
        )
        if response.not_modified:
            return None
        market = self.options.market
        return await read_aside(
            partial(read_search, market=market, business=search.business), response
        )

    def _params(self, search: Search, number: int) -> dict[str, str | int]:
        params: dict[str, str | int] = {"q": search.text, "format": "rss"}
        if self.options.market is not None:
            language, _, country = self.options.market.partition("-")
            params |= {"mkt": self.options.market, "setlang": language, "cc": country}
        if self.options.newest_first:
            params["qft"] = 'sortbydate="1"'
        if number > 0:
            params["first"] = number * PAGE_SIZE + 1
        return params


def read_search(response: Response, market: str | None, business: str | None) -> Page:
    """Read one answer. Raises ``Malformed``: ``not_a_feed`` for a page of refusal.

    Of another market than was asked for, an article is not told to be what was searched for: its
    own words must name the business.
    """
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where search results were due")
    feed = parse_feed(response)
    entries = []
    for record in feed.entries:
        found_in = market_of(str(record.get("link") or ""))
        is_right = market is None or found_in is None or found_in == market.casefold()
        entry = read_article(record, feed, response.url)
        entries.append(replace(entry, searched_for=business if is_right else None))
    return Page(entries=tuple(entries), cursor={}, problem=feed.problem)


def read_article(record: Record, feed: ParsedFeed, base: str) -> Entry:
    """Read one article. It has no identifier but its address."""
    entry = read_entry(record, feed, base)
    outlet = name_of(_own(record, "source"))
    image = web_url(_own(record, "image"), base)
    return replace(
        entry,
        author=outlet,
        author_url=None,
        outlet=outlet,
        media=(image,) if image else entry.media,
        language=None,  # the feed's is that of Bing's pages
    )


def market_of(link: str) -> str | None:
    """Return the market that answered, which only the wrapped link tells; ``None`` if it does not.

    >>> market_of("http://www.bing.com/news/apiclick.aspx?url=https%3a%2f%2fexample.fr&mkt=it-IT")
    'it-it'
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if not parts.path.casefold().endswith("/apiclick.aspx"):
        return None
    return parse_qs(parts.query).get("mkt", [""])[0].casefold() or None


def _own(record: Record, name: str) -> object:
    """Return an element of Bing's own namespace, whose address is another for every query."""
    values = (record[key] for key in record if re.fullmatch(rf"(?:\w+_)?{name}", key))
    return next((value for value in values if isinstance(value, str)), None)


def _texts_of(value: object) -> dict[str, str]:
    rows: Sequence[tuple[object, object]] = (
        list(value.items()) if isinstance(value, Mapping) else []
    )
    return {str(key): text for key, text in rows if isinstance(text, str)}
