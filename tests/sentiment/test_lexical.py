from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.lexical import CALIBRATION, TextblobScorer
from monitor.text import MAX_TEXT

any_text = st.text(st.characters(exclude_categories=()))  # surrogates and NUL too


@pytest.fixture(scope="module")
def scorer() -> TextblobScorer:
    return TextblobScorer()


def score_one(scorer: TextblobScorer, text: str) -> Score:
    [score] = scorer.score([Passage(text=text)])
    return score


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("Accueil chaleureux, excellent repas, merci !", Sentiment.POSITIVE),
        ("C'est honteux, serveuse désagréable.", Sentiment.NEGATIVE),
        ("Réouverture du salon le mardi 5 septembre à 9h.", Sentiment.NEUTRAL),
    ],
)
def test_plain_words_decide(scorer: TextblobScorer, text: str, sentiment: Sentiment) -> None:
    assert score_one(scorer, text).sentiment is sentiment


def test_scores_come_in_the_order_of_the_passages(scorer: TextblobScorer) -> None:
    texts = ["excellent", "", "horrible", "la rue de Famars"]
    scores = scorer.score([Passage(text=text) for text in texts])
    assert [(score.polarity or 0) > 0 for score in scores] == [True, False, False, False]
    assert scores == [score_one(scorer, text) for text in texts]


def test_no_passage_gives_no_score(scorer: TextblobScorer) -> None:
    assert scorer.score([]) == []


@pytest.mark.parametrize("text", ["", " \n\t", "😤😤", "10/10", "👏🏽", "\x00", "\ud83d"])
def test_a_text_without_known_words_is_neutral_by_absence(
    scorer: TextblobScorer, text: str
) -> None:
    score = score_one(scorer, text)
    assert (score.sentiment, score.polarity) == (Sentiment.NEUTRAL, 0.0)
    assert score.confidence == CALIBRATION.unknown


@pytest.mark.parametrize("text", ["a-00193480", "n_1", "c-0"])
def test_a_text_like_a_wordnet_identifier_is_a_text(scorer: TextblobScorer, text: str) -> None:
    assert score_one(scorer, text).sentiment is Sentiment.NEUTRAL


@pytest.mark.parametrize(
    ("language", "sentiment"),
    [
        (None, Sentiment.POSITIVE),
        ("", Sentiment.POSITIVE),
        ("fr", Sentiment.POSITIVE),
        ("fr_CA", Sentiment.POSITIVE),
        ("en", None),
        ("nl", None),
    ],
)
def test_a_text_in_another_language_is_not_judged_by_french_words(
    scorer: TextblobScorer, language: str | None, sentiment: Sentiment | None
) -> None:
    [score] = scorer.score([Passage(text="excellent", language=language)])
    assert score.sentiment is sentiment


def test_words_beyond_the_longest_text_are_not_read(scorer: TextblobScorer) -> None:
    assert score_one(scorer, "a " * (MAX_TEXT // 2) + "excellent").polarity == 0.0


@pytest.mark.parametrize(
    "piece", ["(", "’", "l'", ":) ", "bon ! ", "ne pas ", "...a", "1 ", "a.b."]
)
def test_long_monotonous_texts_are_scored(scorer: TextblobScorer, piece: str) -> None:
    score = score_one(scorer, piece * (MAX_TEXT // len(piece)))
    assert score.polarity is not None
    assert -1 <= score.polarity <= 1


@given(any_text)
def test_any_text_has_a_score_in_range_whose_class_agrees(text: str) -> None:
    score = score_one(TextblobScorer(), text)
    assert score.scorer == "textblob-1"
    assert score.polarity is not None
    assert score.confidence is not None
    assert -1 <= score.polarity <= 1
    assert 0 <= score.confidence <= 1
    assert score.sentiment is CALIBRATION.classify(score.polarity)


def test_importing_the_room_loads_neither_nltk_nor_numpy() -> None:
    """The command starts fast: only a scorer that is made pays for its libraries."""
    program = (
        "import sys, monitor.sentiment.registry, monitor.sentiment.scoring, "
        "monitor.language.detect; "
        "sys.exit(bool({'nltk', 'textblob', 'numpy', 'py3langid'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=False).returncode == 0  # noqa: S603 - our own words
