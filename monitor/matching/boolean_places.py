"""Where phrases stand in a line, by the numbers of its words, and which follow which."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """Words in a row, by number: from ``first`` up to, not including, ``end``."""

    first: int
    end: int


class Places(NamedTuple):
    """All spans of one phrase: their first words, and their last words, each ascending."""

    firsts: Sequence[int]
    lasts: Sequence[int]

    def lead_to(self, other: Places, distance: int) -> bool:
        """Tell whether one of the other follows one of these, 0 to ``distance`` words between.

        The shorter list is walked, the longer searched.

        >>> Places([0], [1]).lead_to(Places([4], [4]), 2)
        True
        """
        if len(self.lasts) < len(other.firsts):
            return any(_has(other.firsts, last + 1, last + 1 + distance) for last in self.lasts)
        return any(_has(self.lasts, first - 1 - distance, first - 1) for first in other.firsts)


def _has(numbers: Sequence[int], least: int, most: int) -> bool:
    at = bisect_left(numbers, least)
    return at < len(numbers) and numbers[at] <= most
