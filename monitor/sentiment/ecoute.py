"""Our own scorer (``ecoute``): a linear model of French as people write of small businesses."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.lexicon import zipf
from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.features import features_of
from monitor.sentiment.model import CLASSES, Model, shipped

_LEAST = 0.001
_SHORTEST = 2
_EVERYDAY = 6.2  # Zipf value of words that any sentence has
_UNKNOWN = 1 / 3
"""Confidence where nothing was read: another language, or no word at all."""


class EcouteScorer:
    """Scores French texts toward the business they are about; 0.1 s to load, no download."""

    def __init__(self, model: Model | None = None) -> None:
        """Take a model; the shipped one by default."""
        self._model = model or shipped()
        self.name = f"ecoute-{self._model.version}"

    def score(self, passages: Sequence[Passage]) -> list[Score]:
        """Return one score a passage, in the same order."""
        return [self._judge(passage) for passage in passages]

    def words_of(self, passage: Passage, most: int) -> list[tuple[str, float]]:
        """Return the words that weighed most, with what each adds for (+) and against (−)."""
        weighed = self._model.weigh(features_of(passage))
        words = {f[2:]: weight for f, weight in weighed.items() if f[:2] == "w:" and _tells(f[2:])}
        ranked = sorted(words.items(), key=lambda one: -abs(one[1]))
        return [(word, round(weight, 2)) for word, weight in ranked[:most]]

    def _judge(self, passage: Passage) -> Score:
        is_read = any(sign.isalnum() for sign in passage.text) or bool(passage.text.strip())
        if not is_read or (passage.language and not _is_french(passage.language)):
            return Score(
                sentiment=Sentiment.NEUTRAL, polarity=0.0, confidence=_UNKNOWN, scorer=self.name
            )
        chances = self._model.probabilities(features_of(passage))
        best = int(chances.argmax())
        return Score(
            sentiment=CLASSES[best],
            polarity=_polarity(CLASSES[best], float(chances[2] - chances[0])),
            confidence=round(float(chances[best]), 3),
            scorer=self.name,
        )


def _polarity(sentiment: Sentiment, lean: float) -> float:
    """Return the lean, on the side of the class: the two never contradict one another."""
    lean = round(lean, 3) + 0.0
    if sentiment is Sentiment.NEUTRAL:
        return lean
    return max(lean, _LEAST) if sentiment is Sentiment.POSITIVE else min(lean, -_LEAST)


def _tells(word: str) -> bool:
    """Tell whether a reader would see a reason in a word: no article, no comma."""
    return (len(word) > _SHORTEST and zipf(word) < _EVERYDAY) or not word.isascii()


def _is_french(tag: str) -> bool:
    return tag.replace("_", "-").lower().partition("-")[0] in {"fr", "fra", "fre"}
