"""What of a text tells its themes, and how each is spoken of: hashed features of two models.

Words and stems, the words and expressions of ``data/themes.toml``; for the tone of a theme also
pairs of words and the words of the clauses that speak of it, those denied apart. Clauses about
another business are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.sentiment.base import Passage
from monitor.sentiment.features import bucket
from monitor.sentiment.model import Floats, Ints
from monitor.sentiment.phrases import phrases_in
from monitor.sentiment.rivals import ours_of
from monitor.sentiment.targets import clauses_of, target_of
from monitor.sentiment.theme_words import Saying, sayings_in, themes_of_word
from monitor.sentiment.tokens import Token, tokens_of

BUCKETS = 1 << 15
"""Places of each table of weights."""
_WEIGHTS = {
    "g": 1.5,
    "h": 2.0,
    "x": 2.0,
    "X": 2.0,
    "p": 1.5,
    "b": 0.7,
    "k": 0.7,
    "N": 0.7,
    "z": 0.7,
    "Z": 0.7,
    "e": 0.5,
}
"""How much a kind of feature counts, chosen by cross-validation on the training part."""
_STEM = 5


@dataclass(frozen=True, slots=True)
class Read:
    """A text's tokens about the business, its clauses, and which of them speak of each theme."""

    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    clauses: tuple[tuple[Token, ...], ...]
    spoken_in: dict[str, list[int]]
    sayings: tuple[Saying, ...]


def read(passage: Passage) -> Read:
    """Read a passage, without what it says of others."""
    found = tokens_of(passage.text)
    tokens = ours_of(found, target_of(found, passage.business))
    clauses = [[tokens[n] for n in clause] for clause in clauses_of(tokens)]
    places = [number for number, clause in enumerate(clauses) for _ in clause]
    row = [token for clause in clauses for token in clause]
    words = [token.text for token in row]
    sayings = [
        (at, saying.denied() if row[at].is_denied else saying) for at, saying in sayings_in(words)
    ]
    spoken: dict[str, list[int]] = {}
    for place, word in zip(places, words, strict=True):
        for theme in themes_of_word(word):
            spoken.setdefault(theme, []).append(place)
    for at, saying in sayings:
        for place in range(places[at], places[at + len(saying.words) - 1] + 1):
            spoken.setdefault(saying.theme, []).append(place)
    return Read(
        tokens=tuple(tokens),
        words=tuple(words),
        clauses=tuple(tuple(clause) for clause in clauses),
        spoken_in={theme: sorted(set(numbers)) for theme, numbers in spoken.items()},
        sayings=tuple(saying for _, saying in sayings),
    )


def presence_features(text: Read) -> list[str]:
    """Return what tells which themes a text speaks of."""
    return [*_presence(text), f"l:{min(6, len(text.tokens).bit_length())}"]


def tone_features(text: Read, theme: str) -> list[str]:
    """Return what tells how a text speaks of one theme."""
    spoken = [token for place in text.spoken_in.get(theme, []) for token in text.clauses[place]]
    return [
        f"i:{theme}",
        *_whole(text),
        *(_words(spoken, "k", "N") if spoken else ["e:nowhere"]),
        *(_words(spoken or text.tokens, "w", "n")),
        *(f"{'X' if saying.theme == theme else 'o'}:{saying.tone}" for saying in text.sayings),
    ]


def vector(features: Iterable[str]) -> tuple[Ints, Floats]:
    """Return the buckets of features, each once, and their values: a vector of length one."""
    masses: dict[int, float] = {}
    for feature, count in Counter(features).items():
        place = bucket(feature) % BUCKETS
        masses[place] = masses.get(place, 0.0) + _WEIGHTS.get(feature[0], 1.0) ** 2 * count
    places = np.fromiter(masses.keys(), dtype=np.int64, count=len(masses))
    values = np.sqrt(np.fromiter(masses.values(), dtype=np.float32, count=len(masses)))
    return places, np.asarray(values / np.sqrt((values * values).sum()), dtype=np.float32)


def _presence(text: Read) -> Iterator[str]:
    for token in text.tokens:
        yield f"w:{token.text}"
        if len(token.text) >= _STEM:
            yield f"s:{token.text[:_STEM]}"
        for theme in themes_of_word(token.text):
            yield f"g:{theme}"
        for theme in themes_of_word(token.text, surely=True):
            yield f"h:{theme}"
    for saying in text.sayings:
        yield f"x:{saying.theme}"
    for phrase in phrases_in(text.words):
        yield f"p:{phrase.kind}"


def _whole(text: Read) -> Iterator[str]:
    yield from _words(text.tokens, "z", "Z")
    before = "<"
    for token in text.tokens:
        yield f"b:{before} {token.text}"
        before = token.text
    for saying in text.sayings:
        yield f"x:{saying.theme}:{saying.tone}"
    for phrase in phrases_in(text.words):
        yield f"p:{phrase.tone}"
        yield f"p:{phrase.tone}:{phrase.kind}"


def _words(tokens: Sequence[Token], said: str, denied: str) -> Iterator[str]:
    for token in tokens:
        yield f"{denied if token.is_denied else said}:{token.text}"
