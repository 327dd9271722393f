"""Persons, streets and places of a text: they stand around an event, and do not tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from monitor.dedupe.weights import STREETS, stem_of, weight_of
from monitor.lexicon import is_first_name
from monitor.places import places_in
from monitor.text import fold

_SHORT_NAME = 3
"""Letters of the words within a place's name that need no capital: "sur", "les"."""

_COMMON_AT_START = 0.5
"""Weight up to which a capital at the beginning of a sentence makes no name: Zipf 4."""

_STREET_WORDS = 3
"""Words behind "rue" that may be its name."""

_WORD_OR_STOP = re.compile(r"([^\W\d_]+)|([.!?:«“\n])")
# The words of a language are few: what is found of each is kept.
_is_first_name = lru_cache(maxsize=50_000)(is_first_name)
_fold_word = lru_cache(maxsize=50_000)(fold)


def names_in(text: str) -> frozenset[str]:
    """Return the folded words that bear a capital of their own, and never none.

    >>> sorted(names_in("Hier, Simon a ouvert à Anzin. Elle ferme. « Odile revient »"))
    ['anzin', 'odile', 'simon']
    """
    capital: set[str] = set()
    small: set[str] = set()
    begins = True
    for word, stop in _WORD_OR_STOP.findall(text):
        if stop:
            begins = True
            continue
        folded = _fold_word(word)
        if not word[0].isupper():
            small.add(folded)
        elif not begins or _is_first_name(folded) or weight_of(folded) > _COMMON_AT_START:
            capital.add(folded)
        begins = False
    return frozenset(capital - small)


def setting_of(tokens: Sequence[str], names: frozenset[str]) -> frozenset[str]:
    """Return the stems of persons, streets and places."""
    return frozenset(_setting(tokens, names))


def _setting(tokens: Sequence[str], names: frozenset[str]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        if token not in names:
            continue
        before = tokens[at - 1] if at else ""
        in_street = not STREETS.isdisjoint(tokens[max(0, at - _STREET_WORDS) : at])
        is_surname = before in names and _is_first_name(before)
        if in_street or is_surname or _is_first_name(token):
            yield stem_of(token)
    for run in _name_runs(tokens, names):
        for start, end, _ in places_in(run):
            if any(word in names for word in run[start:end]):
                yield from (stem_of(token) for token in run[start:end])


def _name_runs(tokens: Sequence[str], names: frozenset[str]) -> Iterator[list[str]]:
    """Yield the rows of names, with the short words within them: where a place may be named."""
    for may_name, run in groupby(tokens, lambda word: word in names or len(word) <= _SHORT_NAME):
        words = list(run)
        if may_name and not names.isdisjoint(words):
            yield words
