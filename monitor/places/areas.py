"""Départements and regions by name, and their names within a text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.places.names import name_key

_ARTICLES = ("l ", "la ", "le ", "les ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A département or a region; ``code`` is INSEE's, ``region`` that of the one it is in.

    A region's ``region`` is its own code; codes of départements and regions overlap ("11").
    ``is_ambiguous``: the name is a common word or something else's too (a river's, a compass's).
    """

    code: str
    name: str
    region: str
    is_departement: bool
    is_ambiguous: bool


def areas_named(name: str) -> tuple[Area, ...]:
    """Return the départements and regions of a name however it is written.

    >>> [(area.code, area.is_departement) for area in areas_named("guadeloupe")]
    [('971', True), ('01', False)]
    >>> areas_named("le nord")[0].is_ambiguous
    True
    """
    key = name_key(name)
    bare = next((key.removeprefix(one) for one in _ARTICLES if key.startswith(one)), key)
    return _by_key().get(key) or _by_key().get(bare, ())


def region_of(departement: str) -> str:
    """Return the code of the region that a département is in; empty for none of ours.

    >>> region_of("59") == areas_named("Hauts-de-France")[0].code
    True
    """
    areas = (area for found in _by_key().values() for area in found)
    return next((a.region for a in areas if a.is_departement and a.code == departement), "")


def areas_in(folded_words: Sequence[str]) -> Iterator[tuple[int, int, tuple[Area, ...]]]:
    """Yield the names of départements and regions in a row of words (see ``places_in``).

    >>> words = "un orage dans le pas de calais et le nord".split()
    >>> [(first, end, found[0].name) for first, end, found in areas_in(words)]
    [(4, 7, 'Pas-de-Calais'), (9, 10, 'Nord')]
    """
    start = 0
    while start < len(folded_words):
        longest = _longest().get(folded_words[start], 0)
        for end in range(min(start + longest, len(folded_words)), start, -1):
            if found := _by_key().get(" ".join(folded_words[start:end])):
                yield start, end, found
                start = end
                break
        else:
            start += 1


@cache
def _by_key() -> Mapping[str, tuple[Area, ...]]:
    """Index all areas by name, départements first: with INSEE's article and without."""
    found: dict[str, tuple[Area, ...]] = {}
    for area in _areas():
        key = name_key(area.name)
        bare = next((key.removeprefix(one) for one in _ARTICLES if key.startswith(one)), key)
        for one in {key, bare}:
            found[one] = (*found.get(one, ()), area)
    return found


@cache
def _longest() -> Mapping[str, int]:
    """Return by first word how many words the longest name has."""
    longest: dict[str, int] = {}
    for key in _by_key():
        words = key.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


def _areas() -> Iterator[Area]:
    file = resources.files("monitor.places").joinpath("data", "areas.toml")
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    departements = [(code, name, of, True) for code, (name, of) in told["departements"].items()]
    regions = [(code, name, code, False) for code, name in told["regions"].items()]
    for code, name, region, is_departement in departements + regions:
        yield Area(
            code=code,
            name=name,
            region=region,
            is_departement=is_departement,
            is_ambiguous=name in told["ambiguous"],
        )
