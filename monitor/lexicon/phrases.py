"""Words and short phrases reduced to keys: folded, words in the singular, one space between.

The reduction is the same on both sides of a comparison, so that it need not be right ("heureux"
becomes "heureu"), only alike for what is alike and apart for what is apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.text import fold

LONGEST = 5
"""Words of the longest phrase that is looked for."""

_WORD = re.compile(r"[^\W_]+")
_SHORTEST_PLURAL = 4  # letters: "les", "des", "pas", "gaz" stay
# The word without its "s" or "x" is another word (fil, cour, foi, moi, sou, ver …).
_OTHERS = "fils cours fois mois sous vers plus tous dans sans mais puis faux eaux"
_KEPT = frozenset(_OTHERS.split())
_IRREGULAR = {
    "travaux": "travail",
    "vitraux": "vitrail",
    "emaux": "email",
    "coraux": "corail",
    "baux": "bail",
    "tuyaux": "tuyau",
    "noyaux": "noyau",
    "joyaux": "joyau",
    "boyaux": "boyau",
    "yeux": "oeil",
    "messieurs": "monsieur",
    "mesdames": "madame",
}


def singular(word: str) -> str:
    """Return a folded word without the mark of the plural.

    >>> [singular(word) for word in "bouquets gateaux bijoux travaux locaux bas fils".split()]
    ['bouquet', 'gateau', 'bijou', 'travail', 'local', 'bas', 'fils']
    """
    if len(word) < _SHORTEST_PLURAL or word[-1] not in "sx" or word in _KEPT:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("aux") and not word.endswith("eaux"):
        return word[:-2] + "l"
    if word.endswith(("ss", "ix", "yx", "ax", "ex")):
        return word
    return word[:-1]


def key_words(text: str) -> list[str]:
    """Return the words of a text, folded, in the singular.

    >>> key_words("L'atelier des Fleurs, à Saint-Marc")
    ['l', 'atelier', 'des', 'fleur', 'a', 'saint', 'marc']
    """
    return [singular(word) for word in _WORD.findall(fold(text))]


def key(phrase: str) -> str:
    """Return what a phrase is compared by.

    >>> key("Coups de soleil") == key("coup  de Soleil")
    True
    """
    return " ".join(key_words(phrase))


def grams(text: str, longest: int = LONGEST) -> frozenset[str]:
    """Return the keys of all phrases of a text, of one word to ``longest``.

    >>> sorted(grams("coups de soleil", 2))
    ['coup', 'coup de', 'de', 'de soleil', 'soleil']
    """
    return frozenset(gram for _, gram in grams_at(key_words(text), longest))


def grams_at(words: Sequence[str], longest: int = LONGEST) -> Iterator[tuple[int, str]]:
    """Yield every phrase of a row of words, with the index of its first."""
    for first in range(len(words)):
        for end in range(first + 1, min(first + longest, len(words)) + 1):
            yield first, " ".join(words[first:end])
