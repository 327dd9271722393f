"""The build finds places among homonyms and words among names."""

from __future__ import annotations

from monitor.places.ambiguity import Vocabulary, is_ambiguous
from monitor.places.locating import Known, Spot, locate

WORDS = Vocabulary(words={"tour", "port", "vieux", "marche", "rose"}, people={"albert", "marin"})


def known(code: str, name: str, population: int, postcode: str, stands_for: str = "") -> Known:
    groups = {f"postcode {postcode}": 1.0, "arrondissement 591": 0.01}
    return Known(
        code=code,
        name=name,
        population=population,
        area="32",
        groups=groups,
        stands_for=stands_for,
    )


def spot(name: str, population: int, latitude: float) -> Spot:
    return Spot(names=frozenset({name}), area="32", population=population, point=(latitude, 3.0))


def test_of_homonyms_the_one_among_its_kin_is_taken() -> None:
    communes = [
        known("1", "Anzin", 13_000, "59410"),
        known("2", "Beuvrages", 6_600, "59410"),
        known("3", "Marly", 0, "59410"),
    ]
    spots = [
        spot("anzin", 13_100, 50.37),
        spot("beuvrages", 6_700, 50.38),
        spot("marly", 9_000, 49.1),
        spot("marly", 11_000, 50.35),
    ]
    assert locate(communes, spots)["3"] == (50.35, 3.0)


def test_a_village_that_nobody_located_lies_among_its_kin() -> None:
    communes = [known("1", "Anzin", 13_000, "59410"), known("2", "Petit", 200, "59410")]
    assert locate(communes, [spot("anzin", 13_100, 50.37)])["2"] == (50.37, 3.0)


def test_a_part_lies_where_its_whole_does() -> None:
    whole = known("1", "Anzin", 13_000, "59410")
    part = known("1+", "Vieil Anzin", 0, "62000", stands_for="1")
    assert locate([whole, part], [spot("anzin", 13_100, 50.37)])["1+"] == (50.37, 3.0)


def test_who_has_no_kin_lies_nowhere() -> None:
    assert locate([known("1", "Anzin", 13_000, "59410")], []) == {}


def test_words_alone_and_behind_an_article_are_ambiguous() -> None:
    ambiguous = [
        key
        for key in ("tour", "le port", "vieux marche", "albert", "y", "eu", "le marin")
        if is_ambiguous(key, WORDS)
    ]
    assert ambiguous == ["tour", "le port", "vieux marche", "albert", "y", "eu", "le marin"]


def test_what_says_a_town_is_not() -> None:
    for key in ("anzin", "la tour du port", "saint rose", "paris", "le havre", "port les roses"):
        assert not is_ambiguous(key, WORDS)
