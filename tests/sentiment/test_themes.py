"""The themes of a text, each with what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evaluation.sentiment import evaluate, measured
from monitor.evaluation.themes import Found, report
from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import chances_of
from monitor.sentiment.ecoute import EcouteScorer
from monitor.sentiment.languages import UNREAD
from monitor.sentiment.scoring import score_all
from monitor.sentiment.theme_model import pack, shipped
from monitor.sentiment.theme_words import THEMES
from monitor.sentiment.themes import themes_of, with_themes

SCORER = EcouteScorer()
NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


def found(text: str, business: str = "Léa", language: str | None = "fr") -> dict[str, Sentiment]:
    passages = [Passage(text=text, business=business, language=language)]
    (score,) = with_themes(passages, score_all(SCORER, passages))
    return dict(score.themes)


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("Une heure d'attente pour un café.", {"délai": NEGATIVE}),
        ("Hors de prix !", {"prix": NEGATIVE}),
        ("Livré en avance, bien emballé", {"livraison": POSITIVE}),
        ("La chambre sent le moisi", {"propreté": NEGATIVE}),
        ("Très bon conseil sur les vélos", {"conseil": POSITIVE}),
        ("Cuisson parfaite, légumes croquants", {"qualité": POSITIVE}),
        ("Fleurs fanées le lendemain", {"qualité": NEGATIVE}),
        ("On n'est pas mal accueilli", {"accueil": POSITIVE}),
        ("La boutique sera fermée du 3 au 17 août.", {}),
        ("Incendie rue des Lilas : la boulangerie détruite", {}),
    ],
)
def test_plain_texts_have_their_themes(text: str, themes: dict[str, Sentiment]) -> None:
    assert found(text) == themes


def test_what_is_said_of_another_is_left_out() -> None:
    assert "accueil" in found("Chez Léa l'accueil est glacial")
    assert "accueil" not in found("Chez Dupont l'accueil est glacial, chez Léa les prix sont doux")


def test_the_name_itself_speaks_of_nothing() -> None:
    assert found("Ouvert lundi chez Propre et Net", business="Propre et Net") == {}


def test_other_languages_and_texts_without_words_have_none() -> None:
    assert found("The waiter was rude and the prices too high", language="en") == {}
    assert found("你好,价格", language=None) == {}
    assert found("!!! 😀 ...") == found("") == {}


def test_an_authors_stars_weigh_in() -> None:
    """A theme told without a judging word is as the stars are."""
    passages = [Passage(text="Un accueil.", rating=stars) for stars in (1.0, 5.0)]
    worst, best = with_themes(passages, score_all(SCORER, passages))
    assert (worst.themes["accueil"], best.themes["accueil"]) == (NEGATIVE, POSITIVE)


def test_a_score_is_read_back_as_the_probabilities_it_was_made_from() -> None:
    score = Score(sentiment=NEGATIVE, polarity=-0.5, confidence=0.6, scorer="x")
    chances = chances_of(score)
    assert chances is not None
    assert chances == pytest.approx([0.6, 0.3, 0.1])
    assert chances_of(UNREAD) is None


@given(st.text(max_size=300), st.sampled_from([None, "fr"]))
def test_any_text_has_themes_of_the_contract_in_their_order(text: str, tag: str | None) -> None:
    passage = Passage(text=text, business="Léa", language=tag)
    (score,) = SCORER.score([passage])
    names = list(themes_of(passage, score))
    assert names == [theme for theme in THEMES if theme in names]


def test_the_file_is_small_and_the_same_each_time() -> None:
    assert pack(shipped()) == pack(shipped())
    assert len(pack(shipped())) < 1_000_000


def test_figures_count_presence_and_tone() -> None:
    one = Found(
        wanted={"prix": NEGATIVE, "accueil": POSITIVE}, said={"prix": NEUTRAL, "site": NEUTRAL}
    )
    figures = report([one], 0.5)
    assert figures.texts_a_second == 2
    assert figures.together.precision is not None
    assert figures.together.f1 is not None
    assert figures.together.tone is not None
    assert (figures.together.precision.value, figures.together.f1.value) == (0.5, 0.5)
    assert figures.together.tone.value == 0
    assert figures.by_theme["ambiance"].f1 is None


def test_on_texts_they_never_saw_themes_are_found_more_often_than_not() -> None:
    """A floor against a broken file; the figures are `ecoute evaluate sentiment`'s."""
    themes = evaluate(SCORER, measured()).themes
    assert themes is not None
    assert themes.together.f1 is not None
    assert themes.together.tone is not None
    assert themes.together.f1.value > 0.5
    assert themes.together.tone.value > 0.65
