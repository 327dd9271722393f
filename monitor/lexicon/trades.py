"""The trades of small French businesses: what people call them, and what is said of them.

The vocabulary stands in ``data/trades.toml``, written by us.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.lexicon.phrases import LONGEST, grams_at, key, key_words

_NAF = re.compile(r"(?<!\w)(\d\d)\.?(\d\d)([A-Za-z])(?!\w)")
_CUSTOMERS = "customers"  # the table of the file that is no trade
_SURE = 10  # a name of the trade counts as much as ten words that only hint at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One trade. Phrases are keys (see ``phrases.key``).

    ``label`` is the French name owners read. ``naf`` holds codes, the usual one first.
    ``names`` call the trade by its name and ``hints`` are what its shops like to be called; in a
    text, names tell this trade as ``telling`` words do, ``shared`` words are said of several.
    """

    label: str
    naf: tuple[str, ...]
    names: frozenset[str]
    hints: frozenset[str]
    telling: frozenset[str]
    shared: frozenset[str]


def trade_of(texts: Iterable[str]) -> Trade | None:
    """Return the trade that a business's name, context or NAF code tell, if any does.

    A NAF code decides; otherwise the trade that is named most, and the first of these.

    >>> trade_of(["Au Fil des Fleurs", "mariage, deuil"]).label
    'fleuriste'
    >>> trade_of(["Chez Marcel", "96.02A"]).label
    'coiffeur'
    >>> trade_of(["Bougamont"])
    """
    points: dict[str, int] = {}
    for text in texts:
        for naf in _NAF.finditer(text):
            if trade := _by_naf().get(f"{naf[1]}.{naf[2]}{naf[3].upper()}"):
                return trade
        for label, count in _votes(key_words(text)):
            points[label] = points.get(label, 0) + count
    best = max(points, key=points.__getitem__, default=None)  # of equals, the first met
    return None if best is None else next(trade for trade in trades() if trade.label == best)


@cache
def trades() -> tuple[Trade, ...]:
    """Return every trade, in the order of the file."""
    return tuple(
        Trade(
            label=label,
            naf=tuple(table["naf"].split()),
            names=keys_of(table["names"]),
            hints=keys_of(table.get("hints", "")),
            telling=keys_of(table["telling"]),
            shared=keys_of(table["shared"]),
        )
        for label, table in _file().items()
        if label != _CUSTOMERS
    )


@cache
def customer_words() -> frozenset[str]:
    """Return the keys of what customers say of any shop: that a text speaks of a shop at all."""
    return keys_of(_file()[_CUSTOMERS]["words"])


def keys_of(listed: str) -> frozenset[str]:
    """Return the keys of phrases with commas between them.

    >>> sorted(keys_of("roses, coups de main"))
    ['coup de main', 'rose']
    """
    return frozenset(key(phrase) for phrase in listed.split(",") if phrase.strip())


def _votes(words: list[str]) -> Iterator[tuple[str, int]]:
    for _, gram in grams_at(words, LONGEST):
        yield from _by_name().get(gram, ())


@cache
def _by_naf() -> dict[str, Trade]:
    # The first to claim a code has it.
    return {code: trade for trade in reversed(trades()) for code in reversed(trade.naf)}


@cache
def _by_name() -> dict[str, list[tuple[str, int]]]:
    """Return for each name or hint the trades it speaks for, and how loudly: by its words."""
    found: dict[str, list[tuple[str, int]]] = {}
    for trade in trades():
        for names, weight in ((trade.names, _SURE), (trade.hints, 1)):
            for name in names:
                points = weight * (name.count(" ") + 1)
                found.setdefault(name, []).append((trade.label, points))
    return found


@cache
def _file() -> dict[str, dict[str, str]]:
    file = resources.files(__package__).joinpath("data", "trades.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
