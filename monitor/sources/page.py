"""Page: one web page without a feed, its new passages that name a business.

Politely: robots.txt is obeyed (https://www.rfc-editor.org/rfc/rfc9309, read 2026-11), and the page
is only sent again when it has changed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import urljoin

from pydantic import Field, HttpUrl

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.base import Session
from monitor.matching.matcher import Matcher
from monitor.model import Cursor, Entry, Json, Kind, Page, Response
from monitor.sources.addresses import at_server
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.entry_parts import hash_of, instant_of
from monitor.sources.json_fields import list_at, part_at
from monitor.sources.passages import CELLS, PageText, read_page
from monitor.sources.readers import read_aside
from monitor.sources.robots import is_allowed
from monitor.text import fold
from monitor.urls import canonical_url, shown_url

ROBOTS_HOLD = timedelta(hours=24)
"""How long a verdict of robots.txt is believed (RFC 9309 §2.4)."""
MAX_KNOWN = 2_000
"""Passages remembered of one page, those that name a business only."""
_MIN_WORDS = 3
"""Words that a page has at least: fewer say "Loading…"."""
_MIN_ABOUT = 6
"""Words of a passage that says something, on a page that is all about a business."""
_HASH = 16
_COUNTED = re.compile(r"\bil y a \d+ \w+|\d+ \w+ ago\b|\d[\d .,]*")


class WatchedPageOptions(NetworkOptions):
    """One page to watch."""

    url: HttpUrl = Field(
        description="The page's address.", examples=["https://www.example.org/commerces"]
    )


class WatchedPage(Source[WatchedPageOptions]):
    """Reads one page and tells its new passages.

    The cursor holds what robots.txt said, and by which hashes passages are known again.
    """

    type: ClassVar[str] = "page"
    platform: ClassVar[str] = "page"
    every: ClassVar[timedelta] = timedelta(hours=6)
    options_type: ClassVar = WatchedPageOptions
    limits: ClassVar[str] = (
        "Reads the paragraphs, items and rows of that one page, without its menus and footer, and "
        "takes those that name a business: at the first poll what is there, then what is new. An "
        "edited passage counts as the same when most words stay. A page that is made in the "
        "browser shows nothing, and says so as `empty`. No dates: a passage is dated when found. "
        "What robots.txt forbids is not read (`blocked`)."
    )

    @property
    def address(self) -> str:
        """The page, without its query."""
        return shown_url(self._url)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the one page there is, or nothing when it has not changed."""
        url = at_server(self._url, self.options.base_url)
        robots = await self._ask_robots(session, url, cursor)
        known = tuple(str(one) for one in list_at(cursor, "known"))
        if robots.get("allowed") is not True:
            yield Page(entries=(), cursor={"robots": robots, "known": list(known)})
            raise FetchError(Code.BLOCKED, "robots.txt does not allow it")
        response = await session.get(url)
        if response.not_modified:
            if robots != cursor.get("robots"):
                yield Page(entries=(), cursor={"robots": robots, "known": list(known)})
            return
        text = await read_aside(_read, response)
        found = await asyncio.to_thread(self._naming, text)
        told = [(_hash_of(passage), passage) for passage in {fold(p): p for p in found}.values()]
        entries = tuple(self._entry(text, passage) for key, passage in told if key not in known)
        there = [key for key, _ in told]
        yield Page(entries=entries, cursor={"robots": robots, "known": _renewed(known, there)})

    @property
    def _url(self) -> str:
        return str(self.options.url)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.businesses)

    async def _ask_robots(self, session: Session, url: str, cursor: Cursor) -> dict[str, Json]:
        """Return what robots.txt says, asked again when that is a day old.

        One that is not there allows all; one that cannot be had now raises: we come again.
        """
        known = part_at(cursor, "robots")
        asked_at = instant_of(known.get("asked_at"))
        if asked_at is not None and timedelta(0) <= session.now - asked_at < ROBOTS_HOLD:
            return dict(known)
        try:
            answer = await session.get(urljoin(url, "/robots.txt"), conditional=False)
            allowed = await asyncio.to_thread(is_allowed, answer.body, self._url)
        except FetchError as error:
            if not _is_absent(error):
                raise
            allowed = True
        return {"asked_at": session.now.isoformat(), "allowed": allowed}

    def _naming(self, text: PageText) -> list[str]:
        """Return the passages that name a business; on a page about one, all that say something."""
        if self.options.about is not None:
            words = ((p, p.replace(CELLS, " ").split()) for p in text.passages)
            return [p for p, said in words if len(said) >= _MIN_ABOUT]
        # The title is left out: it would name the business in every passage.
        return [p for p in text.passages if self._matcher.match(self._passage(p))]

    def _passage(self, passage: str) -> Entry:
        external_id = hash_of(canonical_url(self._url), fold(passage))
        return Entry(external_id=external_id, url=self._url, text=passage, kind=Kind.PAGE)

    def _entry(self, text: PageText, passage: str) -> Entry:
        return replace(self._passage(passage), title=text.title, language=text.language)


def _read(response: Response) -> PageText:
    """Read a page. Raises ``Malformed``: ``parse`` for what is none, ``empty`` without words."""
    media_type = response.headers.get("content-type", "text/html").partition(";")[0].strip()
    if media_type.lower() not in ("text/html", "application/xhtml+xml", "text/plain"):
        raise Malformed(Code.PARSE, f"{media_type[:40]} is no page")
    text = read_page(response)
    if sum(len(passage.split()) for passage in text.passages) < _MIN_WORDS:
        raise Malformed(Code.EMPTY, "the page has no words of its own; a browser may fill it")
    return text


def _hash_of(passage: str) -> str:
    """Return by what a passage is known again, however it is spaced, accented or capitalised.

    A row is, whatever its numbers: they count views and answers, or the minutes since.
    """
    words = fold(passage)
    return hash_of(_COUNTED.sub("", words) if CELLS in passage else words)[:_HASH]


def _renewed(known: Sequence[str], there: Sequence[str]) -> Json:
    """Return the passages to remember: those on the page last, so that others are dropped first."""
    now = set(there)
    return [*(one for one in known if one not in now), *dict.fromkeys(there)][-MAX_KNOWN:]


def _is_absent(error: FetchError) -> bool:
    """Tell whether a robots.txt is not there (RFC 9309 §2.3.1.3: any 4xx), short of a limit."""
    status = error.http_status or 0
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_refusal and error.code is not Code.RATE_LIMITED
