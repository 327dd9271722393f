"""Communes by name, postcode and distance."""

from __future__ import annotations

from functools import lru_cache
from math import cos, hypot, radians

from monitor.places.commune import Commune
from monitor.places.names import name_key
from monitor.places.table import table

_KM_PER_DEGREE = 111.2  # of a meridian; WGS 84, mean
_POSTCODE = 5
_CORSICA, _OVERSEAS = "20", ("97", "98")


def communes_named(name: str) -> tuple[Commune, ...]:
    """Return all communes of a name however it is written, the largest first.

    >>> [c.departement for c in communes_named("st amand les eaux")]
    ['59']
    >>> [c.name for c in communes_named("L'HAY LES ROSES")]
    ["L'Haÿ-les-Roses"]
    """
    return table().rows_named(name_key(name))


def commune_of(name: str, postcode_or_departement: str | None = None) -> Commune | None:
    """Return the commune that a name most likely means: the largest, there if told where.

    >>> commune_of("Valence").departement, commune_of("Valence", "82").departement
    ('26', '82')
    >>> commune_of("Bagdad") is None
    True
    """
    found = communes_named(name)
    if postcode_or_departement:
        found = tuple(c for c in found if _is_in(c, postcode_or_departement.strip().upper()))
    return found[0] if found else None


def communes_at(postcode: str) -> tuple[Commune, ...]:
    """Return the communes of a postcode, the largest first.

    >>> [c.name for c in communes_at("59300")][:2]
    ['Valenciennes', 'Aulnoy-lez-Valenciennes']
    """
    return table().at(postcode.strip())


def departement_of(postcode: str) -> str | None:
    """Return the département that most of a postcode's people live in.

    Of a postcode that no commune has (a firm's own), the one it begins with.

    >>> departement_of("59300"), departement_of("20200"), departement_of("97400")
    ('59', '2B', '974')
    """
    postcode = postcode.strip()
    people: dict[str, int] = {}
    for commune in communes_at(postcode):
        people[commune.departement] = people.get(commune.departement, 0) + commune.population
    return max(people, key=lambda d: people[d]) if people else _prefix(postcode)


@lru_cache(maxsize=256)
def neighbours(commune: Commune, within_km: float = 15) -> tuple[Commune, ...]:
    """Return the communes around, the nearest first, as the crow flies; not itself.

    >>> [c.name for c in neighbours(communes_named("Valenciennes")[0], within_km=4)][:2]
    ['Anzin', 'Marly']
    """
    if commune.latitude is None or commune.longitude is None:
        return ()
    high = within_km / _KM_PER_DEGREE
    wide = high / max(cos(radians(commune.latitude)), 0.01)
    box = table().between(
        commune.latitude - high,
        commune.latitude + high,
        commune.longitude - wide,
        commune.longitude + wide,
    )
    far = ((distance_km(commune, other), other) for other in box if other.code != commune.code)
    near = [(distance, other) for distance, other in far if distance <= within_km]
    return tuple(other for _, other in sorted(near, key=lambda one: (one[0], one[1].code)))


def distance_km(one: Commune, other: Commune) -> float:
    """Return the kilometres between two communes, to a percent within France; inf if unknown.

    >>> round(distance_km(communes_named("Lille")[0], communes_named("Roubaix")[0]))
    11
    """
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return float("inf")
    south, west = one.latitude or 0.0, one.longitude or 0.0
    north, east = other.latitude or 0.0, other.longitude or 0.0
    shrink = cos(radians((south + north) / 2))
    return _KM_PER_DEGREE * hypot(north - south, (east - west) * shrink)


def _is_in(commune: Commune, where: str) -> bool:
    if len(where) == _POSTCODE:
        return where in commune.postcodes
    return commune.departement == where.rjust(2, "0")


def _prefix(postcode: str) -> str | None:
    if len(postcode) != _POSTCODE or not (postcode.isascii() and postcode.isdecimal()):
        return None
    if postcode.startswith(_CORSICA):  # 200xx and 201xx are the south, the rest the north
        return "2A" if postcode[2] in "01" else "2B"
    number = postcode[: 3 if postcode.startswith(_OVERSEAS) else 2]
    return None if number in {"00", "96", "99"} else number
