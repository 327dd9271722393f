"""Where a name stands in a part, and the words in one breath with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from monitor.matching.distinctness import FUNCTION_WORDS
from monitor.matching.facts import trades_named
from monitor.matching.places_seen import PlaceSeen
from monitor.matching.reading import Part

LINKS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l"})


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a name stands: from word ``first`` to word ``last`` of a part."""

    part: Part
    first: int
    last: int

    @property
    def words(self) -> list[str]:
        """The name's words as they stand there, folded."""
        return self.part.texts[self.first : self.last + 1]

    @property
    def telling(self) -> list[int]:
        """The numbers of its words but articles and the names of trades."""
        texts = self.part.texts
        numbers = [n for n in self._range if texts[n] not in FUNCTION_WORDS]
        trade = {n for n in numbers if trades_named(texts[n])}
        trade |= {
            m for n in numbers for m in (n, n + 1) if trades_named(" ".join(texts[n : n + 2]))
        }
        return [n for n in numbers if n not in trade] or numbers

    @property
    def names_trade(self) -> bool:
        """Whether a trade stands within the name: "Pompes funèbres Marchand"."""
        words = self.words
        pairs = (" ".join(pair) for pair in pairwise(words))
        return any(trades_named(one) for one in (*words, *pairs))

    @property
    def is_hyphened(self) -> bool:
        """Whether signs join all its words, as they do in one name: "la-mousse-folle"."""
        inner = range(self.first + 1, self.last + 1)
        gaps = {self.part.gap(number) for number in inner}
        return "-" in gaps and gaps <= {"-", "'"}

    @property
    def _range(self) -> range:
        return range(self.first, min(self.last + 1, len(self.part.texts)))

    def before(self, back: int = 1) -> str:
        """Return a word before the name in one breath with it, or nothing."""
        number = self.first - back
        if number < 0 or not all(self.part.joined(n + 1) for n in range(number, self.first)):
            return ""
        return self.part.texts[number]

    def after(self) -> str:
        """Return the word after the name in one breath with it, or nothing."""
        number = self.last + 1
        return self.part.texts[number] if self.part.joined(number) else ""

    def covers(self, seen: PlaceSeen) -> bool:
        """Tell whether a place is within the name."""
        return seen.part is self.part and self.first <= seen.first <= seen.last <= self.last

    def is_within(self, seen: PlaceSeen) -> bool:
        """Tell whether the name is a piece of a place's longer name."""
        here = seen.part is self.part and seen.first <= self.first and self.last <= seen.last
        return here and not self.covers(seen)


def links_before(spot: Spot, links: frozenset[str] = LINKS) -> int:
    """Return how many words before a name its first neighbour stands that is no article."""
    back = 1
    while back <= len(LINKS) and spot.before(back) in links:
        back += 1
    return back
