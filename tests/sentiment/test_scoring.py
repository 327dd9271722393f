from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.scoring import RATING_CONFIDENCE, RATING_SCORER, score_all


class FakeScorer:
    """Finds every text negative, by a polarity that tells its length; keeps what it was asked."""

    name = "fake-1"

    def __init__(self) -> None:
        self.asked: list[Passage] = []

    def score(self, passages: Sequence[Passage]) -> list[Score]:
        self.asked += passages
        return [
            Score(
                sentiment=Sentiment.NEGATIVE,
                polarity=-len(passage.text) / 1000,
                confidence=0.6,
                scorer=self.name,
            )
            for passage in passages
        ]


@pytest.mark.parametrize(
    ("stars", "sentiment", "polarity"),
    [
        (1, Sentiment.NEGATIVE, -1.0),
        (2, Sentiment.NEGATIVE, -0.5),
        (2.5, Sentiment.NEUTRAL, -0.25),
        (3, Sentiment.NEUTRAL, 0.0),
        (3.5, Sentiment.NEUTRAL, 0.25),
        (4, Sentiment.POSITIVE, 0.5),
        (5, Sentiment.POSITIVE, 1.0),
    ],
)
def test_the_authors_stars_decide(stars: float, sentiment: Sentiment, polarity: float) -> None:
    [score] = score_all(FakeScorer(), [Passage(text="horrible", rating=stars)])
    assert score == Score(
        sentiment=sentiment,
        polarity=polarity,
        confidence=RATING_CONFIDENCE,
        scorer=RATING_SCORER,
    )


@pytest.mark.parametrize("stars", [None, 0, 0.9, 5.1, 10, -1, math.nan, math.inf])
def test_what_is_no_rating_is_left_to_the_scorer(stars: float | None) -> None:
    [score] = score_all(FakeScorer(), [Passage(text="horrible", rating=stars)])
    assert score.scorer == "fake-1"


def test_the_scorer_is_not_asked_for_nothing() -> None:
    scorer = FakeScorer()
    score_all(scorer, [Passage(text="bien", rating=5)])
    assert (score_all(scorer, []), scorer.asked) == ([], [])


@given(st.lists(st.tuples(st.text(max_size=9), st.none() | st.floats(1, 5)), max_size=9))
def test_each_score_stands_where_its_passage_stood(drawn: list[tuple[str, float | None]]) -> None:
    passages = [Passage(text=text, rating=stars) for text, stars in drawn]
    scores = score_all(FakeScorer(), passages)
    assert len(scores) == len(passages)
    for passage, score in zip(passages, scores, strict=True):
        if passage.rating is None:
            assert score.polarity == -len(passage.text) / 1000
        else:
            assert score.polarity == (passage.rating - 3) / 2
