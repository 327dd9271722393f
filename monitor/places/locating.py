"""Where communes lie, for the build: GeoNames has the larger ones, the rest lie among their kin.

A name alone does not do: homonyms abound, even within a region. What settles it is the company a
commune keeps: those of its postcode, of its intercommunality and of its arrondissement.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, hypot, radians, sqrt
from statistics import median

from monitor.places.names import name_key

Point = tuple[float, float]
"""Latitude and longitude, degrees."""

_Middle = tuple[int, Point]

_FAR_KM = 25.0
"""From the middle of its kin: a homonym. Arrondissements are some 40 km wide."""
_FAR_ALIKE_KM = 60.0
"""The same where the number of people agrees: of some regions' ends the kin is far."""
_ALIKE = 0.35
"""Difference of two counts of the people of one commune: GeoNames' are up to ten years older."""
_TURNS = 3  # homonyms that are settled settle others; after three nothing moves
_ARRONDISSEMENT = re.compile(r"(Paris|Lyon|Marseille) (\d\d) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A commune of INSEE's, with the groups it belongs to and what each tells.

    ``stands_for`` is the code of the one that lies where it does if nothing else is known: of the
    whole that it was joined to, or of the part that the whole has its town hall in.
    """

    code: str
    name: str
    population: int
    area: str
    groups: Mapping[str, float]
    stands_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place of GeoNames: ``area`` is a region's code, or a country's overseas."""

    names: frozenset[str]
    area: str
    population: int
    point: Point


def locate(communes: Iterable[Known], spots: Iterable[Spot]) -> dict[str, Point]:
    """Return where each commune lies, by code; those of no located kin are not there."""
    communes = list(communes)
    by_name = _index(spots)
    candidates = {c.code: by_name.get((c.area, name_key(c.name)), []) for c in communes}
    found = {c.code: spot for c in communes if (spot := _only_one_alike(c, candidates[c.code]))}
    for _ in range(_TURNS):
        middles = _middles(communes, found)
        nearest = ((c, _nearest(c, candidates[c.code], _middle(c, middles))) for c in communes)
        found = {c.code: point for c, point in nearest if point}
    middles = _middles(communes, found)
    guesses = ((c, found.get(c.stands_for) or _middle(c, middles)) for c in communes)
    return {c.code: guess for c, guess in guesses if guess} | found


def spot_names(name: str, others: Iterable[str]) -> frozenset[str]:
    """Return the keys of a place's names; "Paris 03 Temple" is an arrondissement.

    >>> sorted(spot_names("Paris 03 Temple", ()))
    ['paris 03 temple', 'paris 3e arrondissement']
    """
    keys = {name_key(one) for one in (name, *others)}
    if found := _ARRONDISSEMENT.match(name):
        number = int(found[2])
        keys.add(f"{found[1].lower()} {number}{'er' if number == 1 else 'e'} arrondissement")
    return frozenset(keys)


def distance_km(one: Point, other: Point) -> float:
    """Return the distance of two points within one country."""
    shrink = cos(radians(one[0]))
    return 111.2 * hypot(one[0] - other[0], (one[1] - other[1]) * shrink)


def _index(spots: Iterable[Spot]) -> Mapping[tuple[str, str], list[Spot]]:
    index: dict[tuple[str, str], list[Spot]] = defaultdict(list)
    for spot in spots:
        for name in spot.names:
            index[spot.area, name].append(spot)
    return index


def _only_one_alike(commune: Known, candidates: list[Spot]) -> Point | None:
    alike = [spot.point for spot in candidates if _is_alike(commune, spot)]
    return alike[0] if len(alike) == 1 else None


def _is_alike(commune: Known, spot: Spot) -> bool:
    return abs(spot.population - commune.population) <= _ALIKE * commune.population


def _middles(communes: Iterable[Known], found: Mapping[str, Point]) -> Mapping[str, _Middle]:
    """Return where each group has its middle; the median, which heeds no stray one."""
    members: dict[str, list[Point]] = defaultdict(list)
    for commune in communes:
        if commune.code in found:
            for group in commune.groups:
                members[group].append(found[commune.code])
    return {
        group: (len(points), (median(p[0] for p in points), median(p[1] for p in points)))
        for group, points in members.items()
    }


def _middle(commune: Known, middles: Mapping[str, _Middle]) -> Point | None:
    """Return the middle of a commune's groups, the narrower and the larger weighing more."""
    told = [
        (weight * sqrt(middles[group][0]), middles[group][1])
        for group, weight in commune.groups.items()
        if group in middles
    ]
    if not told:
        return None
    total = sum(weight for weight, _ in told)
    return sum(w * p[0] for w, p in told) / total, sum(w * p[1] for w, p in told) / total


def _nearest(commune: Known, candidates: list[Spot], middle: Point | None) -> Point | None:
    if middle is None:
        return candidates[0].point if len(candidates) == 1 else None
    near = [
        (distance, spot.point)
        for spot in candidates
        if (distance := distance_km(spot.point, middle))
        < (_FAR_ALIKE_KM if _is_alike(commune, spot) else _FAR_KM)
    ]
    return min(near)[1] if near else None
