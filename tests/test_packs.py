"""Source packs: every département has its press, every address is one."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from monitor.packs import (
    Departement,
    departement_of_town,
    departements,
    find_departement,
    press_feeds,
)

NORD = find_departement("59")


def test_there_are_the_96_departements_of_the_mainland() -> None:
    assert len(departements()) == 96


@pytest.mark.parametrize("departement", departements().values(), ids=lambda d: d.number)
def test_every_departement_has_press_at_whole_addresses(departement: Departement) -> None:
    feeds = press_feeds(departement)
    assert feeds
    assert len({feed.url for feed in feeds}) == len(feeds)
    for feed in feeds:
        assert urlsplit(feed.url).scheme == "https"
        assert "{" not in feed.url


def test_the_north_reads_its_daily() -> None:
    assert NORD is not None
    names = [feed.name for feed in press_feeds(NORD)]
    assert {"La Voix du Nord", "France 3", "actu.fr", "ici Nord"} == set(names)


def test_a_larger_town_is_in_its_departement_and_only_one() -> None:
    found = departement_of_town("Valenciennes")
    assert found is not None
    assert found.number == "59"
    assert departement_of_town("Petit-Village") is None
    for departement in departements().values():
        assert press_feeds(departement)


@pytest.mark.parametrize("wanted", ["", "00", "99", "99999", "Atlantide", "975"])
def test_what_is_no_departement_is_none(wanted: str) -> None:
    assert find_departement(wanted) is None
