"""From a raw polarity to a judgement: the neutral band, and how sure each distance from it is.

The numbers belong to each scorer; ``bench/sentiment.py`` fits them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.model import Score, Sentiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a scorer read in a text: polarity in −1..1, and whether any of it was known to it."""

    polarity: float
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From this distance to the band on, judgements were right this often (0..1)."""

    distance: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Where neutral lies (``low <= 0 <= high``, both inside it), and the confidence of a class.

    ``steps`` go up in distance and start at 0. ``unknown`` is the confidence that a text in which
    nothing was known is neutral.
    """

    low: float
    high: float
    unknown: float
    steps: Mapping[Sentiment, tuple[Step, ...]]

    def judge(self, reading: Reading, scorer: str) -> Score:
        """Say class and confidence; a negative one has a polarity under 0, a positive one over."""
        if not reading.known:
            return Score(
                sentiment=Sentiment.NEUTRAL, polarity=0.0, confidence=self.unknown, scorer=scorer
            )
        sentiment = self.classify(reading.polarity)
        return Score(
            sentiment=sentiment,
            polarity=reading.polarity,
            confidence=self._confidence(sentiment, self.distance(reading.polarity)),
            scorer=scorer,
        )

    def classify(self, polarity: float) -> Sentiment:
        """Say on which side of the band a polarity lies."""
        if polarity < self.low:
            return Sentiment.NEGATIVE
        return Sentiment.POSITIVE if polarity > self.high else Sentiment.NEUTRAL

    def distance(self, polarity: float) -> float:
        """Measure how far a polarity lies from the nearest edge of the band, on either side."""
        return min(abs(polarity - self.low), abs(polarity - self.high))

    def _confidence(self, sentiment: Sentiment, distance: float) -> float:
        reached = [step.confidence for step in self.steps[sentiment] if step.distance <= distance]
        return reached[-1]
