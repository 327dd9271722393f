"""The passages of a page: its paragraphs, items and rows as plain text, one a block. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from monitor.errors import Code, FetchError
from monitor.markup import has_too_many_tags, in_eight_bits, with_few_attributes
from monitor.model import Response
from monitor.sources.entry_parts import language_of, title_of, verbatim_text_of

MAX_PASSAGES = 20_000
"""Blocks of one page that are read: a page of 10 megabytes may hold more."""

CELLS = " | "
"""What stands between the cells of a row."""
MAX_ROW = 1_000
"""Characters of a row of a table beyond which its cells are passages each: it lays out a page."""

# What frames a page, not what it says; and what no reader sees.
_NAMES_LEFT_OUT = (
    "script style template noscript iframe object svg math head nav footer button select textarea"
    " option dialog"
)
_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q ruby"
    " rp rt s samp small span strike strong sub sup time tt u var wbr"
)
_LEFT_OUT = frozenset(_NAMES_LEFT_OUT.split())
_INLINE = frozenset(_INLINE_NAMES.split())
_CELLS = frozenset(("td", "th"))
_CELL_END = "\x1f"  # ASCII's own sign for it; no page holds it
_CHARSET = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What a page says: its title, its language and its passages, each once, in their order."""

    title: str | None
    language: str | None
    passages: tuple[str, ...]


def read_page(response: Response) -> PageText:
    """Read a page. A page that only a browser can fill has no passages.

    Raises ``FetchError(too_large)`` for more tags than a page has.
    """
    body = in_eight_bits(response.body)
    charset = _charset_of(response) if body is response.body else "utf-8"
    if charset is not None and body is response.body:
        body = body.decode(charset).encode()
    if has_too_many_tags(body):
        raise FetchError(Code.TOO_LARGE, "more tags than a page has")
    parser = etree.HTMLParser(
        no_network=True,
        encoding=None if charset is None else "utf-8",
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(with_few_attributes(body), parser)
    except etree.LxmlError:
        root = None
    if root is None:
        return PageText(title=None, language=None, passages=())
    title = root.find(".//title")
    return PageText(
        title=None if title is None else title_of(title.text),
        language=language_of(root.get("lang")),
        passages=_passages_of(root),
    )


def _passages_of(root: etree._Element) -> tuple[str, ...]:
    passages: dict[str, None] = {}
    parts: list[str] = []
    hidden = 0  # how many of the open elements are left out

    def end_block() -> None:
        for text in _cells_of("".join(parts)):
            if len(passages) < MAX_PASSAGES:
                passages[text] = None
        parts.clear()

    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _CELLS and not hidden:
            parts.append(_CELL_END)
        elif element.tag not in _INLINE and not hidden:
            end_block()
        if element.tag in _LEFT_OUT:
            hidden += 1 if event == "start" else -1
        if not hidden:
            parts.append(_text_at(event, element))
    end_block()
    return tuple(passages)


def _text_at(event: str, element: etree._Element) -> str:
    """Return the text that follows the opening, or the closing, of an element."""
    if event == "end":
        return element.tail or ""
    return " " if element.tag == "br" else element.text or ""


def _cells_of(block: str) -> list[str]:
    """Return a block's text, a row's cells joined: the name in one, what is said of it in another.

    A row too long for that comes in its cells.
    """
    cells = (" ".join(_INVISIBLE.sub("", cell).split()) for cell in block.split(_CELL_END))
    texts = [text for cell in cells if (text := verbatim_text_of(cell))]
    row = CELLS.join(texts)
    return [row] if 0 < len(row) <= MAX_ROW else texts


def _charset_of(response: Response) -> str | None:
    """Return the charset to read a page with; ``None`` leaves it to what the page declares."""
    told = _CHARSET.search(response.headers.get("content-type", ""))
    for name in (told[1] if told else "utf-8", "utf-8"):
        try:
            response.body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return name
    return None
