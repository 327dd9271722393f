"""Keys of phrases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.lexicon import grams, key, key_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bouquet de roses", "Bouquets de Rose"),
        ("gâteau", "gâteaux"),
        ("cheval", "chevaux"),
        ("bijou", "bijoux"),
        ("travail", "travaux"),
        ("coup d'œil", "COUP D’ŒIL"),
        ("auto-école", "auto école"),
        ("lieu", "lieux"),
    ],
)
def test_likes_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("fils", "fil"), ("cours", "cour"), ("fois", "foi"), ("mois", "moi")]
)
def test_other_words_have_another_key(one: str, other: str) -> None:
    assert key(one) != key(other)


@given(st.text())
def test_a_text_holds_the_key_of_each_of_its_words(text: str) -> None:
    assert set(key_words(text)) <= grams(text)


def test_long_texts_take_no_longer_phrases() -> None:
    assert max(gram.count(" ") for gram in grams("un deux trois quatre cinq six sept")) == 4
