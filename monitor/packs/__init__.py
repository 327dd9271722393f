"""Source packs: the French local press by département, as data files with provenance.

Départements stand in ``departements.toml``, larger towns in ``towns.toml``, feeds in
``press.toml``; they say where they come from.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from monitor.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Departement:
    """One département: its number, name, and its and its region's parts of addresses."""

    number: str
    name: str
    slug: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFeed:
    """One feed of a pack; ``checked`` is the day somebody said it answered, or empty."""

    name: str
    url: str
    checked: str


def find_departement(wanted: str) -> Departement | None:
    """Return a département by its number, its name, or a postcode in it.

    >>> [find_departement(w).number for w in ("59", "59300", "nord", "2a", "20200", "1")]
    ['59', '59', '59', '2A', '2B', '01']
    """
    known = departements()
    number = _number_of(wanted.strip().upper())
    if number in known:
        return known[number]
    name = _plain(wanted)
    return next((d for d in known.values() if _plain(d.name) == name), None)


def departement_of_town(town: str) -> Departement | None:
    """Return the département of a larger town; ``None`` for one that is not in our short list.

    >>> departement_of_town("saint etienne").number
    '42'
    """
    wanted = _plain(town)
    for number, towns in _read("towns.toml").items():
        if wanted in map(_plain, towns):
            return departements()[number]
    return None


def _plain(name: str) -> str:
    return fold(name).replace("-", " ").strip()


@cache
def departements() -> dict[str, Departement]:
    """Return every département by its number."""
    return {
        number: Departement(number=number, name=name, slug=slug, region=region)
        for number, (name, slug, region) in _read("departements.toml").items()
    }


def press_feeds(departement: Departement) -> tuple[PackFeed, ...]:
    """Return the press feeds of a département."""
    return tuple(
        PackFeed(
            name=row["name"],
            url=row["url"].format(
                departement=departement.slug,
                region=departement.region,
                number=departement.number,
            ),
            checked=row["checked"],
        )
        for row in _read("press.toml")["feed"]
        if _is_for(row, departement)
    )


def departements_covered(url: str) -> frozenset[str]:
    """Return the numbers of the départements that a page of the local press is written for.

    None for other sites, and for pages that do not say which edition they are of.

    >>> sorted(departements_covered("https://www.lavoixdunord.fr/123/article"))
    ['59', '62']
    >>> sorted(departements_covered("https://actu.fr/bretagne/brest_29019/un-titre.html"))
    ['22', '29', '35', '56']
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    steps = set(parts.path.split("/"))
    covered: set[str] = set()
    for listed, row in _rows_by_host().get(host, ()):
        if listed:
            covered.update(listed)
        elif "{" in row:
            of_steps = [d for d in departements().values() if steps & {d.slug, d.region}]
            nearest = [d for d in of_steps if d.slug in steps]
            covered.update(d.number for d in nearest or of_steps)
    return frozenset(covered)


@cache
def _rows_by_host() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Return, by host, the départements and the address of each feed."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for row in _read("press.toml")["feed"]:
        host = (urlsplit(row["url"]).hostname or "").removeprefix("www.")
        if "{" in host:
            continue
        found.setdefault(host, []).append((tuple(row.get("departements", ())), row["url"]))
    return found


def _is_for(row: dict[str, Any], departement: Departement) -> bool:
    numbers, regions = row.get("departements"), row.get("regions")
    return (numbers is None or departement.number in numbers) and (
        regions is None or departement.region in regions
    )


_POSTCODE = 5
_CORSICA = "20"


def _number_of(wanted: str) -> str:
    """Return the number that a number or a postcode begins with."""
    if len(wanted) == _POSTCODE and wanted.isdecimal():
        if wanted.startswith(_CORSICA):  # 200xx and 201xx are the south, the rest the north
            return "2A" if wanted[2] in "01" else "2B"
        return wanted[:2]
    return wanted.rjust(2, "0")


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text(encoding="utf-8"))
