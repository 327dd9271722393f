"""What is known of a business beside its names: its trade, its towns, and those around."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from monitor.lexicon import trade_of, zipf
from monitor.matching.places_seen import PlaceSeen
from monitor.matching.words import word_set, words_in
from monitor.model import Business
from monitor.places import (
    Area,
    Commune,
    areas_named,
    communes_at,
    communes_headed,
    communes_named,
    departement_of,
    neighbours,
    region_of,
)
from monitor.text import fold


class Where(Enum):
    """Where a place lies, seen from a business."""

    OWN = "own"
    NEAR = "near"
    REGION = "region"
    OTHER = "other"
    UNKNOWN = "unknown"


NEAR_KM = 20
"""How far from a shop those who speak of it say they are: a drive of half an hour."""
_FREQUENT = 4.0  # Zipf value of words that are more than the short name of a town
_LINKS = word_set("sur sous la le les lez en au aux de du d l pres")
_POSTCODE = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A business as its signals see it.

    ``context`` are its context words but towns, folded and cut, by how the owner wrote them.
    ``own`` and ``near`` are INSEE codes; empty where no town is known. ``trades`` are labels.
    """

    context: dict[str, tuple[str, ...]]
    trades: frozenset[str]
    own: frozenset[str]
    near: frozenset[str]
    heads: Mapping[str, Where]
    postcodes: frozenset[str]
    departements: frozenset[str]
    regions: frozenset[str]
    words: frozenset[str]
    proper: frozenset[str]


def profile_of(business: Business) -> Profile:
    """Gather what the owner's card tells; a town is known by its name or its postcode."""
    told = [business.town or "", *business.context]
    postcodes = frozenset(code for text in told for code in _POSTCODE.findall(text))
    towns = _towns(business, postcodes)
    near = {c.code for town in towns for c in neighbours(town, within_km=NEAR_KM)}
    town_names = {_plain(town.name) for town in towns}
    context = {
        word: tuple(w.text for w in words_in(fold(word)))
        for word in business.context
        if _plain(_POSTCODE.sub("", word)) not in town_names | {""}
    }
    named = (business.name, *business.aliases, *business.context)
    departements = {town.departement for town in towns}
    departements.update(filter(None, map(departement_of, postcodes)))
    return Profile(
        context={word: words for word, words in context.items() if words},
        trades=_trades([business.trade] if business.trade else [*business.context, *named]),
        own=frozenset(town.code for town in towns),
        near=frozenset(near - {town.code for town in towns}),
        heads=_heads(towns),
        postcodes=postcodes.union(*(town.postcodes for town in towns)),
        departements=frozenset(departements),
        regions=frozenset(region_of(number) for number in departements),
        proper=frozenset(_proper(told)),
        words=frozenset(w.text for text in named for w in words_in(fold(text))),
    )


def _heads(towns: Iterable[Commune]) -> dict[str, Where]:
    """Return the short names of the towns and those around: "Romans" is Romans-sur-Isère there."""
    around = (other for town in towns for other in neighbours(town, within_km=NEAR_KM))
    heads = {head: Where.NEAR for other in around for head in _heads_of(other.name)}
    return heads | {head: Where.OWN for town in towns for head in _heads_of(town.name)}


def _heads_of(name: str) -> Iterator[str]:
    words = _plain(name).split(" ")
    for at in range(1, len(words) - 1):
        if words[at] in _LINKS:
            yield " ".join(words[:at])


def _proper(told: Iterable[str]) -> Iterator[str]:
    """Yield the words of the card that its owner wrote with a capital within or alone."""
    for text in told:
        for word in re.split(r"[\s,'’-]+", text):
            if word[:1].isupper() and len(word) > len("rue"):
                yield from (w.text for w in words_in(fold(word)))


def _trades(told: Iterable[str]) -> frozenset[str]:
    """Return the labels of all trades that are told: a café may sell tobacco."""
    found = (trade_of([text]) for text in told)
    return frozenset(trade.label for trade in found if trade is not None)


def _towns(business: Business, postcodes: frozenset[str]) -> tuple[Commune, ...]:
    """Return the communes on the card; of homonyms those that the postcodes or others bear out."""
    told = [_POSTCODE.sub("", text).strip() for text in (business.town or "", *business.context)]
    candidates = [found for text in told if text and (found := _named(text))]
    if not candidates:
        candidates = [found for text in _tails(business) if (found := _named(text))]
    by_post = {c.code for code in postcodes for c in communes_at(code)}
    known = {found[0].departement for found in candidates if len(found) == 1}
    chosen = [_choose(found, by_post, known) for found in candidates]
    if not chosen:
        chosen = [max(at, key=_population) for code in postcodes if (at := communes_at(code))]
    return tuple(dict.fromkeys(chosen))


def _named(text: str) -> tuple[Commune, ...]:
    """Return the communes of that name; a word that is also a common one has a capital."""
    found = communes_named(text)
    if not found and text[:1].isupper() and zipf(text) < _FREQUENT:
        found = communes_headed(text)
    is_written_small = text[:1].islower()
    return () if is_written_small and any(c.is_ambiguous for c in found) else found


def _tails(business: Business) -> list[str]:
    """Return what stands at the end of a name: "Interflora Valenciennes", "L'Étal de Bavay"."""
    tails = []
    for name in (business.name, *business.aliases):
        words = name.split()
        tails += [" ".join(words[start:]) for start in range(1, len(words))]
    return [t for t in tails if not any(c.is_ambiguous for c in communes_named(t))]


def _choose(found: tuple[Commune, ...], by_post: set[str], departements: set[str]) -> Commune:
    at_post = [c for c in found if c.code in by_post]
    around = [c for c in found if c.departement in departements]
    return max(at_post or around or found, key=_population)


def where_is(place: PlaceSeen, profile: Profile) -> Where:
    """Tell where a place lies; of homonyms the one nearest to the business counts."""
    if not profile.own:
        return Where.UNKNOWN
    codes = {code for c in place.communes for code in (c.code, c.part_of) if code}
    if codes & profile.own:
        return Where.OWN
    if codes & profile.near:
        return Where.NEAR
    if head := profile.heads.get(" ".join(place.part.texts[place.first : place.last + 1])):
        return head
    # "Bretagne" is a village too.
    areas = place.areas or areas_named(" ".join(place.part.texts[place.first : place.last + 1]))
    if any(_is_around(area, profile) for area in areas):
        return Where.REGION
    return Where.OTHER


def _is_around(area: Area, profile: Profile) -> bool:
    if area.is_departement:
        return area.code in profile.departements
    return area.code in profile.regions


def _plain(name: str) -> str:
    return " ".join(word.text for word in words_in(fold(name)))


def _population(commune: Commune) -> int:
    return commune.population
