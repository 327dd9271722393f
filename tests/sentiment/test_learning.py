"""What an owner's corrections teach: at once, of that business alone, and no more than they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.ecoute import EcouteScorer
from monitor.sentiment.languages import UNREAD
from monitor.sentiment.learning import (
    NOTHING_LEARNT,
    Correction,
    as_taught,
    learn_sentiment,
)
from monitor.sentiment.scoring import RATING_SCORER

SHOP = "Vertigo Escape"
SCARY = [
    "La salle du manoir est flippante, on a hurlé",
    "Flippante à souhait, la salle du manoir",
    "Ma fille en a fait des cauchemars, flippante cette salle",
]
LATER = "La salle du manoir, flippante du début à la fin"


def passage(text: str, business: str = SHOP) -> Passage:
    return Passage(text=text, business=business, language="fr")


def taught(
    text: str, corrections: list[Correction], business: str = SHOP, scorer: str = "ecoute-1"
) -> Score:
    asked = passage(text, business)
    [plain] = EcouteScorer().score([asked])
    [score] = as_taught([asked], [plain], {SHOP: learn_sentiment(corrections)})
    assert score.scorer == scorer
    return score


PRAISE = [Correction(passage(text), Sentiment.POSITIVE) for text in SCARY]


def test_what_is_like_it_is_judged_by_it() -> None:
    blame = [Correction(one.passage, Sentiment.NEGATIVE) for one in PRAISE]
    [plain] = EcouteScorer().score([passage(LATER)])
    praised, blamed = taught(LATER, PRAISE), taught(LATER, blame)
    assert praised.sentiment is Sentiment.POSITIVE
    assert (blamed.polarity or 0) < (plain.polarity or 0) < (praised.polarity or 0)


def test_another_business_hears_nothing_of_it() -> None:
    [plain] = EcouteScorer().score([passage(LATER, "Chez Léa")])
    assert taught(LATER, PRAISE, business="Chez Léa") == plain


def test_what_is_unlike_it_hardly_moves() -> None:
    text = "Très déçus, le décor est abîmé et personne ne s'excuse."
    [plain] = EcouteScorer().score([passage(text)])
    moved = taught(text, PRAISE)
    assert moved.sentiment is plain.sentiment
    assert moved.polarity == pytest.approx(plain.polarity, abs=0.2)


def test_one_correction_moves_less_than_three() -> None:
    one, three = (taught(LATER, PRAISE[:n]).polarity or 0.0 for n in (1, 3))
    assert one < three


def test_the_order_of_corrections_is_of_no_account() -> None:
    assert taught(LATER, PRAISE) == taught(LATER, PRAISE[::-1])


def test_stars_and_what_was_not_read_stay() -> None:
    lesson = {SHOP: learn_sentiment(PRAISE)}
    stars = Score(sentiment=Sentiment.NEGATIVE, polarity=-1.0, confidence=0.9, scorer=RATING_SCORER)
    assert as_taught([passage(LATER)] * 2, [stars, UNREAD], lesson) == [stars, UNREAD]


def test_without_corrections_nothing_is_learnt() -> None:
    assert learn_sentiment([]) is NOTHING_LEARNT
    assert not NOTHING_LEARNT.shift(passage(LATER)).any()


@given(st.lists(st.tuples(st.text(max_size=60), st.sampled_from(Sentiment)), max_size=8))
def test_any_corrections_leave_scores_within_their_bounds(
    told: list[tuple[str, Sentiment]],
) -> None:
    lesson = learn_sentiment([Correction(passage(text), tone) for text, tone in told])
    asked = [passage(text) for text, _ in told] + [passage(LATER)]
    for score in as_taught(asked, EcouteScorer().score(asked), {SHOP: lesson}):
        assert score.polarity is not None
        assert score.confidence is not None
        assert -1 <= score.polarity <= 1
        assert 0 <= score.confidence <= 1
