"""What places tell: the shop's own town, one nearby, another one said of its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from monitor.lexicon import is_first_name, is_word
from monitor.matching.distinctness import distinctness
from monitor.matching.facts import Facts, trades_named
from monitor.matching.places_seen import PlaceSeen
from monitor.matching.profile import Profile, Where, where_is
from monitor.matching.relevance import signal
from monitor.matching.spots import Spot
from monitor.matching.words import word_set
from monitor.model import Signal
from monitor.packs import departements_covered
from monitor.places import zone_of

_OF_TOWNS = word_set(
    "ville mairie commune centre maire habitants pays gare environs region nord pres loin autour"
)
_OF_LANDS = word_set(
    "tribunal tribunaux cour appel prefecture chu academie rectorat ars cci urssaf diocese eveche"
    " aeroport universite parquet procureur procureure agglo agglomeration"
)
"""What serves a land around its town: its town's name tells nothing of where a shop is."""
_COMING = word_set("viens vient venu venue venus venir venions habite habitant originaire")
_LANDLINE = re.compile(
    r"(?<![\d.])(?:0|\+33[ .]?(?:\(0\))?)(?P<zone>[1-5])(?:[ .-]?[\dx*]{2}){4}(?!\d)"
)
_AFTER, _BEFORE = 6, 4
"""Words after and before a name within which a town is said of it."""
_IN_TITLE = 12  # a headline is one statement
_ELSEWHERE = 1.5
"""The more a name tells, the less another town somewhere in the text tells against it."""


def town_signals(facts: Facts, profile: Profile, spots: list[Spot]) -> Iterator[Signal]:
    """Yield what the places of an entry tell, wherever they stand in it."""
    if codes := facts.postcodes & profile.postcodes:
        yield signal("postcode", min(codes))
    elif facts.postcodes and profile.postcodes:
        yield signal("other_postcode", min(facts.postcodes))
    if number := _distant_phone(facts, profile):
        yield signal("other_phone", number)
    seen = [p for p in facts.places if not any(spot.covers(p) for spot in spots)]
    where = {place: where_is(place, profile) for place in seen if place.is_likely}
    for wanted, name in ((Where.OWN, "town"), (Where.NEAR, "near"), (Where.REGION, "region")):
        if found := [place for place in seen if where.get(place) is wanted]:
            yield signal(name, found[0].shown)
            return
    others = [
        place
        for place in seen
        if (place.is_sure or not place.is_name)
        and where[place] is Where.OTHER
        and not _comes_from(place)
        and not _is_of_land(place)
        and not _is_in_name(place, spots)
    ]
    if profile.own and others:
        value = max((distinctness(" ".join(spot.words)) for spot in spots), default=0.0)
        share = min(1.0, _ELSEWHERE - value)
        # "les Malouins" may visit us.
        first = next((place for place in others if place.is_name), others[0])
        yield signal("other_town", first.shown, share=share if first.is_name else share / 2)


def beside_signals(spot: Spot, facts: Facts, profile: Profile) -> Iterator[Signal]:
    """Yield what the place that is said of the name tells."""
    if not profile.own:
        return
    beside = list(_beside(spot, facts))
    ours = [place for place in beside if _is_home(place, profile)]
    if ours:
        yield signal("town_beside", ours[0].shown)
        return
    if any(_is_home(place, profile) for place in facts.places if not spot.covers(place)):
        return
    datelines = [place for place in facts.places if place.is_dateline]
    others = [
        place
        for place in (*beside, *datelines)
        if place.is_sure and where_is(place, profile) is Where.OTHER
    ]
    if others:
        yield signal("other_town_beside", others[0].shown)
    elif unknown := _unknown_beside(spot, facts, profile):
        yield signal("other_town_beside", unknown, share=0.6)


def locality_signals(facts: Facts, profile: Profile) -> Iterator[Signal]:
    """Yield whether the local press that says so is that of the business."""
    url = facts.reading.entry.url
    covered = departements_covered(url) if url and profile.departements else frozenset()
    if covered:
        is_ours = not covered.isdisjoint(profile.departements)
        yield signal("locality" if is_ours else "other_locality", ", ".join(sorted(covered)))


def _is_home(place: PlaceSeen, profile: Profile) -> bool:
    return place.is_likely and where_is(place, profile) in {Where.OWN, Where.NEAR}


def _beside(spot: Spot, facts: Facts) -> Iterator[PlaceSeen]:
    """Yield the towns that are said of the name: close by, not where somebody comes from."""
    for seen in facts.places:
        if seen.part is not spot.part or spot.covers(seen) or spot.is_within(seen):
            continue
        if (
            _is_beside(spot, seen)
            and _one_sentence(seen, spot)
            and not (_comes_from(seen) or _is_of_land(seen))
        ):
            touches = seen.first == spot.last + 1 and spot.part.is_capital(seen.first)
            yield replace(seen, is_sure=seen.is_sure or touches)


def _unknown_beside(spot: Spot, facts: Facts, profile: Profile) -> str | None:
    """Return the capital word that follows as a place does, though no list of ours has it.

    "GB Auto à Trifouillis", "la boulangerie de la Gare de Trifouillis".
    """
    part, link = spot.part, spot.last + 1
    number = link + 1
    if number >= len(part.texts) or spot.after() not in {"a", "d", "de"} or not part.joined(number):
        return None
    word = part.texts[number]
    is_strange = part.is_capital(number) and word not in profile.words and not is_word(word)
    if not is_strange or is_first_name(word) or trades_named(word):
        return None
    if any(seen.part is part and seen.first <= number <= seen.last for seen in facts.places):
        return None
    return part.shown(number, number)


def _is_in_name(seen: PlaceSeen, spots: list[Spot]) -> bool:
    """Tell whether a town is but a part of another's name: "Jeff de Bruges"."""
    texts, part = seen.part.texts, seen.part
    owner = seen.first - 2
    if any(spot.part is part and spot.first <= owner <= spot.last for spot in spots):
        return False
    return (
        seen.first > 1
        and texts[seen.first - 1] in {"de", "du", "d"}
        and not part.is_small(owner)
        and not trades_named(texts[owner])
        and texts[owner] not in _OF_TOWNS
    )


def _distant_phone(facts: Facts, profile: Profile) -> str | None:
    """Return a landline's number if those that the entry gives are all of other zones."""
    zones = {zone_of(departement) for departement in profile.departements}
    found = [m for part in facts.reading.parts for m in _LANDLINE.finditer(part.folded)]
    if not zones or any(m["zone"] in zones for m in found):
        return None
    return found[0].group() if found else None


def _is_of_land(seen: PlaceSeen) -> bool:
    texts, owner = seen.part.texts, seen.first - 2
    return owner >= 0 and texts[owner + 1] in {"de", "du", "d"} and texts[owner] in _OF_LANDS


def _is_beside(spot: Spot, seen: PlaceSeen) -> bool:
    if seen.first > spot.last:
        return seen.first - spot.last <= (_IN_TITLE if spot.part.is_title else _AFTER)
    of = spot.part.texts[seen.first - 1] if seen.first else ""
    # "Jeff de Bruges, puis Léa": that town is said of what stands before it.
    is_others = of in {"de", "du", "d"} and seen.last + 1 != spot.first
    return spot.first - seen.last <= _BEFORE and not is_others


def _one_sentence(seen: PlaceSeen, spot: Spot) -> bool:
    first, last = sorted((seen.first, spot.first))
    return not any(set(spot.part.gap(n)) & set(".!?…;") for n in range(first + 1, last + 1))


def _comes_from(seen: PlaceSeen) -> bool:
    """Tell whether a place is where somebody comes from, not where something is."""
    before = seen.part.texts[max(0, seen.first - 3) : seen.first]
    return bool(_COMING & set(before))
