from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notices.ratings import read_rating


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("★★★☆☆", 3),
        ("⭐⭐⭐⭐", 4),
        ("⭐️⭐️⭐️⭐️⭐️", 5),
        ("Note : ★☆☆☆☆ (1)", 1),
        ("4/5", 4),
        ("Note : 4,5 / 5", 4.5),
        ("8,5/10", 4.25),
        ("Review score: 7.0 out of 10", 3.5),
        ("4 sur 5", 4),
        ("2 étoiles sur 5", 2),
        ("4 of 5 bubbles", 4),
        ("5-star review", 5),
        ("Nouvel avis 1 étoile", 1),
        ("16/20", 4),
        ("0,5/10", 1),
    ],
)
def test_what_a_notice_states_is_a_rating(text: str, stars: float) -> None:
    assert read_rating(text) == stars


@pytest.mark.parametrize(
    "text",
    [
        "Note moyenne : 4,3/5 (128 avis)",
        "Your overall rating is 4.5 out of 5",
        "Répondez avant le 4/5",
        "Commande du 3/10",
        "Séance du 12/10/2026",
        "★ Nouveau",
        "Ouvert 24/7",
        "12/5",
        "128 avis",
        "Note : 4",
        "5 recommandations",
    ],
)
def test_an_average_a_date_or_a_count_is_none(text: str) -> None:
    assert read_rating(text) is None


def test_a_bare_number_is_one_only_where_a_rule_says_that_a_rating_stands() -> None:
    assert read_rating("8", out_of=10) == 4
    assert read_rating(" 4,5 ", out_of=5) == 4.5
    assert read_rating("9/10", out_of=5) == 4.5
    assert read_rating("12", out_of=10) is None
    assert read_rating("8 ou 9", out_of=10) is None


@given(st.text(alphabet="0123456789/.,★☆⭐ surof étoilestr", max_size=40))
def test_a_rating_is_between_one_and_five_stars(text: str) -> None:
    stars = read_rating(text)
    assert stars is None or 1 <= stars <= 5
