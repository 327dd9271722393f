"""Google News: the newspapers and blogs that its search finds for each business, as RSS.

Undocumented by Google; its operators: https://github.com/kotartemiy/pygooglenews, read 2026-11.
No account, no figure of a quota. Since July 2024 links hide the article's address behind calls
that are not for us: they are left as Google gives them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from monitor.errors import Code, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import google_news_query
from monitor.model import Cursor, Entry, Page, Response
from monitor.sources.addresses import server_root, web_url
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.entry_parts import name_of
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import ParsedFeed, Record, is_page, parse_feed
from monitor.sources.readers import read_aside
from monitor.urls import shown_url

SERVER = "https://news.google.com"

_TOKEN = re.compile(r"/articles/(CBM[\w-]+)")
# A protobuf: field 1 = 19, then field 4, a string: recordings/google-news/top_fr_be_2020.xml.
_OLD_TOKEN = b"\x08\x13\x22"
_MORE = 0x80  # a varint's byte with another after it


class GoogleNewsOptions(NetworkOptions):
    """Where to search, in which edition."""

    language: str = Field(
        default="fr",
        pattern=r"^[a-z]{2}$",
        description="The edition's language.",
        examples=["fr", "nl"],
    )
    country: str = Field(
        default="FR",
        pattern=r"^[A-Z]{2}$",
        description="The edition's country.",
        examples=["FR", "BE"],
    )
    when: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]{0,3}[hdmy]$",
        description="How far back to search. Default: as far as Google likes, 100 articles.",
        examples=["7d", "12h"],
    )


class GoogleNews(Source[GoogleNewsOptions]):
    """Searches Google News, once for each business."""

    type: ClassVar[str] = "google_news"
    platform: ClassVar[str] = "google_news"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = GoogleNewsOptions
    limits: ClassVar[str] = (
        "Finds newspapers and indexed blogs, local titles included; no social network. About 100 "
        "articles a search, without their text: a name that is only in the article's body is "
        "found by Google and kept with less certainty. Google gives no figure of a quota; polled "
        "hard, it answers with an error or a page of consent. Its terms allow personal, "
        "non-commercial use in a feed reader: each user asks for himself, links stay as they are."
    )

    @property
    def address(self) -> str:
        """The search page, without its query."""
        return shown_url(self._search_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a business."""
        return tuple(google_news_query(b, when=self.options.when) for b in self.businesses)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield a page for each business whose search has changed; there is no cursor."""
        for business, query in zip(self.businesses, self.queries, strict=True):
            response = await session.get(self._search_url, params=self._params(query))
            if response.not_modified:
                continue
            page = await read_aside(read_search, response)
            found = (replace(entry, searched_for=business.name) for entry in page.entries)
            yield replace(page, entries=tuple(found), cursor=cursor)

    @property
    def _search_url(self) -> str:
        return f"{server_root(SERVER, self.options.base_url)}/rss/search"

    def _params(self, query: str) -> dict[str, str]:
        # All three, or the results follow the server's own address.
        language, country = self.options.language, self.options.country
        return {"q": query, "hl": language, "gl": country, "ceid": f"{country}:{language}"}


def read_search(response: Response) -> Page:
    """Read one answer. Raises ``Malformed``: ``not_a_feed`` for the page of consent or refusal."""
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where search results were due")
    feed = parse_feed(response)
    entries = tuple(read_article(record, feed, response.url) for record in feed.entries)
    return Page(entries=entries, cursor={}, problem=feed.problem)


def read_article(record: Record, feed: ParsedFeed, base: str) -> Entry:
    """Read one article: its title without the outlet, and no text.

    The description repeats the title, or lists other outlets' articles.
    """
    entry = read_entry(record, feed, base)
    source = record.get("source") or {}
    outlet = name_of(source.get("title"))
    title = entry.title
    if title and outlet:
        title = title.removesuffix(f" - {outlet}") or title
    return replace(
        entry,
        url=decode_link(entry.url) if entry.url else None,
        title=title,
        text="",
        author=outlet,
        author_url=web_url(source.get("href"), base),
        outlet=outlet,
    )


def decode_link(link: str) -> str:
    """Return the article's address where the link holds it in clear (before July 2024).

    >>> decode_link("https://news.google.com/rss/articles/CBMiFGh0dHBzOi8vZXhhbXBsZS5mci9h0gEA?oc=5")
    'https://example.fr/a'
    """
    token = _TOKEN.search(urlsplit(link).path)
    if token is None:
        return link
    try:
        message = base64.urlsafe_b64decode(token[1] + "=" * (-len(token[1]) % 4))
        return web_url(_first_text(message)) or link
    except (binascii.Error, ValueError, IndexError):
        return link


def _first_text(message: bytes) -> str:
    """Return the message's first string. Raises ValueError or IndexError when it has none."""
    if not message.startswith(_OLD_TOKEN):
        raise ValueError(message[:4])
    length, at, shift = 0, len(_OLD_TOKEN), 0
    while True:
        byte = message[at]
        length |= (byte & ~_MORE) << shift
        at, shift = at + 1, shift + 7
        if not byte & _MORE:
            return message[at : at + length].decode()
