"""What an entry tells of places and trades, read once for all the businesses it may concern."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, cached_property

from monitor.lexicon import customer_words, singular, trades
from monitor.lexicon.phrases import grams_at
from monitor.matching.places_seen import PlaceSeen, places_of
from monitor.matching.reading import Reading

_POSTCODE = re.compile(r"(?<![\w.,/+-])\d{5}(?![\w.,/%€-])")


class Facts:
    """Places, postcodes, trades and customers' words of one reading."""

    def __init__(self, reading: Reading) -> None:
        """Take a reading; all is looked up when first asked for."""
        self.reading = reading

    @cached_property
    def places(self) -> tuple[PlaceSeen, ...]:
        """Return the places that are named, those that may be common words too."""
        return tuple(seen for part in self.reading.parts for seen in places_of(part))

    @cached_property
    def postcodes(self) -> frozenset[str]:
        """Return all that looks like a postcode."""
        return frozenset(code for p in self.reading.parts for code in _POSTCODE.findall(p.folded))

    @cached_property
    def trades(self) -> dict[str, dict[str, bool]]:
        """Return, by trade, its phrases that stand here; true: telling of that trade."""
        found: dict[str, dict[str, bool]] = defaultdict(dict)
        for phrase in self._phrases:
            for label, is_telling in _trade_index().get(phrase, ()):
                found[label][phrase] = is_telling
        return found

    @cached_property
    def customer_words(self) -> tuple[str, ...]:
        """Return the phrases here that customers say of any shop."""
        return tuple(sorted(self._phrases & customer_words()))

    @cached_property
    def _phrases(self) -> frozenset[str]:
        rows = ([singular(word) for word in part.texts] for part in self.reading.parts)
        return frozenset(phrase for row in rows for _, phrase in grams_at(row))


def trades_named(word: str) -> frozenset[str]:
    """Return the labels of the trades that folded words are the name of ("garage")."""
    key = " ".join(singular(one) for one in word.split(" "))
    return _trade_names().get(key, frozenset()) if word else frozenset()


@cache
def _trade_index() -> dict[str, list[tuple[str, bool]]]:
    index: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for trade in trades():
        for phrase in trade.shared:
            index[phrase].append((trade.label, False))
        for phrase in trade.telling | trade.names:
            index[phrase].append((trade.label, True))
    return dict(index)


@cache
def _trade_names() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for trade in trades():
        for name in trade.names:
            names[name].add(trade.label)
    return {name: frozenset(labels) for name, labels in names.items()}
