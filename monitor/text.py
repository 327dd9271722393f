"""Plain text: reduced from HTML once, cleaned, cut between signs, folded to compare.

Every function takes any string and never raises; each is linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from html import unescape

import regex  # type: ignore[import-untyped] # ships no types
from lxml import etree

from monitor.markup import with_few_attributes

MAX_TITLE = 300
MAX_TEXT = 20_000

MAX_HTML = 2_000_000
"""Characters of HTML that are read: a hundred times what is kept of a text, markup included."""

ELLIPSIS = "…"

_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol"
    " optgroup option p pre section select summary table tbody td tfoot th thead title tr ul"
)
_DROPPED_NAMES = "script style template noscript iframe object svg math head"
_INLINE_NAMES = (
    "abbr acronym area audio base bdi bdo big br button canvas cite code col colgroup data datalist"
    " del dfn em embed font img input ins kbd label link map mark meta meter output param picture"
    " progress rp rt ruby samp small source span strike strong sub sup textarea time track tt var"
    " video wbr"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_DROPPED = frozenset(_DROPPED_NAMES.split())
_ELEMENTS = "|".join(f"{_BLOCK_NAMES} {_DROPPED_NAMES} {_INLINE_NAMES}".split())
# A "<" opens a tag when a known element follows, or when all of a tag of any name is there;
# elsewhere ("a < b", "prix<10 €", "<nom@exemple.fr>") it is text.
_STRAY = re.compile(
    r"<(?!!--|!doctype|\?xml"
    rf"|/?(?:{_ELEMENTS})(?=[\s/>])"
    r"|/?[a-z][a-z0-9:._-]*+\s*+/?>"
    r"|[a-z][a-z0-9:._-]*+\s[^<>=]*+=[^<>]*+>)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-z/!?]", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
# Markup that shows only once entities are decoded: only what no prose holds makes us read it again.
_HIDDEN_TAG = re.compile(r"</[a-z][a-z0-9]{0,9}\s*>|<br ?/?>|<img\s[^<>]*+>", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_HTML_SPACES = re.compile(r"[ \t\n\r\f]+")
_SPACE_RUNS = re.compile(r"[^\S\n]{2,}")
_BLANK_LINES = re.compile(r"\n{3,}")
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)+[^\s…]*?)(?:…|\.\.\.)")
_MAX_SHOWN = 300  # characters of a shortened address; the pattern takes the square of its length
_BAD_SIGNS = re.compile("[\x00\ud800-\udfff]")


def plain_text(html: str) -> str:
    r"""Reduce HTML to plain text: a line a block or ``<br>``, entities decoded, NFC.

    Scripts and styles are dropped, and so are soft hyphens and zero-width spaces (an emoji's
    joiners stay). Entities within entities are decoded twice, not more. Text that is no HTML
    keeps its signs and its lines.

    >>> plain_text("<p>Caf&amp;eacute; &amp; th&eacute;</p><p>Fermé<br>lundi</p>")
    'Café & thé\nFermé\nlundi'
    >>> plain_text("prix<10 € chez AT&T")
    'prix<10 € chez AT&T'
    """
    text = _reduce(_CDATA.sub("", clean(html[:MAX_HTML])))
    return _tidy(_reduce(text) if _HIDDEN_TAG.search(text) else _unescape(text))


def clean(text: str) -> str:
    r"""Replace NUL and unpaired surrogates by U+FFFD; NFC.

    >>> clean("cafe\u0301 \x00 \ud83d")
    'café � �'
    """
    if _BAD_SIGNS.search(text):
        paired = text.replace("\x00", "\ufffd").encode("utf-16-le", "surrogatepass")
        text = paired.decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", text)


def cut(text: str, limit: int) -> str:
    r"""Cut to ``limit`` characters, the "…" included, never within what a reader sees as one.

    >>> cut("Fleurs Bougamont", 8)
    'Fleurs…'
    >>> cut("été 👩‍👧", 6)
    'été…'
    """
    if len(text) <= limit:
        return text
    end = 0
    for sign in regex.finditer(r"\X", text):
        if sign.end() > limit - len(ELLIPSIS):
            break
        end = sign.end()
    return (text[:end].rstrip() + ELLIPSIS)[: max(limit, 0)]


def fold(text: str) -> str:
    r"""Fold case, accents, ligatures, apostrophes, hyphens and spaces, to compare.

    Soft hyphens and zero-width characters vanish, any run of spaces and line ends is one space,
    none at the ends. Idempotent.

    >>> fold("  L’Œuf\u00a0d’Été — MÉTÉO\u202f! ")
    "l'oeuf d'ete - meteo !"
    """
    return " ".join(text.translate(_FOLDED).split())


def fold_with_offsets(text: str) -> tuple[str, tuple[int, ...]]:
    """Fold, and tell for each folded character the index in ``text`` it came from.

    >>> fold_with_offsets(" Œuf")
    ('oeuf', (1, 1, 2, 3))
    """
    signs: list[str] = []
    offsets: list[int] = []
    for index, sign in enumerate(text):
        for folded in _FOLDED[ord(sign)]:
            if folded == " " and (not signs or signs[-1] == " "):
                continue
            signs.append(folded)
            offsets.append(index)
    if signs and signs[-1] == " ":
        signs.pop()
        offsets.pop()
    return "".join(signs), tuple(offsets)


# --- from HTML ----------------------------------------------------------------------------------


class _TextOnly:
    """What the parser tells of its tags goes here; text comes out."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._dropped: list[str] = []
        self._verbatim = 0
        self._link: tuple[int, str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _DROPPED:
            self._dropped.append(tag)
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "a":
            self._link = (len(self._parts), attributes.get("href") or "")
        elif tag in _BLOCKS:
            self._verbatim += tag == "pre"
            self._break_line()

    def end(self, tag: str) -> None:
        if self._dropped and self._dropped[-1] == tag:
            self._dropped.pop()
        elif tag == "a" and self._link is not None:
            self._end_link(*self._link)
        elif tag in _BLOCKS:
            self._verbatim -= tag == "pre"
            self._break_line()

    def data(self, data: str) -> None:
        if not self._dropped:
            self._parts.append(data if self._verbatim > 0 else _HTML_SPACES.sub(" ", data))

    def close(self) -> str:
        return "".join(self._parts)

    def _break_line(self) -> None:
        while self._parts and self._parts[-1] in ("", " "):
            self._parts.pop()
        if self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")

    def _end_link(self, start: int, target: str) -> None:
        """Networks shorten the addresses they show ("exemple.fr/bou…"): take the whole one."""
        self._link = None
        text = "".join(self._parts[start:]).strip()
        shown = _ADDRESS.fullmatch(text) if len(text) <= _MAX_SHOWN else None
        if shown and shown[1] in target and target.startswith(("https://", "http://")):
            self._parts[start:] = [target]


def _reduce(source: str) -> str:
    """Drop the tags of HTML and decode its entities once."""
    escaped = _STRAY.sub("&lt;", source)
    if not _TAG.search(escaped):
        return _unescape(escaped)
    # No tree is built, so tags nested a million deep cost no stack. A declared charset is ignored.
    parser = etree.HTMLParser(target=_TextOnly(), encoding="utf-8", huge_tree=True)
    parser.feed(b"<html><body>" + with_few_attributes(escaped.encode()))
    return str(parser.close())


def _unescape(text: str) -> str:
    return clean(unescape(text))


def _tidy(text: str) -> str:
    lines = (_SPACE_RUNS.sub(" ", line).strip() for line in text.splitlines())
    text = _INVISIBLE.sub("", "\n".join(lines))
    return unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", text).strip())


# --- folding ------------------------------------------------------------------------------------

_SIGNS = dict.fromkeys("'’‘‛ʼʹʻ`´′＇ꞌ՚", "'")
_SIGNS |= dict.fromkeys('"“”„‟«»″＂', '"')
_SIGNS |= dict.fromkeys("−⁃⁻₋", "-")
_SIGNS |= dict.fromkeys("™®©℠\u2800", " ")  # marks of ownership, a blank that is no space
_SIGNS |= dict.fromkeys("\u115f\u1160\u3164\uffa0", "")  # Hangul fillers: letters without a sign
_SIGNS |= {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "þ": "th"}
_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)


class _Folded(dict[int, str]):
    """What each character folds to, by code point; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_sign(chr(code))
        return folded


_FOLDED = _Folded()


def _fold_sign(sign: str) -> str:
    """Fold one character; its parts are folded in turn, so that folding again changes nothing."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    category = unicodedata.category(sign)
    if category == "Pd":
        return "-"
    if sign.isspace() or category in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    if category == "Cf" or _ACCENTS.match(sign):
        return ""
    parts = unicodedata.normalize("NFKD", sign)
    if parts == sign:
        parts = sign.casefold()
    return sign if parts == sign else "".join(_fold_sign(part) for part in parts)
