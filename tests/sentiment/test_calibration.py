from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Sentiment
from monitor.sentiment.calibration import Calibration, Reading, Step
from monitor.sentiment.lexical import CALIBRATION

LOPSIDED = Calibration(
    low=-0.2,
    high=0.1,
    unknown=0.4,
    steps={
        Sentiment.NEGATIVE: (Step(distance=0, confidence=0.5), Step(distance=0.3, confidence=0.9)),
        Sentiment.NEUTRAL: (Step(distance=0, confidence=0.6),),
        Sentiment.POSITIVE: (Step(distance=0, confidence=0.7),),
    },
)


@pytest.mark.parametrize(
    ("polarity", "sentiment", "confidence"),
    [
        (-0.6, Sentiment.NEGATIVE, 0.9),
        (-0.3, Sentiment.NEGATIVE, 0.5),
        (-0.2, Sentiment.NEUTRAL, 0.6),
        (0.1, Sentiment.NEUTRAL, 0.6),
        (0.11, Sentiment.POSITIVE, 0.7),
    ],
)
def test_the_band_gives_the_class_and_the_distance_the_confidence(
    polarity: float, sentiment: Sentiment, confidence: float
) -> None:
    score = LOPSIDED.judge(Reading(polarity=polarity, known=True), "x-1")
    assert (score.sentiment, score.confidence, score.scorer) == (sentiment, confidence, "x-1")


def test_nothing_known_is_neutral_with_its_own_confidence() -> None:
    score = LOPSIDED.judge(Reading(polarity=0.0, known=False), "x-1")
    assert (score.sentiment, score.confidence) == (Sentiment.NEUTRAL, 0.4)


@given(st.floats(-1, 1), st.booleans())
def test_class_and_sign_agree(polarity: float, known: bool) -> None:  # noqa: FBT001 - drawn
    score = CALIBRATION.judge(Reading(polarity=polarity, known=known), "x-1")
    assert score.polarity is not None
    if score.sentiment is Sentiment.NEGATIVE:
        assert score.polarity < 0
    if score.sentiment is Sentiment.POSITIVE:
        assert score.polarity > 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_more_positive_reading_is_never_less_sure(one: float, other: float) -> None:
    near, far = sorted((CALIBRATION.high + 1e-6 + one, CALIBRATION.high + 1e-6 + other))
    scores = [CALIBRATION.judge(Reading(polarity=p, known=True), "x-1") for p in (near, far)]
    assert (scores[0].confidence or 0) <= (scores[1].confidence or 0)


def test_the_shipped_band_holds_zero_and_the_steps_go_up() -> None:
    assert CALIBRATION.low <= 0 <= CALIBRATION.high
    for steps in CALIBRATION.steps.values():
        assert steps[0].distance == 0
        assert list(steps) == sorted(steps, key=lambda step: (step.distance, step.confidence))
