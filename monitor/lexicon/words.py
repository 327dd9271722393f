"""How common a word is in written and spoken French."""

from __future__ import annotations

from monitor.lexicon.packed import table
from monitor.text import fold

STEPS = 25
"""Steps of a Zipf value that are told apart, a unit: 7.9 × 25 is the most a byte need hold."""


def zipf(word: str) -> float:
    """Return log10 of a word's occurrences in 10⁹ words, 0.0 when it is not in the list.

    Accents count for nothing: a form has the occurrences of all that fold to it. 7 is "de", 5 is
    "soleil", 3 "fleuriste"; the list ends below 2.

    >>> zipf("Soleil") > 4.5, zipf("bougamont")
    (True, 0.0)
    """
    return (table("words").get(fold(word)) or 0) / STEPS


def is_word(word: str) -> bool:
    """Tell whether a word is in the list; first names and names of towns and brands are too.

    >>> is_word("Pâtés"), is_word("bougamont")
    (True, False)
    """
    return table("words").get(fold(word)) is not None
