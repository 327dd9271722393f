"""What polls under way spend of allowances that they share, before any of it is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from weakref import WeakSet


@dataclass(slots=True, eq=False, weakref_slot=True)
class Purse:
    """One poll's: what it has spent, and what polls spent that ended since it began."""

    spent: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)


class Ledger:
    """The purses of one process; several may draw on one allowance, such as a key's budget."""

    def __init__(self) -> None:
        """Begin with none; a purse that is dropped unclosed is forgotten."""
        self._open: WeakSet[Purse] = WeakSet()

    def open(self) -> Purse:
        """Open a purse, before what is stored is looked up: nothing falls in between."""
        purse = Purse()
        self._open.add(purse)
        return purse

    def others(self, purse: Purse, allowance: str) -> int:
        """Return what others have spent that the poll of this purse cannot know as stored."""
        under_way = (other.spent[allowance] for other in self._open if other is not purse)
        return sum(under_way) + purse.beside[allowance]

    def close(self, purse: Purse) -> None:
        """Close a purse once what it spent is stored."""
        self._open.discard(purse)
        for other in self._open:
            other.beside.update(purse.spent)
