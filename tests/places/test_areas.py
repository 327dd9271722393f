"""Départements, regions and demonyms."""

from __future__ import annotations

import pytest

from monitor.places import (
    areas_in,
    areas_named,
    commune_of_demonym,
    is_ambiguous_demonym,
    place_words,
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Nord", "59"),
        ("le Nord", "59"),
        ("pas de calais", "62"),
        ("L'Ain", "01"),
        ("hérault", "34"),
    ],
)
def test_a_departement_is_known_by_name(name: str, code: str) -> None:
    assert areas_named(name)[0].code == code


def test_a_region_is_known_by_name() -> None:
    [area] = areas_named("hauts de france")
    assert (area.code, area.is_departement) == ("32", False)


def test_a_departement_knows_its_region() -> None:
    assert areas_named("Nord")[0].region == areas_named("Hauts-de-France")[0].code


def test_a_compass_point_is_ambiguous_and_a_whole_name_is_not() -> None:
    assert areas_named("Nord")[0].is_ambiguous
    assert not areas_named("Pas-de-Calais")[0].is_ambiguous


def test_areas_are_found_in_texts() -> None:
    words = place_words("En Seine-Maritime, dans l'Ain et en Île-de-France")
    assert [found[0].name for _, _, found in areas_in(words)] == [
        "Seine-Maritime",
        "Ain",
        "Île-de-France",
    ]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("valenciennoises", "Valenciennes"),
        ("Stéphanois", "Saint-Étienne"),
        ("mancelle", "Le Mans"),
        ("parisiennes", "Paris"),
        ("troyenne", "Troyes"),
        ("berruyère", "Bourges"),
        ("limougeaude", "Limoges"),
        ("angevins", "Angers"),
        ("briviste", "Brive-la-Gaillarde"),
        ("saint-quentinoise", "Saint-Quentin"),
    ],
)
def test_a_demonym_tells_its_town(word: str, name: str) -> None:
    commune = commune_of_demonym(word)
    assert commune is not None
    assert commune.name == name


def test_other_words_are_no_demonyms() -> None:
    assert commune_of_demonym("fleuriste") is None
    assert commune_of_demonym("") is None


def test_a_salad_may_be_called_after_a_town() -> None:
    assert is_ambiguous_demonym("Niçoise")
    assert not is_ambiguous_demonym("lilloise")
