from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from monitor.notices.patterns import Folded, read_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("{} a laissé un avis", "Marie D. A LAISSE un avis !", "Marie D."),
        ("Avis de {}", "Nouvel avis de Luc P.", "Luc P."),
        ("Note : {}", "Note\u00a0: 4,5/5", "4,5/5"),
        ("Titre : {} (lu)", "titre : Très bon (lu) hier", "Très bon"),
        ("Avis * du {}", "Avis déposé du 12 mai", "12 mai"),
        ("Commentaire : {} Répondre", "Commentaire :\nTrès\nbien.\nRépondre", "Très\nbien."),
        ("Avis de {}", "rien de tel", None),
        ("b {} a", "a b", None),
    ],
)
def test_a_pattern_finds_what_is_wanted(pattern: str, text: str, found: str | None) -> None:
    assert read_pattern(pattern).find(Folded(text)) == found


@pytest.mark.parametrize(
    ("pattern", "text", "is_whole"),
    [
        ("Actualités", " ACTUALITES ", True),
        ("Actualités", "Actualités du jour", False),
        ("Mise à jour *", "Mise à jour du 12 mai", True),
        ("*mise à jour*", "Dernière mise à jour hier", True),
        ("a*a", "a", False),
        ("a*b*c", "a c b c", True),
    ],
)
def test_a_pattern_is_the_whole_line_or_not(pattern: str, text: str, is_whole: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert read_pattern(pattern).is_whole(Folded(text)) == is_whole


@pytest.mark.parametrize("pattern", ["*", "{}", " * {} ", "{} et {}", "a" * 201, ""])
def test_a_pattern_that_says_nothing_or_too_much_is_refused(pattern: str) -> None:
    with pytest.raises(PydanticCustomError):
        read_pattern(pattern)


@given(st.text(max_size=300), st.text(max_size=60))
def test_no_pattern_and_no_text_raises(text: str, written: str) -> None:
    try:
        pattern = read_pattern(written)
    except PydanticCustomError:
        return
    folded = Folded(text)
    found = pattern.find(folded)
    assert found is None or found in text
    assert pattern.holds(folded) == (found is not None)
    assert not (pattern.is_whole(folded) and not pattern.holds(Folded(f" {text} ")))


def test_the_worst_pattern_ends_within_a_second_on_the_longest_text() -> None:
    """Promise 27; what makes regular expressions take for ever."""
    pattern = read_pattern("*".join(["a"] * 99) + "b")
    text = Folded("a" * 20_000)
    started_s = time.perf_counter()
    assert not pattern.holds(text)
    assert not pattern.is_whole(text)
    assert time.perf_counter() - started_s < 1
