"""Patterns as owners write them: a text with ``*`` for anything and ``{}`` for what is wanted.

Not regular expressions: those can take for ever, and few owners write them. Every search passes
its text once for each piece of the pattern, whatever either holds (promise 27).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pydantic_core import PydanticCustomError

from monitor.text import fold

MOST_SIGNS = 200
WANTED = "{}"
_WILD = re.compile(r"(\*|\{\})")


class Folded:
    """A text folded to compare, that still knows where each sign stood."""

    __slots__ = ("places", "text", "whole")

    def __init__(self, whole: str) -> None:
        """Fold a text: case, accents, kinds of spaces and signs count for nothing."""
        signs: list[str] = []
        places: list[int] = []
        for place, sign in enumerate(whole):
            told = _folded(sign)
            if told == " " and (not signs or signs[-1] == " "):
                continue
            signs += told
            places += [place] * len(told)
        self.whole = whole
        self.text = "".join(signs)
        self.places = places

    def between(self, start: int, end: int) -> str:
        """Return what stood between two places of the folded text."""
        first = self.places[start] if start < len(self.places) else len(self.whole)
        last = self.places[end] if end < len(self.places) else len(self.whole)
        return self.whole[first:last].strip()


@cache
def _folded(sign: str) -> str:
    return fold(sign) or (" " if sign.isspace() else "")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, cut into its pieces: the texts between ``*`` and ``{}``, folded.

    ``wanted`` is after which piece the wanted part begins; ``None``: there is none.
    """

    pieces: tuple[str, ...]
    wanted: int | None

    def holds(self, text: Folded) -> bool:
        """Tell whether the pattern stands somewhere in a text."""
        return self._spots(text.text) is not None

    def begins(self, text: Folded) -> bool:
        """Tell whether a text begins with the pattern."""
        told = text.text.strip()
        return told.startswith(self.pieces[0].lstrip()) and self.holds(text)

    def is_whole(self, text: Folded) -> bool:
        """Tell whether the pattern is the whole text."""
        told, first, last = text.text.strip(), self.pieces[0].strip(), self.pieces[-1].strip()
        if len(self.pieces) == 1:
            return told == first
        if len(told) < len(first) + len(last) or not told.startswith(first):
            return False
        inner = told[len(first) : len(told) - len(last)]
        return told.endswith(last) and _all_in_turn(inner, self.pieces[1:-1])

    def find(self, text: Folded) -> str | None:
        """Return the wanted part where the pattern stands, the empty text where none is wanted.

        A pattern that begins or ends with ``{}`` takes all to that end of the text.
        """
        spots = self._spots(text.text)
        if spots is None:
            return None
        if self.wanted is None:
            return ""
        start = spots[self.wanted][1]
        is_last = self.wanted + 1 == len(self.pieces) - 1 and not self.pieces[-1]
        end = len(text.text) if is_last else spots[self.wanted + 1][0]
        return text.between(start, end)

    def _spots(self, text: str) -> list[tuple[int, int]] | None:
        """Return where each piece stands, each the first after the one before; all or ``None``."""
        spots, start = [], 0
        for piece in self.pieces:
            found = text.find(piece, start)
            if found < 0:
                return None
            spots.append((found, found + len(piece)))
            start = found + len(piece)
        return spots


def _all_in_turn(text: str, pieces: tuple[str, ...]) -> bool:
    start = 0
    for piece in pieces:
        found = text.find(piece, start)
        if found < 0:
            return False
        start = found + len(piece)
    return True


@cache
def read_pattern(written: str) -> Pattern:
    """Read a pattern. Raises ``PydanticCustomError``, named as the sentence about it.

    >>> read_pattern("{} a laissé un avis").find(Folded("Marie D. A LAISSE un avis !"))
    'Marie D.'
    """
    if len(written) > MOST_SIGNS:
        message = "a pattern has at most {limit} signs"
        raise PydanticCustomError("shorter", message, {"limit": MOST_SIGNS})
    parts = _WILD.split(written)
    wilds, pieces = parts[1::2], tuple(Folded(part).text for part in parts[::2])
    if wilds.count(WANTED) > 1:
        raise PydanticCustomError("pattern_twice", "a pattern says at most once what is wanted")
    if not any(re.search(r"[^\W_]|[^\x00-\x7f]", piece) for piece in pieces):
        raise PydanticCustomError("pattern_word", "a pattern needs a word beside its signs")
    return Pattern(pieces, wilds.index(WANTED) if WANTED in wilds else None)
