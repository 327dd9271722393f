"""Words and expressions by which a text is known to speak of a theme (``data/themes.toml``).

Evidence for ``theme_features.py``, never a verdict.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from monitor.sentiment.tokens import tokens_of

THEMES: Final = (
    "accueil",
    "prix",
    "qualité",
    "délai",
    "livraison",
    "propreté",
    "conseil",
    "ambiance",
    "site",
)
"""The themes of the contract, in the order in which they are shown."""

_TONES: Final = ("positive", "negative")
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Saying:
    """An expression that speaks of a theme, and how: ``tone`` is ``positive`` or ``negative``."""

    words: tuple[str, ...]
    theme: str
    tone: str

    def denied(self) -> Saying:
        """Return what it says behind a negation: "pas mal accueilli" is praise."""
        return replace(self, tone=_TONES[1 - _TONES.index(self.tone)])


@lru_cache(maxsize=50_000)
def themes_of_word(word: str, *, surely: bool = False) -> tuple[str, ...]:
    """Return the themes that a folded word may speak of; ``surely``, those it mostly does.

    >>> themes_of_word("livreurs"), themes_of_word("carton"), themes_of_word("carton", surely=True)
    (('livraison',), ('livraison',), ())
    """
    whole, stems = _words(("sure",) if surely else ("sure", "words"))
    found = {theme for size in range(2, len(word) + 1) for theme in stems.get(word[:size], ())}
    return tuple(theme for theme in THEMES if theme in found or theme in whole.get(word, ()))


def sayings_in(words: Sequence[str]) -> Iterator[tuple[int, Saying]]:
    """Yield the expressions in a row of folded words, each with the place where it begins.

    >>> [(at, s.theme, s.tone) for at, s in sayings_in(["c", "est", "hors", "de", "prix"])]
    [(2, 'prix', 'negative')]
    """
    index = _sayings()
    for at, word in enumerate(words):
        for saying in index.get(word, ()):
            if tuple(words[at : at + len(saying.words)]) == saying.words:
                yield at, saying


def all_sayings() -> list[Saying]:
    """Return every expression, in a fixed order, to learn from."""
    found = {saying for sayings in _sayings().values() for saying in sayings}
    return sorted(found, key=lambda saying: (saying.words, saying.theme, saying.tone))


def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared, without signs."""
    return tuple(token.text for token in tokens_of(text) if not token.is_stop)


def entries() -> list[tuple[str, tuple[str, ...]]]:
    """Return every sure word and expression with its themes, to learn from."""
    found: dict[str, list[str]] = defaultdict(list)
    for theme, table in _tables().items():
        listed = [word.strip().removesuffix(_ANY) for word in table["sure"].split(",")]
        listed += [line for tone in _TONES for line in table[tone].strip().splitlines()]
        for text in listed:
            if folded(text) and text[0] != "<" and theme not in found[text]:
                found[text].append(theme)
    return [(text, tuple(themes)) for text, themes in found.items() if themes]


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    file = resources.files(__package__).joinpath("data", "themes.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def _words(lists: tuple[str, ...]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the themes by whole word, and by the stem of words."""
    whole: dict[str, list[str]] = defaultdict(list)
    stems: dict[str, list[str]] = defaultdict(list)
    for theme, table in _tables().items():
        for word in (word for listed in lists for word in table[listed].split(",")):
            kind = stems if word.strip().endswith(_ANY) else whole
            kind[word.strip().removesuffix(_ANY)].append(theme)
    return whole, stems


@cache
def _sayings() -> Mapping[str, list[Saying]]:
    index: dict[str, list[Saying]] = defaultdict(list)
    for theme, table in _tables().items():
        for tone in _TONES:
            for line in table[tone].strip().splitlines():
                words = folded(line)
                index[words[0]].append(Saying(words, theme, tone))
    return index
