"""XML feeds through feedparser: bytes in, its own records out. It never opens or fetches anything.

feedparser decides the charset and reads what is damaged: https://feedparser.readthedocs.io.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from xml.sax import SAXException

import feedparser

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Response
from monitor.sources.feed_taming import MAX_ENTRIES, tame

Record: TypeAlias = dict[str, Any]
"""One of feedparser's dictionaries."""

_HEAD = 8_192
_ROOT = re.compile(rb"<([A-Za-z][\w.:-]*)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_FEED_ROOTS = frozenset((b"rss", b"feed", b"rdf:rdf", b"rdf", b"channel"))
_ENTRY_TAGS = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)\b")
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|RDF)\s*>\s*$")
# What feedparser itself can raise on bytes made to break it (a reference such as &#99999999;).
_SURPRISES = (ValueError, LookupError, TypeError, AttributeError, OverflowError, AssertionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What feedparser made of an answer; ``problem`` says for people what is damaged."""

    version: str
    about: Record
    entries: tuple[Record, ...]
    problem: str | None


def is_page(response: Response) -> bool:
    """Tell whether an answer is a page of a site and no feed."""
    root = _root_of(response.body)
    return root == b"html" or (
        "html" in response.headers.get("content-type", "") and root not in _FEED_ROOTS
    )


def parse_feed(response: Response) -> ParsedFeed:
    """Read an RSS, RDF or Atom answer.

    Raises ``Malformed``: ``empty`` when nothing is there, ``not_a_feed`` for a page or other
    thing, ``parse`` when it cannot be read; ``FetchError(too_large)`` beyond 5,000 entries.
    """
    if not response.body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise Malformed(Code.EMPTY, "the answer is empty")
    body = tame(response.body)
    found = _parse(body, response.headers)
    if len(found["entries"]) > MAX_ENTRIES:
        raise FetchError(Code.TOO_LARGE, f"more than {MAX_ENTRIES} entries")
    damage = found.get("bozo_exception")
    problem = _describe(damage) if isinstance(damage, SAXException) else None
    if not found["entries"]:
        _check_that_empty_is_meant(body, found.get("version", ""), problem)
    return ParsedFeed(
        version=found.get("version", ""),
        about=found["feed"],
        entries=tuple(found["entries"]),
        problem=problem and f"{problem}; what could be read was",
    )


def _parse(body: bytes, headers: Mapping[str, str]) -> Record:
    # Only a stream is never taken for a path or an address. Without a type, feedparser would
    # take UTF-8 for ISO-8859-1. No other header may speak: Content-Location names no base
    # (RFC 9110 §8.7), and links are made absolute by who reads the entries.
    kept = {"content-type": headers.get("content-type") or "application/xml"}
    try:
        parsed: Record = feedparser.parse(
            io.BytesIO(body),
            response_headers=kept,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _SURPRISES as error:
        raise Malformed(Code.PARSE, f"feedparser gave up: {type(error).__name__}") from error
    return parsed


def _check_that_empty_is_meant(body: bytes, version: str, problem: str | None) -> None:
    """Let a feed without entries pass; raise Malformed for what only looks like one."""
    root = _root_of(body)
    if not version and root not in _FEED_ROOTS:
        what = f"its root is <{root.decode('ascii', 'replace')}>" if root else "it is no XML"
        raise Malformed(Code.NOT_A_FEED, what)
    if problem and (_ENTRY_TAGS.search(body) or not _END.search(body)):
        raise Malformed(Code.PARSE, problem)


def _root_of(body: bytes) -> bytes:
    """Return the name of the first element, in lower case; empty when there is none near."""
    head = body[:_HEAD].replace(b"\x00", b"")
    root = _ROOT.search(_COMMENT.sub(b"", head))
    return b"" if root is None else root[1].lower()


def _describe(damage: SAXException) -> str:
    return f"damaged XML: {damage.getMessage()}"
