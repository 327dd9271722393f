"""Which names of communes are common words or people's names too, for the build."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.places.names import name_key

_ARTICLES = frozenset({"l", "la", "le", "les"})
_SAINTS = frozenset({"saint", "sainte"})
_SHORT = 2  # letters: "Y", "Eu", "Us" are words, initials or signs of something else
_PAIR = 2
_FEW = 2  # words: "Vieux-Marché" is said of any old market, "La Tour-du-Pin" of no tower


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Words of French and names of people, as keys (see ``name_key``)."""

    words: Collection[str]
    people: Collection[str]


def is_ambiguous(key: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a commune's key is also a common word, or a first or family name."""
    written = _written_lists()
    if key in written["towns"] or key in written["ambiguous"]:
        return key in written["ambiguous"]
    words = key.split()
    if words[0] in _ARTICLES and len(words) > 1:
        words = words[1:]
    if max(map(len, words)) <= _SHORT or (len(words) == 1 and words[0] in vocabulary.people):
        return True
    is_short = len(words) <= _FEW and words[0] not in _SAINTS
    return is_short and all(word in vocabulary.words for word in words)


def names_of_saints(keys: Iterable[str]) -> set[str]:
    """Return the first names that communes are called after: "saint yves" gives "yves".

    >>> names_of_saints(["saint yves", "saint amand les eaux", "sainte rose"]) == {"yves", "rose"}
    True
    """
    cut = (key.split() for key in keys)
    return {w[1] for w in cut if len(w) == _PAIR and w[0] in _SAINTS}


@cache
def _written_lists() -> Mapping[str, frozenset[str]]:
    file = resources.files("monitor.places").joinpath("data", "ambiguous.toml")
    lists = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: frozenset(map(name_key, names)) for name, names in lists.items()}
