"""Communes by the first part of their names: "Bruay" for Bruay-la-Buissière, as people say."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from monitor.places.commune import Commune
from monitor.places.names import name_key
from monitor.places.table import table

_LONG = 5  # letters: "velizy" for Vélizy-Villacoublay
_TAILS = ("sur", "sous", "la", "le", "les", "lez", "en", "au", "aux", "de", "du", "d", "l", "pres")


def communes_headed(head: str) -> tuple[Commune, ...]:
    """Return the communes whose longer name begins so, the largest first; none of that very name.

    >>> [c.name for c in communes_headed("Juvisy")]
    ['Juvisy-sur-Orge']
    """
    keys = _by_head().get(name_key(head), ())
    found = (commune for key in keys for commune in table().rows_named(key))
    return tuple(sorted(found, key=lambda c: (-c.population, c.code)))


@cache
def _by_head() -> dict[str, tuple[str, ...]]:
    heads: dict[str, list[str]] = defaultdict(list)
    for key in table().keys():  # noqa: SIM118 - no mapping
        words = key.split(" ")
        for at in range(1, len(words) - 1):
            if words[at] in _TAILS:
                heads[" ".join(words[:at])].append(key)
                break
        else:
            if len(words) > 1 and len(words[0]) >= _LONG:
                heads[words[0]].append(key)
    return {head: tuple(keys) for head, keys in heads.items() if not table().knows(head)}
