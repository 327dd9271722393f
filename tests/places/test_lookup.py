"""Communes are found however their name is written, and where they are."""

from __future__ import annotations

import pytest

from monitor.places import (
    commune_of,
    communes_at,
    communes_named,
    departement_of,
    distance_km,
    neighbours,
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("saint amand les eaux", "59526"),
        ("St-Amand-les-Eaux", "59526"),
        ("SAINT AMAND LES EAUX", "59526"),
        ("Saint‑Amand‑les‑Eaux", "59526"),
        ("L'Haÿ-les-Roses", "94038"),
        ("L’Hay les Roses", "94038"),
        ("l hay les roses", "94038"),
        ("Ste-Geneviève-des-Bois", "91549"),
        ("Chalon s/Saône", "71076"),
        ("  le havre ", "76351"),
        ("Paris", "75056"),
        ("Paris 10e", "75110"),
        ("paris 10ème", "75110"),
        ("Lyon 1er", "69381"),
        ("Marseille 8e arrondissement", "13208"),
        ("Château-Chinon", "58062"),
    ],
)
def test_a_name_is_known_in_all_its_writings(written: str, code: str) -> None:
    assert communes_named(written)[0].code == code


@pytest.mark.parametrize("name", ["", "   ", "Bagdad", "Saint", "-", "'", "x" * 10_000])
def test_what_is_no_commune_names_none(name: str) -> None:
    assert communes_named(name) == ()


def test_homonyms_come_the_largest_first() -> None:
    found = communes_named("Saint-Denis")
    assert found[0].departement in {"93", "974"}
    populations = [commune.population for commune in found]
    assert populations == sorted(populations, reverse=True)


def test_the_best_guess_heeds_the_postcode_and_the_departement() -> None:
    guesses = [commune_of("Valence", where) for where in (None, "82400", "82", "59")]
    assert [guess and guess.departement for guess in guesses] == ["26", "82", "82", None]


def test_a_departement_below_ten_may_lack_its_nought() -> None:
    assert commune_of("Gex", "1") == commune_of("Gex", "01170")


def test_all_communes_of_a_postcode_are_there() -> None:
    names = {commune.name for commune in communes_at("59230")}
    assert {"Saint-Amand-les-Eaux", "Rosult", "Sars-et-Rosières"} <= names


def test_an_unknown_postcode_has_no_commune() -> None:
    assert communes_at("99999") == communes_at("") == communes_at("59") == ()


@pytest.mark.parametrize(
    ("postcode", "departement"),
    [
        ("59300", "59"),
        ("20000", "2A"),
        ("20200", "2B"),
        ("97110", "971"),
        ("97400", "974"),
        ("75116", "75"),
        ("59999", "59"),
        ("20199", "2A"),
        ("99999", None),
        ("abcde", None),
        ("", None),
        ("59", None),
    ],
)
def test_a_postcode_tells_its_departement(postcode: str, departement: str | None) -> None:
    assert departement_of(postcode) == departement


def test_a_postcode_across_a_border_counts_where_most_live() -> None:
    assert departement_of("01410") == "01"
    assert {commune.departement for commune in communes_at("01410")} >= {"01"}


def test_neighbours_are_near_and_in_order() -> None:
    valenciennes = communes_named("Valenciennes")[0]
    found = neighbours(valenciennes)
    distances = [distance_km(valenciennes, other) for other in found]
    assert distances == sorted(distances)
    assert max(distances) <= 15
    names = {commune.name for commune in found}
    assert {"Anzin", "Marly", "Raismes", "Saint-Amand-les-Eaux"} <= names
    assert not {"Valenciennes", "Lille"} & names


def test_neighbours_are_mutual() -> None:
    anzin = communes_named("Anzin")[0]
    assert all(anzin in neighbours(other) for other in neighbours(anzin))


def test_a_commune_of_unknown_place_has_no_neighbours() -> None:
    lonely = communes_named("Archipel des Kerguelen")[0]
    assert lonely.latitude is None
    assert neighbours(lonely) == ()


def test_an_arrondissement_and_a_former_commune_know_their_whole() -> None:
    assert communes_named("Paris 10e")[0].part_of == "75056"
    assert communes_named("Vouël")[0].part_of == communes_named("Tergnier")[0].code
