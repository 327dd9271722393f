"""A French text as the scorer reads it: words, signs and pictures, and how far a negation reaches.

Folded (no accents, no case), phone spelling made whole, letters drawn out cut to two, prices and
durations as such. Pure, linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex  # type: ignore[import-untyped] # ships no types

from monitor.text import fold

MAX_CHARS = 4_000
"""Characters that are read: an opinion is told by then, and a hostile text costs no more."""

_PRICE, _DURATION, _NUMBER = "<prix>", "<duree>", "<nombre>"
_TOKEN = regex.compile(
    r"(?P<price>\d+(?:[.,]\d+)?\s?(?:€|euros?\b|eur\b|balles\b))"
    r"|(?P<duration>\d+\s?(?:min|minutes?|mn|heures?|h\b|jours?|semaines?|mois|ans?)\b(?:\d\d)?)"
    r"|(?P<mark>\d+(?:[.,]\d+)?\s?/\s?(?:5|10|20)\b)"
    r"|(?P<stars>[★⭐]+)"
    r"|(?P<smile>[:;=8xX]-?[)(DPpO/|\]\[]|\^\^|<3|xd\b|mdr+\b|lol+\b|ptdr+\b)"
    r"|(?P<picture>\p{Extended_Pictographic})"
    r"|(?P<sign>[!?]+|\.{2,}|…)"
    r"|(?P<stop>[.,;:\n()«»\"])"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+)"
)
_LONG_RUN = regex.compile(r"(.)\1{2,}")
_SPELT = {
    "pr": "pour", "bcp": "beaucoup", "bocoup": "beaucoup", "tjs": "toujours", "tjrs": "toujours",
    "jms": "jamais", "tt": "tout", "ts": "tous", "ds": "dans", "qd": "quand", "mm": "meme",
    "pb": "probleme", "pbs": "problemes", "rdv": "rendezvous", "resto": "restaurant",
    "tro": "trop", "trs": "tres", "vrmt": "vraiment", "vmt": "vraiment",
    "jai": "ai", "cest": "est", "ct": "etait", "cetait": "etait", "sest": "est",
    "msg": "message", "pcq": "parce", "pk": "pourquoi", "pq": "pourquoi", "koi": "quoi",
    "ki": "qui", "ke": "que", "kan": "quand", "ac": "avec", "av": "avec", "ns": "nous",
    "vs": "vous", "qq": "quelque", "qqn": "quelqu", "dsl": "desole",
    "nikel": "nickel", "niquel": "nickel", "sympas": "sympa", "pa": "pas", "jamai": "jamais",
    "merc": "merci", "mci": "merci", "ptit": "petit",
}  # fmt: skip

_NEGATIONS = frozenset(
    {"pas", "jamais", "aucun", "aucune", "rien", "ni", "guere", "sans", "point", "personne"}
)
_ENDS = frozenset({"mais", "car", "donc", "sauf", "pourtant", "cependant", "puis", "alors"})
_REACH = 5
"""Words behind a negation that it turns round, unless a stop or a "mais" comes first."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign as it is compared; ``is_stop`` parts clauses; ``start`` in the folded text."""

    text: str
    start: int
    is_stop: bool = False
    is_denied: bool = False


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text, those within a negation marked.

    >>> [(t.text, t.is_denied) for t in tokens_of("Pas déçu, c'est trooop bon !")][:4]
    [('pas', False), ('decu', True), (',', False), ('c', False)]
    """
    # Line ends part clauses; folding makes them spaces.
    folded = "\n".join(fold(line) for line in text[:MAX_CHARS].split("\n"))
    return list(_deny([_token(found) for found in _TOKEN.finditer(folded)]))


def _token(found: regex.Match[str]) -> Token:
    kind, text, start = found.lastgroup, found.group(), found.start()
    if kind == "word":
        return Token(_plain_word(text), start)
    fixed = {"price": _PRICE, "duration": _DURATION, "number": _NUMBER, "stars": f"<{len(text)}*>"}
    if kind in fixed:
        return Token(fixed[kind], start)
    if kind == "mark":
        return Token(_mark(text), start)
    if kind == "sign":
        return Token("…" if text[0] in ".…" else text[:2], start, is_stop=True)
    return Token(text, start, is_stop=kind == "stop")


@lru_cache(maxsize=50_000)
def _plain_word(word: str) -> str:
    word = _LONG_RUN.sub(r"\1\1", word)
    return _SPELT.get(word, word)


def _mark(text: str) -> str:
    """Return a mark as a fifth: "14/20" is "<note4>"."""
    value, _, most = text.replace(",", ".").partition("/")
    share = float(value) / float(most)
    return f"<note{min(5, max(0, round(share * 5)))}>"


def _deny(tokens: Sequence[Token]) -> Iterator[Token]:
    left = 0
    for token in tokens:
        if token.is_stop or token.text in _ENDS:
            left = 0
        yield Token(token.text, token.start, token.is_stop, left > 0)
        if token.text in _NEGATIONS:
            left = _REACH
        elif left:
            left -= 1
