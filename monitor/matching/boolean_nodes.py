"""The parts of a query that stand alone: words, fields, NEAR, and the title's own query."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

from monitor.matching.boolean_fields import Field
from monitor.matching.boolean_passage import Line, Passage
from monitor.matching.boolean_phrase import Phrase

Needles: TypeAlias = "frozenset[str] | None"

_TELLING = 4  # letters: shorter words ("et", "le", "des") stand in most texts


class View(NamedTuple):
    """A passage, and the lines of it in which words are looked for."""

    passage: Passage
    lines: Sequence[Line]


class Verdict(NamedTuple):
    """Whether a part holds, and the parts found within it that made it so."""

    holds: bool
    found: tuple[Node, ...] = ()


class Node(ABC):
    """A query or a part of one. ``str`` gives what reads back to the same node."""

    __slots__ = ()

    rank: ClassVar[int] = 3
    """How tightly it binds: OR 0, AND 1, NOT 2, all else 3."""

    @abstractmethod
    def judge(self, view: View) -> Verdict:
        """Ask it of a passage."""

    @abstractmethod
    def needles(self, *, holds: bool) -> Needles:
        """Return words of which every text where it holds (or fails) has one; ``None``: no such."""

    def opening(self) -> int | None:
        """Return the column of the NOT that makes it hold where nothing is found, if one does."""
        return None

    def within(self, rank: int) -> str:
        """Return how it is written inside what binds so tightly."""
        return str(self) if self.rank >= rank else f"({self})"


@dataclass(frozen=True, slots=True)
class Leaf(Node):
    """A word, a phrase, a tag, or a field's question."""

    asks: Phrase | Field

    def judge(self, view: View) -> Verdict:
        """Look for it."""
        if isinstance(self.asks, Field):
            holds = self.asks.holds(view.passage)
        else:
            holds = any(map(self.asks.stands_in, view.lines))
        return Verdict(holds, (self,) if holds else ())

    def needles(self, *, holds: bool) -> Needles:
        """Return those of a phrase; a field and an absence have none."""
        return self.asks.needles() if holds and isinstance(self.asks, Phrase) else None

    def __str__(self) -> str:
        if isinstance(self.asks, Field):
            return f"{self.asks.name}:{self.asks.spelling}"
        return self.asks.spelling


@dataclass(frozen=True, slots=True)
class Near(Node):
    """Two phrases in either order, ``distance`` words between them at most, never overlapping."""

    left: Phrase
    right: Phrase
    distance: int

    def judge(self, view: View) -> Verdict:
        """Look for both in one line."""
        holds = any(map(self._stands_in, view.lines))
        return Verdict(holds, (self,) if holds else ())

    def needles(self, *, holds: bool) -> Needles:
        """Return those of the side that has the better."""
        return tightest([self.left.needles(), self.right.needles()]) if holds else None

    def _stands_in(self, line: Line) -> bool:
        left, right = self.left.places(line), self.right.places(line)
        return any(
            before.lead_to(after, self.distance) for before, after in ((left, right), (right, left))
        )

    def __str__(self) -> str:
        return f"{self.left.spelling} NEAR/{self.distance} {self.right.spelling}"


@dataclass(frozen=True, slots=True)
class Title(Node):
    """A query of the title alone."""

    inner: Node

    def judge(self, view: View) -> Verdict:
        """Ask it of the title."""
        holds, found = self.inner.judge(View(view.passage, (view.passage.title,)))
        return Verdict(holds, tuple(Title(one) for one in found))

    def needles(self, *, holds: bool) -> Needles:
        """Return the inner query's: the title's words are words of the passage."""
        return self.inner.needles(holds=holds)

    def opening(self) -> int | None:
        """Return the inner query's."""
        return self.inner.opening()

    def __str__(self) -> str:
        return f"title:{self.inner}" if isinstance(self.inner, Leaf) else f"title:({self.inner})"


def tightest(several: Iterable[Needles]) -> Needles:
    """Return the set that lets the fewest texts through: no common word, few words, long ones."""
    known = [needles for needles in several if needles is not None]
    return min(known, key=_looseness, default=None)


def _looseness(needles: frozenset[str]) -> tuple[bool, int, int]:
    shortest = min(map(len, needles))
    return shortest < _TELLING, len(needles), -shortest
