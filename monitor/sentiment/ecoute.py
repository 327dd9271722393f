"""Our own scorer (``ecoute``): a linear model of French as people write of small businesses."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.lexicon import zipf
from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import score_of
from monitor.sentiment.features import features_of
from monitor.sentiment.languages import UNREAD, is_french
from monitor.sentiment.model import Model, shipped

_SHORTEST = 2
_EVERYDAY = 6.2  # Zipf value of words that any sentence has
_UNKNOWN = 1 / 3
"""Confidence where nothing stands to be read."""


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
        if passage.language and not is_french(passage.language):
            return UNREAD
        if not passage.text.strip():
            return Score(
                sentiment=Sentiment.NEUTRAL, polarity=0.0, confidence=_UNKNOWN, scorer=self.name
            )
        return score_of(self._model.probabilities(features_of(passage)).tolist(), self.name)


def _tells(word: str) -> bool:
    """Tell whether a reader would see a reason in a word: no article, no comma."""
    return (len(word) > _SHORTEST and zipf(word) < _EVERYDAY) or not word.isascii()
