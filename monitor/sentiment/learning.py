"""What an owner's corrections teach: a small shift on top of the shipped model, for that business.

The shipped weights are taken as known as far as their texts made them so (the Fisher information
of each place of the table, a Laplace approximation); a correction moves what was seldom met while
training, "mortel" at a skate shop, and hardly what thousands of texts have settled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import CLASSES, chances_of, score_of, shifted
from monitor.sentiment.features import features_of
from monitor.sentiment.model import Floats, Model, shipped, vector
from monitor.sentiment.scoring import RATING_SCORER

MOST_CORRECTIONS = 400
"""Of one business, the newest: shops change, and learning stays a matter of milliseconds."""
_LEAST_PRECISION = 0.3
"""Of a place that no training text touched: its weight may be anything."""
_TRUST = 3.0
"""By how much the training texts' information outweighs an owner's."""
_ROUNDS, _STEP = 150, 0.3

Shares: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Correction:
    """A text and the sentiment that a person gave it."""

    passage: Passage
    sentiment: Sentiment


@dataclass(frozen=True, slots=True)
class SentimentLesson:
    """What was learnt of one business: what each place of the table adds to the three classes."""

    weights: Mapping[int, tuple[float, float, float]] = field(default_factory=dict)

    def shift(self, passage: Passage) -> Floats:
        """Return what is added to the log-odds of the classes, in the order of ``CLASSES``."""
        total = np.zeros(len(CLASSES), np.float32)
        if not self.weights:
            return total
        places, values = vector(features_of(passage))
        for place, value in zip(places.tolist(), values.tolist(), strict=True):
            if (added := self.weights.get(place)) is not None:
                total += value * np.asarray(added, np.float32)
        return total


NOTHING_LEARNT = SentimentLesson()


def learn_sentiment(
    corrections: Sequence[Correction], model: Model | None = None
) -> SentimentLesson:
    """Return the lesson of a business's corrections; their order is of no account.

    The shift that makes them likeliest, each weight drawn to 0 by how well it is known: solved in
    the texts (a few hundred), not in the weights (a hundred thousand).
    """
    if not corrections:
        return NOTHING_LEARNT
    model = model or shipped()
    vectors = [vector(features_of(one.passage)) for one in corrections]
    places = np.unique(np.concatenate([found for found, _ in vectors]))
    texts = np.zeros((len(vectors), len(places)), np.float64)
    for row, (found, values) in enumerate(vectors):
        texts[row, np.searchsorted(places, found)] = values
    base = np.stack([model.sums(found, values) for found, values in vectors])
    wanted = np.eye(len(CLASSES))[[CLASSES.index(one.sentiment) for one in corrections]]
    looseness = 1 / (_LEAST_PRECISION + _TRUST * model.known[places])
    kernel = (texts * looseness) @ texts.T
    pull = np.zeros_like(wanted)
    for _ in range(_ROUNDS):
        pull += _STEP * (wanted - _softmax(base + kernel @ pull) - pull)
    learnt = (texts.T @ pull) * looseness[:, None]
    return SentimentLesson(
        {int(place): (w[0], w[1], w[2]) for place, w in zip(places, learnt.tolist(), strict=True)}
    )


def as_taught(
    passages: Sequence[Passage], scores: Sequence[Score], tones: Mapping[str, SentimentLesson]
) -> list[Score]:
    """Return scores moved by what was learnt of their businesses, in the same order.

    What stars alone decided stays.
    """
    return [
        _taught(passage, score, tones.get(passage.business or "", NOTHING_LEARNT))
        for passage, score in zip(passages, scores, strict=True)
    ]


def _taught(passage: Passage, score: Score, lesson: SentimentLesson) -> Score:
    chances = chances_of(score)
    if chances is None or not lesson.weights or score.scorer == RATING_SCORER:
        return score
    moved = score_of(shifted(chances, lesson.shift(passage).tolist()), score.scorer)
    return replace(moved, themes=score.themes)


def _softmax(sums: Shares) -> Shares:
    grown = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))
