"""How the parts of a query are joined: NOT, AND, OR."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from monitor.matching.boolean_nodes import Needles, Node, Verdict, View, tightest


@dataclass(frozen=True, slots=True)
class Not(Node):
    """What must not hold; ``column`` is where the query says so."""

    inner: Node
    column: int = field(default=1, compare=False)

    rank: ClassVar[int] = 2

    def judge(self, view: View) -> Verdict:
        """Turn the answer round; what was found stays so, for a NOT around this one."""
        holds, found = self.inner.judge(view)
        return Verdict(not holds, found)

    def needles(self, *, holds: bool) -> Needles:
        """Return the words that the inner part needs for the contrary."""
        return self.inner.needles(holds=not holds)

    def opening(self) -> int | None:
        """Return its own column, unless what it denies holds of everything."""
        return self.column if self.inner.opening() is None else None

    def __str__(self) -> str:
        return f"-{self.inner.within(self.rank)}"


@dataclass(frozen=True, slots=True)
class _Group(Node):
    """Two parts or more, all different, none of the group's own class."""

    parts: tuple[Node, ...]

    def judge(self, view: View) -> Verdict:
        """Ask every part, so that all that was found can be told."""
        verdicts = [part.judge(view) for part in self.parts]
        holds = self._sum_up(verdict.holds for verdict in verdicts)
        agreeing = (verdict.found for verdict in verdicts if verdict.holds is holds)
        return Verdict(holds, tuple(one for found in agreeing for one in found))

    @abstractmethod
    def _sum_up(self, answers: Iterable[bool]) -> bool: ...


@dataclass(frozen=True, slots=True)
class And(_Group):
    """All parts must hold."""

    rank: ClassVar[int] = 1

    def needles(self, *, holds: bool) -> Needles:
        """Return those of one part where all hold; where it fails, any part may have failed."""
        several = [part.needles(holds=holds) for part in self.parts]
        return tightest(several) if holds else _joined(several)

    def opening(self) -> int | None:
        """Return the first part's, if every part has one."""
        columns = [part.opening() for part in self.parts]
        return None if None in columns else columns[0]

    def _sum_up(self, answers: Iterable[bool]) -> bool:
        return all(answers)

    def __str__(self) -> str:
        return " ".join(part.within(self.rank) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or(_Group):
    """One part must hold."""

    rank: ClassVar[int] = 0

    def needles(self, *, holds: bool) -> Needles:
        """Return those of all parts: any may hold; where it fails, all have failed."""
        several = [part.needles(holds=holds) for part in self.parts]
        return _joined(several) if holds else tightest(several)

    def opening(self) -> int | None:
        """Return that of the first part that has one."""
        columns = (part.opening() for part in self.parts)
        return next((column for column in columns if column is not None), None)

    def _sum_up(self, answers: Iterable[bool]) -> bool:
        return any(answers)

    def __str__(self) -> str:
        return " OR ".join(part.within(self.rank) for part in self.parts)


def all_of(parts: Sequence[Node]) -> Node:
    """Join by AND: what is said twice is asked once, a group within is part of this one."""
    flat = tuple(dict.fromkeys(_flat(And, parts)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(parts: Sequence[Node]) -> Node:
    """Join by OR, likewise."""
    flat = tuple(dict.fromkeys(_flat(Or, parts)))
    return flat[0] if len(flat) == 1 else Or(flat)


def none_of(part: Node, column: int) -> Node:
    """Deny a part; a double denial is the part itself."""
    return part.inner if isinstance(part, Not) else Not(part, column)


def _flat(group: type[_Group], parts: Sequence[Node]) -> Iterable[Node]:
    for part in parts:
        if isinstance(part, group):
            yield from part.parts
        else:
            yield part


def _joined(several: Sequence[Needles]) -> Needles:
    """Return all of them, if each part has some."""
    known = [needles for needles in several if needles is not None]
    return frozenset().union(*known) if len(known) == len(several) else None
