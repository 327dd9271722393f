"""A notice as a reader sees it: its lines, each with its links.

No tree is built and no picture loaded; of a picture only what its text says of a rating counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from lxml import etree

from monitor.letters import Letter
from monitor.markup import has_too_many_tags, with_few_attributes
from monitor.text import MAX_HTML, clean

MOST_LINES = 3_000
MOST_OF_LINE = 2_000
MOST_LINKS = 500
"""Of a notice; a day's alert has some sixty, its buttons included."""
_BLOCK_NAMES = (
    "address article aside blockquote body br center dd div dl dt figure footer form h1 h2 h3 h4 h5"
    " h6 header hr li main nav ol p pre section table tbody td tfoot th thead title tr ul"
)
_DROPPED_NAMES = "script style template noscript iframe object svg math head title"
_BLOCKS, _DROPPED = frozenset(_BLOCK_NAMES.split()), frozenset(_DROPPED_NAMES.split())
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_RATING = re.compile(
    r"[★⭐☆]|\d\D{0,15}(?:étoile|etoile|star|bubble|bulle|sur|of|/)", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'»"
_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is written, and the text it stands behind.

    That is empty where it stands behind a picture, and the address itself where it stands bare.
    """

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line; ``text`` holds the texts of its links, but no bare address."""

    text: str
    links: tuple[Link, ...] = ()


def lines_of(letter: Letter) -> tuple[Line, ...]:
    """Return a notice's lines: those of its HTML, or of its plain text where it has no HTML."""
    lines = _of_html(letter.html) if letter.html.strip() else []
    return tuple((lines or _of_plain(letter.plain))[:MOST_LINES])


def _of_plain(text: str) -> list[Line]:
    lines, left = [], MOST_LINKS
    for line in text[:MAX_HTML].splitlines():
        # As people quote, and as programs write a link behind its text: "Lire <https://…>".
        bare = line[:MOST_OF_LINE].lstrip("> ")
        urls = [found[0].rstrip(_TRAILING) for found in _ADDRESS.finditer(bare)]
        left -= len(urls)
        urls = urls if left >= 0 else []
        shown = _tidy(_ADDRESS.sub(" ", bare)).strip("<>[]() ")
        if shown or urls:
            lines.append(Line(shown, tuple(Link(url, shown or url) for url in urls)))
    return lines


def _of_html(html: str) -> list[Line]:
    source = clean(html[:MAX_HTML]).encode()
    if has_too_many_tags(source):
        source = source[: len(source) // 4]
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", huge_tree=True)
    parser.feed(b"<html><body>" + with_few_attributes(source))
    lines: list[Line] = parser.close()
    return lines


class _Reader:
    """Takes what the parser finds, in turn."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._parts: list[str] = []
        self._links: list[Link] = []
        self._link: tuple[str, int] | None = None
        self._unseen = 0
        self._links_left = MOST_LINKS

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        if self._unseen or tag in _DROPPED or _HIDDEN.search(attributes.get("style", "")):
            self._unseen += 1
            return
        if tag in _BLOCKS:
            self._end_line()
        if tag == "a":
            self._end_link()
            self._link = (unescape(attributes.get("href", "")).strip(), len(self._parts))
        if tag == "img" and _RATING.search(told := attributes.get("alt", "")[:100]):
            self._parts.append(f" {told} ")

    def end(self, tag: str) -> None:
        """End an element."""
        if self._unseen:
            self._unseen -= 1
            return
        if tag == "a":
            self._end_link()
        if tag in _BLOCKS:
            self._end_line()

    def data(self, text: str) -> None:
        """Take text."""
        if not self._unseen:
            self._parts.append(text)

    def close(self) -> list[Line]:
        """Return the lines."""
        self._end_line()
        return self._lines

    def _end_link(self) -> None:
        if self._link is None:
            return
        url, start = self._link
        self._link = None
        self._links_left -= 1
        if url and self._links_left >= 0:
            self._links.append(Link(url, _tidy("".join(self._parts[start:]))))

    def _end_line(self) -> None:
        # A link around several blocks is one on its first line that says something.
        begun = self._link
        text = _tidy("".join(self._parts))
        if begun is not None and text:
            self._end_link()
        if text or self._links:
            if len(self._lines) < MOST_LINES:
                self._lines.append(Line(text, tuple(self._links)))
            self._links = []
        self._parts = []
        if self._link is not None:
            self._link = (self._link[0], 0)


def _tidy(text: str) -> str:
    return _INVISIBLE.sub("", _BLANKS.sub(" ", text)).strip()[:MOST_OF_LINE]
