"""How much a word of a press text says about which event it tells, and which words do not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from monitor.dedupe.numerals import tokens_of
from monitor.dedupe.told_days import CALENDAR
from monitor.lexicon import singular, trade_of, zipf
from monitor.text import fold

_STEM = 6
"""Letters by which words are one: "cambriolé", "cambrioleurs", "cambriolage"."""

_COMMON = 6.0
"""Zipf value from which a word tells nothing: "avant", "deux", "monde" are as frequent."""

_RARE = 2.0
"""Zipf value under which a word tells all that one word can."""

STREETS = frozenset(
    ("rue", "avenue", "boulevard", "place", "quai", "route", "chemin", "impasse", "cours", "zone")
)
_UNTOLD = CALENDAR | STREETS


# The words of a language are few: what is found of each is kept.
@lru_cache(maxsize=50_000)
def stem_of(token: str) -> str:
    """Return what words of one family have in common; numbers are whole.

    >>> [stem_of(token) for token in ("vitrines", "cambrioleurs", "45000")]
    ['vitrin', 'cambri', '45000']
    """
    return token if token[0].isdigit() else singular(token)[:_STEM]


_OF_ANY_SHOP = frozenset(
    stem_of(word)
    for word in (
        *("patron", "patronne", "gerant", "gerante", "proprietaire", "fondateur", "fondatrice"),
        *("salarie", "employe", "equipe", "client", "clientele", "commerce", "commercant"),
        *("boutique", "magasin", "enseigne", "etablissement", "entreprise", "maison", "local"),
        *("vitrine", "ouvert", "installe", "euro", "heure", "ville", "commune", "habitant"),
    )
)


@lru_cache(maxsize=50_000)
def weight_of(token: str) -> float:
    """Return how telling a word is, in 0..1: a rare one the most, and a number of three digits."""
    if token[0].isdigit():
        return _number_weight(token)
    if len(token) == 1:  # "." too
        return 0.0
    return min(1.0, max(0.0, _COMMON - zipf(token)) / (_COMMON - _RARE))


def is_telling(token: str, business: str) -> bool:
    """Tell whether a word is neither of the business's name, nor of the calendar or a street."""
    return token not in _UNTOLD and stem_of(token) not in _own_stems(business)


def weigh(tokens: Sequence[str], business: str) -> dict[str, float]:
    """Return the stems that tell something, each with the weight of its most telling word."""
    found: dict[str, float] = {}
    for token in tokens:
        stem, weight = stem_of(token), weight_of(token)
        if weight > found.get(stem, 0.0) and is_telling(token, business):
            found[stem] = weight
    return found


@cache
def trade_stems(business: str) -> frozenset[str]:
    """Return the stems of what is said of any business, and of any of its trade where known."""
    trade = trade_of([business])
    if trade is None:
        return _OF_ANY_SHOP
    words = trade.names | trade.hints | trade.telling | trade.shared
    return _OF_ANY_SHOP | {stem_of(word) for word in words if " " not in word}


@cache
def _own_stems(business: str) -> frozenset[str]:
    return frozenset(stem_of(token) for token in tokens_of(fold(business)))


def _number_weight(token: str) -> float:
    """Weigh a number by how seldom two texts share it by chance."""
    if "h" in token:
        return 0.5 if token[-1].isdigit() else 0.2
    digits = len(token.replace(",", ""))
    return (0.2 if token in {"1", "2", "3"} else 0.4, 0.7, 1.0)[min(digits, 3) - 1]
