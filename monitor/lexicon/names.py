"""First names and family names borne in France.

A rank is rounded (within 5 %), and that of a compound's last word is the compound's ("Le Goff").
"""

from __future__ import annotations

import math

from monitor.lexicon.packed import table
from monitor.text import fold

STEPS = 14
"""Steps of the logarithm of a rank that are told apart, each 5 % of it."""


def is_first_name(word: str) -> bool:
    """Tell whether more than 100 children were given this name in France since 1900.

    >>> is_first_name("Zélie"), is_first_name("bougamont")
    (True, False)
    """
    return first_name_rank(word) is not None


def is_family_name(word: str) -> bool:
    """Tell whether more than 500 people born in France in 1891–2000 bear this name.

    >>> is_family_name("Martin"), is_family_name("bougamont")
    (True, False)
    """
    return family_name_rank(word) is not None


def first_name_rank(word: str) -> int | None:
    """Return about the how-manieth commonest first name this is among those of its sex.

    >>> first_name_rank("marie")
    1
    """
    return _rank_of(table("first_names").get(fold(word)))


def family_name_rank(word: str) -> int | None:
    """Return about the how-manieth commonest family name this is.

    >>> family_name_rank("martin")
    1
    """
    return _rank_of(table("family_names").get(fold(word)))


def step_of(rank: int) -> int:
    """Return the byte that stands for a rank from 1."""
    return round(math.log2(rank) * STEPS)


def _rank_of(step: int | None) -> int | None:
    return None if step is None else round(2 ** (step / STEPS))
