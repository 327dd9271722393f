"""From passages to scores: an author's own stars decide, else the scorer does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage, Scorer

RATING_SCORER: Final = "rating-1"
"""The ``scorer`` of a score made from stars; the text was not read."""

# Taken, not measured: we have no French reviews that carry both stars and a label of their text.
# Not 1: stars and text disagree in part of all reviews; an automatic reading of 16,156 of them
# found 18.6 % (arXiv 2606.25518, abstract), its own mistakes included.
RATING_CONFIDENCE: Final = 0.9

_MIN_STARS, _MAX_STARS = 1.0, 5.0
_NEGATIVE_UP_TO, _POSITIVE_FROM = 2.0, 4.0


def score_all(scorer: Scorer, passages: Sequence[Passage]) -> list[Score]:
    """Return one score a passage, in the same order.

    A rating of 1..5 stars decides; any other number is no rating, and the scorer is asked. Of a
    score, a negative one has a polarity under 0, a positive one a polarity over 0.
    """
    rated = [_rate_stars(passage.rating) for passage in passages]
    unrated = [passage for passage, score in zip(passages, rated, strict=True) if score is None]
    read = iter(scorer.score(unrated) if unrated else ())
    return [next(read) if score is None else score for score in rated]


def _rate_stars(stars: float | None) -> Score | None:
    """Turn 1..5 stars into a score: up to 2 negative, from 4 positive, between them neutral."""
    if stars is None or not _MIN_STARS <= stars <= _MAX_STARS:
        return None
    if stars <= _NEGATIVE_UP_TO:
        sentiment = Sentiment.NEGATIVE
    elif stars >= _POSITIVE_FROM:
        sentiment = Sentiment.POSITIVE
    else:
        sentiment = Sentiment.NEUTRAL
    return Score(
        sentiment=sentiment,
        polarity=(stars - 3) / 2,
        confidence=RATING_CONFIDENCE,
        scorer=RATING_SCORER,
    )
