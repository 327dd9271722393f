"""Our own scorer: what it reads, and that what it says of itself is so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evaluation.sentiment import evaluate, measured
from monitor.model import Sentiment
from monitor.sentiment.base import Passage, Weighing
from monitor.sentiment.ecoute import EcouteScorer
from monitor.sentiment.languages import UNREAD
from monitor.sentiment.model import pack, shipped
from monitor.sentiment.registry import make_scorer

SCORER = EcouteScorer()
NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


def judged(text: str, business: str | None = None) -> Sentiment | None:
    (score,) = SCORER.score([Passage(text=text, business=business, language="fr")])
    return score.sentiment


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("Accueil chaleureux, plats généreux, on s'est régalés, je recommande !", POSITIVE),
        ("Une honte : trois semaines sans nouvelles, à fuir.", NEGATIVE),
        ("On n'a pas été déçus, un vrai plaisir", POSITIVE),
        ("La boutique sera fermée du 3 au 17 août.", NEUTRAL),
        ("Recherche vendeuse à mi-temps, envoyer CV.", NEUTRAL),
    ],
)
def test_plain_texts_are_read_right(text: str, sentiment: Sentiment) -> None:
    assert judged(text) is sentiment


def test_it_is_the_default_and_names_its_version() -> None:
    assert make_scorer().name == SCORER.name == f"ecoute-{shipped().version}"


def test_it_says_which_words_weighed() -> None:
    assert isinstance(SCORER, Weighing)
    words = dict(SCORER.words_of(Passage(text="Une honte, à fuir"), 5))
    assert set(words) == {"honte", "fuir"}
    assert max(words.values()) < 0


def test_nothing_to_read_is_neutral_and_unsure() -> None:
    for score in SCORER.score([Passage(text=" "), Passage(text="")]):
        assert (score.sentiment, score.polarity) == (NEUTRAL, 0.0)
        assert score.confidence is not None
        assert score.confidence < 0.4


def test_another_language_gets_no_guess() -> None:
    assert SCORER.score([Passage(text="What a shame", language="en")]) == [UNREAD]


@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_text_gets_one_score_that_agrees_with_itself(texts: list[str]) -> None:
    scores = SCORER.score([Passage(text=text, business="Léa") for text in texts])
    assert len(scores) == len(texts)
    for score in scores:
        assert score.polarity is not None
        assert score.confidence is not None
        assert -1 <= score.polarity <= 1
        assert 1 / 3 - 0.01 <= score.confidence <= 1
        if score.sentiment is NEGATIVE:
            assert score.polarity < 0
        if score.sentiment is POSITIVE:
            assert score.polarity > 0


def test_a_hostile_text_is_cut() -> None:
    assert judged("bon " * 300_000) in set(Sentiment)


def test_the_file_holds_the_model_and_no_more() -> None:
    packed = pack(shipped())
    assert packed == pack(shipped())
    assert len(packed) < 5_000_000


def test_on_texts_it_never_saw_it_is_right_far_more_often_than_chance() -> None:
    """A floor against a broken file; the figures are `ecoute evaluate sentiment`'s."""
    report = evaluate(SCORER, measured())
    assert report.macro_f1 is not None
    assert report.macro_f1.value > 0.65
    assert report.calibration_error < 0.1
    assert sum(map(sum, (row.values() for row in report.confusion.values()))) == report.texts
