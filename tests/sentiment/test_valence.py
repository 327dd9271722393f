"""English and Dutch: what turns a word round, what weighs more, and how right it is in all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evaluation.sentiment import Labelled, evaluate, other_languages
from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage, Weighing
from monitor.sentiment.registry import make_scorer
from monitor.sentiment.valence.scorer import CALIBRATION, LANGUAGES, valence_scorer

NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


def score(language: str, text: str, business: str | None = None) -> Score:
    scorer = valence_scorer(language)
    assert scorer is not None
    (judged,) = scorer.score([Passage(text=text, business=business, language=language)])
    return judged


@pytest.mark.parametrize(
    ("language", "text", "sentiment"),
    [
        ("en", "Great bread, friendly staff", POSITIVE),
        ("en", "The bread was not good", NEGATIVE),
        ("en", "Don’t bother", NEGATIVE),
        ("en", "Nothing to complain about", POSITIVE),
        ("en", "Nice room but never again", NEGATIVE),
        ("en", "Is the bakery open on Sundays?", NEUTRAL),
        ("en", "We stayed two nights 😍", POSITIVE),
        ("en", "", NEUTRAL),
        ("nl", "Lekkere frieten en vriendelijke bediening", POSITIVE),
        ("nl", "De frieten waren niet lekker", NEGATIVE),
        ("nl", "Vieze tafels, trage bediening", NEGATIVE),
        ("nl", "Niets op aan te merken!", POSITIVE),
        ("nl", "Mooi terras, maar veel te duur", NEGATIVE),
        ("nl", "Is de bakker open op zondag?", NEUTRAL),
        ("nl", "We zaten hier gisteren 😡", NEGATIVE),
    ],
)
def test_words_phrases_and_signs_decide(language: str, text: str, sentiment: Sentiment) -> None:
    assert score(language, text).sentiment is sentiment


def test_a_name_praises_nobody() -> None:
    assert score("en", "The Happy Baker moves to Rue Haute", "The Happy Baker").polarity == 0
    assert score("nl", "De Gouden Lekkerbek is verhuisd", "De Gouden Lekkerbek").polarity == 0


def test_where_nothing_is_known_a_person_should_look() -> None:
    judged = score("en", "We floated out of there.")
    assert (judged.sentiment, judged.confidence) == (NEUTRAL, CALIBRATION.unknown)


def test_it_says_which_words_weighed() -> None:
    scorer = valence_scorer("nl")
    assert isinstance(scorer, Weighing)
    words = dict(scorer.words_of(Passage(text="Lekker maar veel te duur"), 2))
    assert set(words) == {"lekker", "veel te duur"}
    assert words["veel te duur"] < 0 < words["lekker"]


def test_other_languages_have_none() -> None:
    assert valence_scorer("de") is None


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=200))
def test_any_text_gets_a_score_that_agrees_with_itself(language: str, text: str) -> None:
    judged = score(language, text)
    assert judged.polarity is not None
    assert judged.confidence is not None
    assert -1 <= judged.polarity <= 1
    assert 0 <= judged.confidence <= 1
    if judged.sentiment is not NEUTRAL:
        assert (judged.polarity > 0) is (judged.sentiment is POSITIVE)


@pytest.mark.parametrize("piece", ["(", "not ", ":) ", "good ! ", "niet ", "éé", "…", "a'b "])
def test_long_monotonous_texts_are_scored(piece: str) -> None:
    for language in LANGUAGES:
        assert score(language, piece * 10_000).confidence


def part(language: str, name: str) -> list[Labelled]:
    return [t for t in other_languages() if t.passage.language == language and name in t.tags]


@pytest.mark.parametrize(
    ("language", "name", "least"),
    [
        ("en", "first", 0.92),
        ("nl", "first", 0.92),
        ("en", "second", 0.8),
        ("nl", "second", 0.8),
        ("en", "third", 0.48),
        ("nl", "third", 0.58),
    ],
)
def test_it_is_as_right_as_the_documentation_says(language: str, name: str, least: float) -> None:
    """The third part, of oblique texts, was written after the lexicon was closed."""
    report = evaluate(make_scorer(), part(language, name))
    assert report.accuracy is not None
    assert report.accuracy.value >= least
