"""How distinctive a name is in French: "Bougamont" names one family, "Soleil" lights everyone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from monitor.lexicon import family_name_rank, is_family_name, is_first_name, zipf
from monitor.matching.words import word_set, words_in
from monitor.places import communes_named
from monitor.text import fold

_COMMONEST = 6.5
"""Zipf value of words that tell nothing ("petit", "ville")."""
_RAREST = 2.5
"""Zipf value under which a word tells as much as one that no list has."""
_NAME_SHARE = 0.75
"""What a first or family name tells, of a rare word: many bear it."""
_SHORT_LETTERS = 3
_SHORT_SHARE = 0.35  # "GB" and "SOS" stand for a hundred things
_STEEPNESS = 1.5
_FREQUENT_NAME = 2_500  # rank of a family name that most people have met
_COMMON_NAME = 3.6
"""Zipf value from which a family name is a word first ("petit", "marchand")."""
ONE_COMMON = 0.35
"""What a name of one common word tells at most."""
MOST_COMMON = 0.5
"""What a name of common words tells at most, however many they are: they may stand together."""

FUNCTION_WORDS = word_set(
    "l le la les un une des de du d au aux a et en sur sous chez the of and for mon ma mes"
    " nos notre votre vos son sa ses ce cette s c qu que qui pour par dans avec"
)


@lru_cache(maxsize=20_000)
def distinctness(name: str) -> float:
    """Return how much a name tells, 0..1: of all texts with these words, how few mean others.

    >>> distinctness("Soleil") < distinctness("Le Petit Marché") < distinctness("Bougamont")
    True
    """
    words = [word.text for word in words_in(fold(name))]
    told = rarity_of(words)
    # The rarest first: the table of communes is not read for a name that has one word of its own.
    if not all(map(is_common, sorted(words, key=zipf))):
        return round(told, 3)
    is_one = sum(word not in FUNCTION_WORDS for word in words) == 1
    return round(min(told, ONE_COMMON if is_one else MOST_COMMON), 3)


def rarity_of(words: Iterable[str]) -> float:
    """Return how seldom folded words stand together by chance, 0..1."""
    return 1 - math.exp(-_STEEPNESS * sum(map(word_value, words)))


def is_common(word: str) -> bool:
    """Tell whether a folded word is one that anybody writes, of whatever he speaks."""
    if word in FUNCTION_WORDS or word.isdecimal() or is_first_name(word):
        return True
    rank = family_name_rank(word)
    if rank is not None and rank < _FREQUENT_NAME:
        return zipf(word) >= _COMMON_NAME
    return zipf(word) > 0 and all(commune.is_ambiguous for commune in communes_named(word))


@lru_cache(maxsize=50_000)
def word_value(word: str) -> float:
    """Return how much one folded word tells, 0..1."""
    if word in FUNCTION_WORDS or not word.strip("&+"):
        return 0.0
    if word.isdecimal():
        return 0.15
    rarity = min(1.0, max(0.0, (_COMMONEST - zipf(word)) / (_COMMONEST - _RAREST)))
    if len(word) <= _SHORT_LETTERS:
        return rarity * _SHORT_SHARE
    if is_first_name(word):
        return min(rarity, 0.5) * _NAME_SHARE
    return rarity * _NAME_SHARE if is_family_name(word) else rarity


def telling_words(name: str) -> tuple[str, ...]:
    """Return a name's folded words but those that any name may have."""
    return tuple(w.text for w in words_in(fold(name)) if w.text not in FUNCTION_WORDS)
