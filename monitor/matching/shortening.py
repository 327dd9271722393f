"""What people leave out of a name: "chez Kerzhéro" is the Boulangerie Kerzhéro."""

from __future__ import annotations

from monitor.lexicon import family_name_rank, is_first_name, zipf
from monitor.matching.distinctness import FUNCTION_WORDS
from monitor.matching.facts import trades_named
from monitor.matching.words import words_in
from monitor.text import fold

_MIN_LETTERS = 6
_HEARD = 2.0  # Zipf value of words that most people have met
_FREQUENT_NAME = 6_000  # rank of a family name that some hundred shops bear


def short_name(name: str) -> str | None:
    """Return the one rare word that is left of a name without its trade, as it is written there.

    >>> short_name("Boulangerie Kerzhéro"), short_name("Boulangerie Martin")
    ('Kerzhéro', None)
    """
    words = [(w.text, w) for w in words_in(fold(name))]
    left = [text for text, _ in words if text not in FUNCTION_WORDS and not trades_named(text)]
    if len(left) != 1 or len(words) == 1 or not _is_rare(left[0]):
        return None
    return next((part for part in name.replace("-", " ").split() if fold(part) == left[0]), None)


def _is_rare(word: str) -> bool:
    if len(word) < _MIN_LETTERS or not word.isalpha() or is_first_name(word):
        return False
    return zipf(word) < _HEARD and (family_name_rank(word) or _FREQUENT_NAME) >= _FREQUENT_NAME
