"""Numbers in words and in digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe.numerals import tokens_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("trente et un", "31"),
        ("vingt-deux", "22"),
        ("soixante et onze", "71"),
        ("quatre-vingt-dix-sept", "97"),
        ("deux cents", "200"),
        ("cent quarante", "140"),
        ("trente mille", "30000"),
        ("deux mille cinq cents", "2500"),
        ("480 000", "480000"),
        ("45.000", "45000"),
        ("19,90", "19,90"),
        ("18 h 15", "18h15"),
        ("17 heures", "17h"),
    ],
)
def test_a_number_is_one_however_it_is_written(text: str, number: str) -> None:
    assert tokens_of(text) == [number]


@given(st.text())
def test_no_text_raises(text: str) -> None:
    tokens_of(text)
