"""The table that ships is whole, and says which names are words too."""

from __future__ import annotations

import pytest

from monitor.places import communes_named
from monitor.places.packing import Row, pack, unpack
from monitor.places.table import Table, table


def test_every_commune_is_there() -> None:
    whole = [commune for commune in table() if not commune.part_of]
    assert 34_000 < len(whole) < 36_000
    assert len({commune.code for commune in whole}) == len(whole)
    assert 65e6 < sum(commune.population for commune in whole) < 75e6


def test_every_departement_has_communes() -> None:
    departements = {commune.departement for commune in table()}
    mainland = {f"{number:02}" for number in range(1, 96) if number != 20}
    assert departements >= mainland | {"2A", "2B", "971", "972", "973", "974", "976"}


def test_every_commune_is_found_by_its_own_name() -> None:
    assert all(commune in communes_named(commune.name) for commune in table())


def test_communes_lie_in_france() -> None:
    mainland = [c for c in table() if len(c.departement) == 2 and c.latitude and c.longitude]
    assert len(mainland) > 34_000
    assert all(41 < (c.latitude or 0) < 51.2 and -5.2 < (c.longitude or 0) < 9.6 for c in mainland)


@pytest.mark.parametrize(
    "name",
    [
        *("Nice", "Tours", "Sens", "Vienne", "Bonne", "Grâces", "Mâcon", "Orange", "Plaisir"),
        *("Croix", "Avion", "Y", "Eu", "Son", "Fleury", "Albert", "Yves", "Léon", "Raymond"),
        *("Saint-Valentin", "Saint-Nicolas", "Le Port", "La Tour", "Les Lilas", "Cognac", "Noé"),
        "Le Vieux-Marché",
    ],
)
def test_a_name_that_is_a_word_or_a_person_is_ambiguous(name: str) -> None:
    assert communes_named(name)[0].is_ambiguous


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Paris",
            "Lille",
            "Lyon",
            "Lens",
            "Nancy",
            "Rennes",
            "Valenciennes",
            "Le Havre",
            "Calais",
        ),
        *("La Rochelle", "Saint-Amand-les-Eaux", "Bourg-la-Reine", "Roubaix", "Anzin", "Bordeaux"),
    ],
)
def test_a_name_that_says_the_town_is_not_ambiguous(name: str) -> None:
    assert not communes_named(name)[0].is_ambiguous


def test_what_is_packed_is_read_again() -> None:
    rows = [
        Row("59606", "Valenciennes", "59300", 42_845, 50_358, -3_523, "", is_ambiguous=False),
        Row("98412", "Archipel", "", 0, None, None, "98411", is_ambiguous=True),
    ]
    first, second = Table(unpack(pack(rows)))
    assert (first.name, first.postcodes, first.longitude) == ("Valenciennes", ("59300",), -3.523)
    assert (second.postcodes, second.latitude, second.part_of) == ((), None, "98411")
    assert (first.is_ambiguous, second.is_ambiguous) == (False, True)
