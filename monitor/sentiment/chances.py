"""From the chances of the three classes to a score, and back. Without numpy: doors read it too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

from monitor.model import Score, Sentiment

CLASSES: Final = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)
"""In this order stand the numbers of all models and chances here."""

Chances: TypeAlias = tuple[float, float, float]

_LEAST: Final = 0.001
_LEAST_CHANCE: Final = 0.02


def score_of(chances: Sequence[float], scorer: str) -> Score:
    """Return the score of the likeliest class; polarity is the lean, on the side of that class."""
    best = max(range(len(CLASSES)), key=lambda number: float(chances[number]))
    return Score(
        sentiment=CLASSES[best],
        polarity=_polarity(CLASSES[best], float(chances[2]) - float(chances[0])),
        confidence=round(float(chances[best]), 3),
        scorer=scorer,
    )


def chances_of(score: Score) -> Chances | None:
    """Return the chance of each class that a score stands for, in the order of ``CLASSES``.

    Its confidence is that of its class; its polarity parts the rest between the other two.
    ``None`` where nothing was judged.
    """
    if score.sentiment is None or score.polarity is None or score.confidence is None:
        return None
    sure = score.confidence
    rest = 1 - sure
    other = min(rest, max(0.0, sure - abs(score.polarity)))
    chances = {
        Sentiment.NEGATIVE: (sure, rest - other, other),
        Sentiment.NEUTRAL: ((rest - score.polarity) / 2, sure, (rest + score.polarity) / 2),
        Sentiment.POSITIVE: (other, rest - other, sure),
    }[score.sentiment]
    negative, neutral, positive = (max(_LEAST_CHANCE, chance) for chance in chances)
    return negative, neutral, positive


def shifted(chances: Sequence[float], by: Sequence[float]) -> Chances:
    """Return chances whose log-odds were moved.

    >>> [round(chance, 2) for chance in shifted((0.25, 0.5, 0.25), (0.0, 0.0, 2.0))]
    [0.1, 0.19, 0.71]
    """
    moved = [math.log(chance) + add for chance, add in zip(chances, by, strict=True)]
    grown = [math.exp(one - max(moved)) for one in moved]
    negative, neutral, positive = (one / math.fsum(grown) for one in grown)
    return negative, neutral, positive


def _polarity(sentiment: Sentiment, lean: float) -> float:
    """Return the lean, on the side of the class: the two never contradict one another."""
    lean = round(lean, 3) + 0.0
    if sentiment is Sentiment.NEUTRAL:
        return lean
    return max(lean, _LEAST) if sentiment is Sentiment.POSITIVE else min(lean, -_LEAST)
