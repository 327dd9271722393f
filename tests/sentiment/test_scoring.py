from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.ecoute import EcouteScorer
from monitor.sentiment.languages import UNREAD
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
def test_stars_alone_decide(stars: float, sentiment: Sentiment, polarity: float) -> None:
    for passage in (
        Passage(text=" ", rating=stars),
        Passage(text="gut", language="de", rating=stars),
    ):
        [score] = score_all(FakeScorer(), [passage])
        assert score == Score(
            sentiment=sentiment,
            polarity=polarity,
            confidence=RATING_CONFIDENCE,
            scorer=RATING_SCORER,
        )


def test_stars_weigh_beside_the_words() -> None:
    tones = [
        score_all(FakeScorer(), [Passage(text="horrible", rating=stars)])[0]
        for stars in range(1, 6)
    ]
    polarities = [score.polarity or 0.0 for score in tones]
    assert polarities == sorted(polarities)
    assert tones[0].sentiment is Sentiment.NEGATIVE
    assert tones[4].sentiment is Sentiment.POSITIVE
    assert {score.scorer for score in tones} == {"fake-1+rating-1"}


def test_clear_words_win_over_stars() -> None:
    text = "Verres rayés, personnel odieux, remboursement refusé : une honte, à fuir."
    [score] = score_all(EcouteScorer(), [Passage(text=text, rating=5, language="fr")])
    assert (score.sentiment, score.scorer) == (Sentiment.NEGATIVE, "ecoute-1+rating-1")


@pytest.mark.parametrize("stars", [None, 0, 0.9, 5.1, 10, -1, math.nan, math.inf])
def test_what_is_no_rating_is_left_to_the_scorer(stars: float | None) -> None:
    [score] = score_all(FakeScorer(), [Passage(text="horrible", rating=stars)])
    assert score.scorer == "fake-1"


def test_the_scorer_is_not_asked_for_nothing() -> None:
    scorer = FakeScorer()
    score_all(scorer, [Passage(text="", rating=5)])
    assert (score_all(scorer, []), scorer.asked) == ([], [])


@pytest.mark.parametrize(
    ("text", "language", "scorer"),
    [
        ("Très bon pain", "fr", "fake-1"),
        ("Très bon pain", "fr-BE", "fake-1"),
        ("bouké a", "gcf", "fake-1"),
        ("Midi = Kanazawa", None, "fake-1"),
        ("10/10 😀", None, "fake-1"),
        ("Lovely bread", "en-GB", "valence-en-1"),
        ("Lekker brood", "nl", "valence-nl-1"),
        ("Sehr gutes Brot", "de", "other_language"),
        ("とても美味しかった", "ja", "other_language"),
        ("খাবার খুব সুস্বাদু ছিল", None, "other_language"),
    ],
)
def test_a_text_is_read_by_who_reads_its_language(
    text: str, language: str | None, scorer: str
) -> None:
    [score] = score_all(FakeScorer(), [Passage(text=text, language=language)])
    assert score.scorer == scorer
    assert (score == UNREAD) is (score.sentiment is None) is (scorer == "other_language")


def test_stars_decide_in_any_language() -> None:
    [score] = score_all(FakeScorer(), [Passage(text="Sehr gut", language="de", rating=5)])
    assert (score.sentiment, score.scorer) == (Sentiment.POSITIVE, RATING_SCORER)


def test_a_scorer_that_reads_more_languages_is_asked_in_them() -> None:
    class Reader(FakeScorer):
        def reads(self, code: str) -> bool:
            return code in {"de", "en"}

    passages = [Passage(text="gut", language=language) for language in ("de", "en-GB", "nl", "it")]
    scorers = [score.scorer for score in score_all(Reader(), passages)]
    assert scorers == ["fake-1", "fake-1", "valence-nl-1", "other_language"]


@given(st.lists(st.tuples(st.text(max_size=9), st.none() | st.floats(1, 5)), max_size=9))
def test_each_score_stands_where_its_passage_stood(drawn: list[tuple[str, float | None]]) -> None:
    passages = [Passage(text=text, rating=stars, language="fr") for text, stars in drawn]
    scores = score_all(FakeScorer(), passages)
    assert len(scores) == len(passages)
    for passage, score in zip(passages, scores, strict=True):
        if passage.rating is None:
            assert score.polarity == -len(passage.text) / 1000
        else:
            assert score.scorer in {RATING_SCORER, f"fake-1+{RATING_SCORER}"}
            assert (score.scorer == RATING_SCORER) is (not passage.text.strip())
