"""Names of communes within a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.places.commune import Commune
from monitor.places.table import table

_CONTRACTED = {"au": "le", "du": "le", "aux": "les", "des": "les"}


def places_in(folded_words: Sequence[str]) -> Iterator[tuple[int, int, tuple[Commune, ...]]]:
    """Yield the names of communes in a row of words, the longest at each place, whole words.

    Words are those of ``place_words``. Each find is (first word, word after the last, homonyms
    with the largest first). An article is part of the name where it is whole ("le havre"), not
    where it is contracted ("au havre"): the find is "havre" then. What is found may be a common
    word: see ``is_ambiguous``. Linear in the words: at most the longest name's are tried at each.

    >>> words = "boulangerie a saint amand les eaux et au havre".split()
    >>> [(first, end, found[0].name) for first, end, found in places_in(words)]
    [(2, 6, 'Saint-Amand-les-Eaux'), (8, 9, 'Le Havre')]
    """
    known, after = table().knows, table().words_after
    start, total = 0, len(folded_words)
    while start < total:
        word = folded_words[start]
        article = _CONTRACTED.get(word)
        first = article or word
        for more in range(min(after.get(first, 0), total - start - 1), -1, -1):
            end = start + more + 1
            key = " ".join((first, *folded_words[start + 1 : end])) if more else word
            if known(key):
                yield start + (1 if article and more else 0), end, table().rows_named(key)
                start = end
                break
        else:
            start += 1
