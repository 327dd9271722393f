"""Names of communes are found within texts, and only whole ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.places import communes_named, place_words, places_in


def found_in(text: str) -> list[str]:
    words = place_words(text)
    return [" ".join(words[first:end]) for first, end, _ in places_in(words)]


def test_the_longest_name_is_taken() -> None:
    assert found_in("À Saint-Amand-les-Eaux et à Saint-Amand") == [
        "saint amand les eaux",
        "saint amand",
    ]


def test_a_name_within_a_longer_word_is_none() -> None:
    assert found_in("les Lillois et l'Anzinoise") == []


def test_an_article_is_part_of_the_name_unless_contracted() -> None:
    assert found_in("de La Rochelle au Havre") == ["la rochelle", "havre"]
    assert found_in("à la porte des Lilas, aux Mureaux") == ["lilas", "mureaux"]


def test_homonyms_come_together_the_largest_first() -> None:
    [(_, _, homonyms)] = places_in(place_words("à Valence"))
    assert [commune.departement for commune in homonyms[:2]] == ["26", "82"]


def test_finds_do_not_overlap() -> None:
    words = place_words("Lille Roubaix Tourcoing Villeneuve-d'Ascq")
    spans = [(first, end) for first, end, _ in places_in(words)]
    assert spans == [(0, 1), (1, 2), (2, 3), (3, 6)]


def test_no_words_hold_no_places() -> None:
    assert list(places_in([])) == []


def test_the_same_word_very_often_is_read_at_once() -> None:
    assert sum(1 for _ in places_in(["saint"] * 100_000)) == 0


words = st.sampled_from(
    place_words("à Saint-Amand-les-Eaux, le Havre du Mans sur la mer, Paris 10e d l")
)


@given(st.lists(words, max_size=30))
def test_every_find_names_its_communes(row: list[str]) -> None:
    end = 0
    for first, end_of_find, communes in places_in(row):
        assert end <= first < end_of_find <= len(row)
        end = end_of_find
        name = " ".join(row[first:end])
        named = [communes_named(f"{article}{name}") for article in ("", "le ", "les ")]
        assert communes in named
