"""Feeds: RSS, RDF, Atom and JSON Feed, from a site, from a feed's own address or from a file.

Formats: https://www.rssboard.org/rss-specification, https://www.rfc-editor.org/rfc/rfc4287 and
https://www.jsonfeed.org/version/1.1/, as of 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, ValidationInfo

from monitor.errors import Code, Malformed, SourceError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Kind, Page, Response
from monitor.sources.addresses import at_server, web_url
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.feed_discovery import discover_feed
from monitor.sources.feed_entries import read_entries
from monitor.sources.feed_parsing import is_page, parse_feed
from monitor.sources.json_feed import is_json, read_json_feed
from monitor.sources.readers import read_aside
from monitor.urls import shown_url

_WEB = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,24}(?:[:/?#]\S*)?")
_FILE_SUFFIXES = (".xml", ".rss", ".atom", ".rdf", ".json")
_NO_LONGER_THERE = frozenset((404, 410))


def _check_address(value: str, info: ValidationInfo) -> str:
    """Take a web address as it is, a path from the folder of ``sources.yaml``."""
    value = value.strip()
    if _WEB.fullmatch(value):
        return value
    if not value or _SCHEME.match(value):
        raise ValueError(f'"{value}" is neither a web address nor a file; write https://… or ./…')
    is_path = value.startswith((".", "/", "~")) or value.lower().endswith(_FILE_SUFFIXES)
    if not is_path and _HOST.fullmatch(value):
        raise ValueError(f'"{value}" has no scheme; write https://{value}')
    base_dir = (info.context or {}).get("base_dir")
    path = Path(value).expanduser()
    return str(path if base_dir is None else Path(base_dir, path))


class FeedOptions(NetworkOptions):
    """One feed to read."""

    url: Annotated[str, AfterValidator(_check_address)] = Field(
        min_length=1,
        description="The feed's address, or the site's: its feed is then discovered. Or a file.",
        examples=["https://example.org/rss.xml", "https://example.org", "./feeds/press.xml"],
    )
    kind: Kind | None = Field(
        default=None,
        description="What its entries are. Default: told from each entry, mostly article.",
        examples=["review"],
    )


class Feed(Source[FeedOptions]):
    """Reads the entries of one feed."""

    type: ClassVar[str] = "feed"
    platform: ClassVar[str] = "feed"
    every: ClassVar[timedelta] = timedelta(minutes=30)
    options_type: ClassVar = FeedOptions
    limits: ClassVar[str] = (
        "Sees what the publisher puts in the feed: often the newest 10 to 50 entries and only "
        "their first lines. A feed that turns over quickly loses some between two polls: lower "
        "`every`. At most 5,000 entries. For the press, show a headline, a short extract and the "
        "link (French neighbouring rights)."
    )

    @property
    def address(self) -> str:
        """The address or the path, without secrets."""
        return shown_url(self.options.url) if self._is_web else self.options.url

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the one page there is, or nothing when it has not changed.

        The cursor remembers the feed that was discovered on a site, asked directly from then on.
        """
        known = cursor.get("feed")
        if isinstance(known, str):
            try:
                page = await self._read_feed_at(session, known)
            except SourceError as error:
                if not _is_lost(error):
                    raise
                page = await self._read_address(session, conditional=False)
        else:
            page = await self._read_address(session, conditional=True)
        if page is not None:
            yield page if self.options.kind is None else _as_kind(page, self.options.kind)

    @property
    def _is_web(self) -> bool:
        return _WEB.fullmatch(self.options.url) is not None

    async def _read_address(self, session: Session, *, conditional: bool) -> Page | None:
        """Read what the options name: a feed, or a page that announces one."""
        if self._is_web:
            url = at_server(self.options.url, self.options.base_url)
            response = await session.get(url, conditional=conditional)
        else:
            response = session.read_file(Path(self.options.url))
        if response.not_modified:
            return None
        if not is_page(response):
            return await _page_of(response, {})
        found = discover_feed(response) if self._is_web else None
        if found is None:
            raise Malformed(Code.NOT_A_FEED, "a page that announces no feed")
        return await self._read_feed_at(session, found)

    async def _read_feed_at(self, session: Session, url: str) -> Page | None:
        response = await session.get(url)
        if response.not_modified:
            return None
        if is_page(response):
            raise Malformed(Code.NOT_A_FEED, "the feed that the site announces is a page")
        return await _page_of(response, {"feed": url})


def read_feed(response: Response) -> tuple[tuple[Entry, ...], str | None]:
    """Read a feed of any format: its entries, and for people what of it is damaged.

    Raises ``Malformed`` (``empty``, ``not_a_feed``, ``parse``, ``api``) and
    ``FetchError(too_large)``.
    """
    if is_json(response):
        return read_json_feed(response)
    feed = parse_feed(response)
    # Not RFC 9110 §8.7, but what feeds that send it mean by it (feedparser's documentation).
    base = web_url(response.headers.get("content-location"), response.url) or response.url
    return read_entries(feed, base), feed.problem


async def _page_of(response: Response, cursor: Cursor) -> Page:
    entries, problem = await read_aside(read_feed, response)
    return Page(entries=entries, cursor=cursor, problem=problem)


def _as_kind(page: Page, kind: Kind) -> Page:
    return replace(page, entries=tuple(replace(entry, kind=kind) for entry in page.entries))


def _is_lost(error: SourceError) -> bool:
    """Tell whether a feed that was once discovered has moved or gone."""
    return error.http_status in _NO_LONGER_THERE or error.code in (Code.GONE, Code.NOT_A_FEED)
