"""The usual company of common nouns that shops are named after: "coup de soleil" is no shop.

The phrases stand in ``data/company.toml``, written by us, with ``~`` where the noun stands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

from monitor.lexicon.names import family_name_rank, first_name_rank
from monitor.lexicon.phrases import key, key_words, singular
from monitor.lexicon.words import is_word
from monitor.text import fold

_NOUN = "~"
_GENERIC = "generic"  # the table of the file whose phrases take any noun
_BORNE = 3_000  # a word that is a rarer name than this is read as the word: "lutin", "cigale"
_BEFORE_NOUNS = "l le la les un une au aux du des"
_ARTICLES = frozenset(_BEFORE_NOUNS.split())


def usual_company(noun: str) -> tuple[str, ...]:
    """Return the keys of phrases with the noun in which it surely means itself.

    A noun we have no phrases for has the generic ones ("un ~", "trop de ~") when it is a word
    that few are called by; a name of several words, a name and an unknown word have none.

    >>> "coup de soleil" in usual_company("Le Soleil"), usual_company("bougamont")
    (True, ())
    """
    return _phrases_of(_noun_in(noun))


def usual_company_at(words: Sequence[str], index: int) -> str | None:
    """Return the usual phrase that the noun at an index of a row of words stands in, or ``None``.

    >>> usual_company_at("attention aux coups de soleil".split(), 4)
    'coup de soleil'
    >>> usual_company_at("une soirée au soleil".split(), 3)
    >>> usual_company_at("rendez-vous chez Soleil".split(), 2)
    """
    row = [singular(fold(word)) for word in words]
    noun = row[index]
    for phrase in _phrases_of(noun):
        parts = phrase.split(" ")
        for offset, part in enumerate(parts):
            start = index - offset
            if part == noun and start >= 0 and row[start : start + len(parts)] == parts:
                return phrase
    return None


@cache
def nouns() -> frozenset[str]:
    """Return the keys of the nouns that have phrases of their own."""
    return frozenset(_own())


def _noun_in(name: str) -> str:
    words = key_words(name)
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


@lru_cache(maxsize=10_000)
def _phrases_of(noun: str) -> tuple[str, ...]:
    own = _own().get(noun)
    if own is None and (_is_name(noun) or not _is_common(noun)):
        return ()
    patterns = [*(own or "").split(","), *_tables()[_GENERIC]["phrases"].split(",")]
    made = (key(pattern.replace(_NOUN, noun)) for pattern in patterns)
    return tuple(dict.fromkeys(phrase for phrase in made if phrase))


def _is_common(noun: str) -> bool:
    # A key has lost its "s": "hibiscu".
    return bool(noun) and any(is_word(noun + end) for end in ("", "s", "x"))


def _is_name(noun: str) -> bool:
    ranks = (first_name_rank(noun), family_name_rank(noun))
    return any(rank is not None and rank <= _BORNE for rank in ranks)


@cache
def _own() -> dict[str, str]:
    return {key(noun): phrases for noun, phrases in _tables()["nouns"].items()}


@cache
def _tables() -> dict[str, dict[str, str]]:
    file = resources.files(__package__).joinpath("data", "company.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
