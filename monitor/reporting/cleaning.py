"""What a feed wrote, made safe to stand in a mail: one line of text, or a link that shows its host.

Escaping for HTML is the templates' business; here goes what is wrong in any of the three parts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.text import cut

# Cc: controls; Cs, Co, Cn: nothing a reader sees. Of Cf only the joiners are kept, which emoji and
# some scripts need: the rest holds the bidi marks that turn a line's order around.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEPT = {"\u200c", "\u200d"}
_SPACES = re.compile(r"[ \t\r\n\v\f\u2028\u2029]+")
_NOT_IN_URL = re.compile(r"[\s\"'<>\\^`{|}]")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link goes, and the host that is shown beside it."""

    url: str
    host: str


def one_line(text: str) -> str:
    r"""Return a text on one line, without controls and bidi marks; no-break spaces stay.

    >>> one_line("Fleurs\r\nBcc: x\u202e")
    'Fleurs Bcc: x'
    """
    spaced = _SPACES.sub(" ", text)
    seen = (sign for sign in spaced if sign in _KEPT or unicodedata.category(sign) not in _UNSEEN)
    return _SPACES.sub(" ", "".join(seen)).strip()  # what went may have parted two spaces


def safe_link(url: str | None) -> Link | None:
    """Return a link to an http or https address, ``None`` for any other thing.

    >>> safe_link("javascript:alert(1)"), safe_link("https://www.example.fr/a")
    (None, Link(url='https://www.example.fr/a', host='www.example.fr'))
    """
    if url is None or one_line(url) != url or _NOT_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        # A host in other letters is shown as it is asked for, so that no look-alike passes.
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:  # UnicodeError included
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return Link(url, host)


def shorten(text: str, limit: int) -> str:
    """Cut a line at a word within ``limit`` characters, with an ellipsis where something went."""
    if len(text) <= limit:
        return text
    head = cut(text, limit)
    space = head.rfind(" ")
    # A word longer than half the room is cut through: better than a title of one word.
    kept = head[:space] if space > limit // 2 else head.removesuffix("…")
    return kept.rstrip(" ,;:.-–—\u00a0\u202f") + "…"
