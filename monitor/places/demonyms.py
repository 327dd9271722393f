"""Towns by what their people and things are called: "la brasserie lilloise"."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from monitor.places.commune import Commune
from monitor.places.lookup import communes_named
from monitor.places.names import name_key


def commune_of_demonym(word: str) -> Commune | None:
    """Return the larger town that a word like "lilloises" is said of; ``None`` for other words.

    Of two towns with one demonym the larger. Some name other things as well: a salad is niçoise
    far from Nice, see ``is_ambiguous_demonym``.

    >>> [commune_of_demonym(w).name for w in ("valenciennoise", "Lillois", "tourangelle")]
    ['Valenciennes', 'Lille', 'Tours']
    """
    code, name = _by_form().get(name_key(word), ("", ""))
    return next((c for c in communes_named(name) if c.code == code), None) if code else None


def is_ambiguous_demonym(word: str) -> bool:
    """Tell whether a demonym is said of other things than its town's.

    >>> is_ambiguous_demonym("niçoise"), is_ambiguous_demonym("lilloise")
    (True, False)
    """
    return name_key(word) in _ambiguous_forms()


def forms(demonym: str) -> tuple[str, ...]:
    """Return a demonym's masculine and feminine, singular and plural.

    >>> forms("angevin")
    ('angevin', 'angevins', 'angevine', 'angevines')
    >>> forms("manceau")
    ('manceau', 'manceaux', 'mancelle', 'mancelles')
    """
    if demonym.endswith("eau"):
        feminine, plural = demonym.removesuffix("eau") + "elle", demonym + "x"
    elif demonym.endswith("er"):
        feminine, plural = demonym.removesuffix("er") + "ère", demonym + "s"
    elif demonym.endswith(("ien", "yen")):
        feminine, plural = demonym + "ne", demonym + "s"
    elif demonym.endswith("e"):
        feminine, plural = demonym, demonym + "s"
    else:
        feminine, plural = demonym + "e", demonym if demonym.endswith("s") else demonym + "s"
    return demonym, plural, feminine, feminine + "s"


@cache
def _by_form() -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for code, (town, *demonyms) in _read()["towns"].items():
        for form in _all_forms(demonyms):
            found.setdefault(form, (code, town))
    return found


@cache
def _ambiguous_forms() -> frozenset[str]:
    return frozenset(_all_forms(_read()["ambiguous"]))


def _all_forms(demonyms: list[str]) -> Iterator[str]:
    return (name_key(form) for demonym in demonyms for form in forms(demonym))


def _read() -> dict[str, Any]:
    file = resources.files("monitor.places").joinpath("data", "demonyms.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
