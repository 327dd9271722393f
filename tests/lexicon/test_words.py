"""How common words are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.lexicon import is_word, zipf


def test_common_words_come_before_rarer_ones() -> None:
    order = [zipf(word) for word in ("de", "chez", "soleil", "fleuriste", "pétunia", "bougamont")]
    assert order == sorted(order, reverse=True)
    assert order[0] > 7
    assert order[-1] == 0.0


@pytest.mark.parametrize(
    "word", ["Soleil", "petit", "MARCHÉ", "œuf", "oeuf", "vidange", "pâtisseries", "Marcel", "paul"]
)
def test_knows_french_words_however_they_are_written(word: str) -> None:
    assert is_word(word)
    assert zipf(word) > 2


@pytest.mark.parametrize(
    "word", ["bougamont", "zyxwv", "", " ", "le petit", "12", "é" * 1000, "лес"]
)
def test_knows_nothing_else(word: str) -> None:
    assert not is_word(word)
    assert zipf(word) == 0.0


@given(st.text())
def test_takes_any_string(text: str) -> None:
    assert 0.0 <= zipf(text) < 9
