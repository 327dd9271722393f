"""What is done to a page's bytes before libxml2 reads them, so that it does so quickly.

libxml2 2.14 takes time that grows with the square of an element's attributes (a megabyte of them:
two minutes), and a tree takes some hundred times the memory of its tags (measured 2026-11).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

MOST_TAGS = 200_000
"""Signs ``<`` of a page that is read as a tree; the largest real ones have some 20,000."""

_LONG_TAG = 2_000  # bytes; a shorter one cannot have attributes enough to cost anything
_MOST_PARTS = 500  # of a long one, by what parts them: blanks, slashes and quotes
# A tag to its end outside of quotes, which only open after "=": each byte is passed once.
_TAG = re.compile(rb"<([A-Za-z][^\s<>/=]*+)(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')|=)*+>?")
_PARTING = re.compile(rb"[\s/\"']+")


def with_few_attributes(html: bytes) -> bytes:
    """Return HTML without the attributes of tags that have hundreds of them. Linear.

    >>> with_few_attributes(b"<p class='a'>b</p>")
    b"<p class='a'>b</p>"
    >>> with_few_attributes(b"<p " + b"a=1 " * 1000 + b">b</p>")
    b'<p>b</p>'
    """
    return _TAG.sub(_shortened, html)


def in_eight_bits(html: bytes) -> bytes:
    """Return a page in UTF-16 as UTF-8, others as they are: its tags can then be seen."""
    is_wide = html.startswith((BOM_UTF16_BE, BOM_UTF16_LE))
    return html.decode("utf-16", "replace").encode() if is_wide else html


def has_too_many_tags(html: bytes, most: int = MOST_TAGS) -> bool:
    """Tell whether a page would take too much memory as a tree."""
    return html.count(b"<") > most


def _shortened(tag: re.Match[bytes]) -> bytes:
    if tag.end() - tag.start() < _LONG_TAG:
        return tag[0]
    parts = sum(1 for _ in _PARTING.finditer(tag[0]))
    return tag[0] if parts < _MOST_PARTS else b"<" + tag[1] + b">"
