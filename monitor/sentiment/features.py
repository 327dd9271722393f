"""What of a text the model weighs: hashed features, each of them a word for ``explain``.

Words and pairs of words, those denied apart; pieces of words, for spelling as it comes; fixed
phrases of the lexicon; signs; the words around the business's own name, and of its clause.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache

from monitor.sentiment.base import Passage
from monitor.sentiment.phrases import phrases_in
from monitor.sentiment.targets import Target, target_of
from monitor.sentiment.tokens import Token, tokens_of

BUCKETS = 1 << 17
"""Places of the table of weights; two features in one place are rare and cost little."""
_GRAMS = (4, 5)
_STEMS = (4, 6)
_WEIGHTS = {"c": 0.4, "q": 0.8, "p": 2.0, "b": 0.7, "t": 0.3}
"""How much a kind of feature counts, chosen on dev: a text has many pieces and few phrases."""
_NEAR = 3  # words on either side of the business's name


def features_of(passage: Passage) -> list[str]:
    """Return the features of a passage, one a time it occurs; bounded by the text's limit."""
    tokens = tokens_of(passage.text)
    target = target_of(tokens, passage.business)
    return [*_words(tokens, target), *_signs(passage, tokens), *_target(tokens, target)]


def weight_of(feature: str) -> float:
    """Return how much a feature counts before anything is learnt of it."""
    return _WEIGHTS.get(feature[0], 1.0)


@lru_cache(maxsize=200_000)
def bucket(feature: str) -> int:
    """Return the place of a feature in the table."""
    return zlib.crc32(feature.encode()) % BUCKETS


def _words(tokens: list[Token], target: Target) -> Iterator[str]:
    before = "<"
    for number, token in enumerate(tokens):
        text = "<nous>" if number in target.own else token.text
        yield f"w:{text}"
        if token.is_denied:
            yield f"n:{text}"
        yield f"b:{before} {text}"
        before = text
        if text.isalpha() and not token.is_denied:
            yield from grams(text)
    words = [token.text for token in tokens if not token.is_stop]
    for one, two, three in zip(words, words[1:], words[2:], strict=False):
        yield f"t:{one} {two} {three}"
    for phrase in phrases_in(words):
        yield f"p:{phrase.tone}"
        yield f"p:{phrase.tone}:{phrase.kind}"


@lru_cache(maxsize=50_000)
def grams(word: str) -> tuple[str, ...]:
    """Return the pieces of a word.

    >>> grams("bon")
    ('c:<bon', 'c:bon>', 'c:<bon>')
    """
    padded = f"<{word}>"
    pieces = [
        f"c:{padded[at : at + size]}" for size in _GRAMS for at in range(len(padded) - size + 1)
    ]
    stems = [f"q:{word[:size]}" for size in _STEMS] if len(word) > _STEMS[0] else []
    return (*pieces, *stems)


def _signs(passage: Passage, tokens: list[Token]) -> Iterator[str]:
    length = len(tokens)
    yield f"l:{min(6, length.bit_length())}"
    if passage.rating is not None:
        yield f"r:{round(passage.rating)}"
    if length and tokens[-1].text.startswith("?"):
        yield "s:ends?"
    for name in ("!", "?", "…"):
        if sum(token.text.startswith(name) for token in tokens) > 1:
            yield f"s:many{name}"
    if tokens:
        yield f"f:{tokens[0].text}"
        yield f"e:{tokens[-1].text}"


def _target(tokens: list[Token], target: Target) -> Iterator[str]:
    """Yield what is said of the business where others are spoken of too."""
    if not target.own:
        yield "o:unnamed"
        return
    for number in target.own:
        for near in range(max(0, number - _NEAR), min(len(tokens), number + _NEAR + 1)):
            if near not in target.own:
                side = "<" if near < number else ">"
                yield f"a:{side}{tokens[near].text}"
    if target.has_others:
        yield "o:others"
        for number in target.clause:
            token = tokens[number]
            yield f"{'m' if token.is_denied else 'k'}:{token.text}"
        for number in target.rest:
            token = tokens[number]
            yield f"{'y' if token.is_denied else 'z'}:{token.text}"
