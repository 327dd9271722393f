"""The passages of a page: its paragraphs, items and cells as plain text, one a block. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from monitor.model import Response
from monitor.sources.entry_parts import language_of, title_of, verbatim_text_of

MAX_PASSAGES = 20_000
"""Blocks of one page that are read: a page of 10 megabytes may hold more."""

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
_CHARSET = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What a page says: its title, its language and its passages, each once, in their order."""

    title: str | None
    language: str | None
    passages: tuple[str, ...]


def read_page(response: Response) -> PageText:
    """Read a page. A page that only a browser can fill has no passages."""
    parser = etree.HTMLParser(
        no_network=True, encoding=_charset_of(response), remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(response.body, parser)
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
        text = verbatim_text_of(_INVISIBLE.sub("", " ".join("".join(parts).split())))
        parts.clear()
        if text and len(passages) < MAX_PASSAGES:
            passages[text] = None

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag == "br":
            text = " "
        elif event == "start":
            text = element.text or ""
        else:
            text = ""
        if tag not in _INLINE and not hidden:
            end_block()
        if tag in _LEFT_OUT:
            hidden += 1 if event == "start" else -1
        if text and not hidden:
            parts.append(text)
        if event == "end" and element.tail and not hidden:
            parts.append(element.tail)
    end_block()
    return tuple(passages)


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
