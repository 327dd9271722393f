"""What is known of one language: the worth of its words and phrases, what turns them round."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.text import fold

LONGEST = 6
"""Words of the longest phrase that is looked for."""
_OF_BASE = 0.7  # a general list knows less of shops than ours does


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One language; words are folded, without apostrophes, and valences in −4..4.

    ``negations`` turn what follows round, ``more`` and ``less`` weigh it, ``turns`` ("but") begin
    what weighs more, ``softens`` ("if", "would") make the sentence one of wishes.
    """

    words: Mapping[str, float]
    phrases: Mapping[tuple[str, ...], float]
    negations: frozenset[str]
    more: frozenset[str]
    less: frozenset[str]
    turns: frozenset[str]
    softens: frozenset[str]


@cache
def lexicon_of(language: str) -> Lexicon:
    """Read a language's lexicon, once a process; ``en`` or ``nl``."""
    read = tomllib.loads(_file(f"{language}.toml"))
    scope = {name: frozenset(words.split()) for name, words in read["scope"].items()}
    own = {word: float(v) for v, words in read["words"].items() for word in words.split()}
    phrases = {
        tuple(words_of(line)): float(value)
        for value, lines in read["phrases"].items()
        for line in lines.strip().splitlines()
    }
    return Lexicon(words=_base(language) | own, phrases=phrases, **scope)


@cache
def signs() -> Mapping[str, float]:
    """Read the valence of emoji and smileys."""
    read = tomllib.loads(_file("emoji.toml"))
    return {sign: float(value) for value, listed in read.items() for sign in listed.split()}


def words_of(text: str) -> list[str]:
    """Part a text in words as the lexicons hold them.

    >>> words_of("Don't worry, it's crème")
    ['dont', 'worry', 'its', 'creme']
    """
    return "".join(s if s.isalnum() else " " for s in fold(text).replace("'", "")).split()


def _base(language: str) -> dict[str, float]:
    rows = (line.split() for line in _file(f"{language}_base.txt").splitlines())
    return {word: float(value) * _OF_BASE for value, *words in rows for word in words}


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
