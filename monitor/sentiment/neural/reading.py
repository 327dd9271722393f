"""How a passage is put to the transformer: whose name it is, then the text with "us" marked in it.

    <s> query: Chez Léa </s></s> X nul, heureusement <mask> est là </s>

A name in the text becomes the piece ``<mask>``, which hardly a text holds by itself: so what was
learnt of one business holds of any other, and of two businesses in a text the marked one is ours.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from monitor.sentiment.base import Passage
from monitor.sentiment.neural.base_file import Vocabulary
from monitor.sentiment.neural.pieces import Pieces
from monitor.sentiment.tokens import MAX_CHARS
from monitor.text import fold

_MARK: Final = "<mask>"
_ASKED: Final = "query: "  # as multilingual-e5 was trained with
_MOST_OF_NAME: Final = 24
_MOST_OF_TEXT: Final = 192
"""Pieces that are read: some 130 words, more than all but one in a thousand reviews has."""

_WORD: Final = re.compile(r"[^\W_]+")
_SMALL: Final = frozenset(
    {"l", "le", "la", "les", "de", "du", "des", "d", "et", "au", "aux", "chez", "en"}
)
_GAP: Final = 3
"""Signs between two words of one name, at most: "Pétale & Cie"."""


class Reader:
    """Turns passages into the numbers of pieces."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary of the base."""
        self._pieces = Pieces(vocabulary)
        self._first, self._last = vocabulary.first, vocabulary.last

    def numbers(self, passage: Passage) -> list[int]:
        """Return the numbers of a passage's pieces, between the signs of beginning and end."""
        business = passage.business or ""
        asked = self._pieces.of(_ASKED + business[:MAX_CHARS])[:_MOST_OF_NAME]
        text = self._pieces.of(marked(passage.text[:MAX_CHARS], business))[:_MOST_OF_TEXT]
        return [self._first, *asked, self._last, self._last, *text, self._last]


def marked(text: str, business: str) -> str:
    """Put the mark in place of the business's name, or of a telling part of it.

    >>> marked("Rien à voir avec le Pétrin de Solange, ni avec Paul.", "Le Pétrin de Solange")
    'Rien à voir avec le <mask> , ni avec Paul.'
    """
    names = _telling(business)
    if not names:
        return text
    parts, done = [], 0
    for start, end in _runs(text, names):
        parts += [text[done:start], f" {_MARK} "]
        done = end
    return re.sub("  +", " ", "".join([*parts, text[done:]]))


def _runs(text: str, names: frozenset[str]) -> list[tuple[int, int]]:
    """Return where words of a name stand, those of one run together, small words between too."""
    runs: list[tuple[int, int]] = []
    small_until = -1  # end of the small words behind the last run
    for word in _WORD.finditer(text):
        is_near = bool(runs) and word.start() - max(runs[-1][1], small_until) <= _GAP
        plain = fold(word.group())
        if plain in names:
            start = runs.pop()[0] if is_near else word.start()
            runs.append((start, word.end()))
        elif is_near and plain in _SMALL:
            small_until = word.end()
    return runs


@lru_cache(maxsize=1_000)
def _telling(business: str) -> frozenset[str]:
    words = _WORD.findall(fold(business))
    return frozenset(word for word in words if len(word) > 1 and word not in _SMALL)
