"""Places named in an entry: communes, départements, towns abroad, and what may be one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.lexicon import is_first_name, zipf
from monitor.matching.abroad import ABROAD
from monitor.matching.reading import Part
from monitor.matching.words import word_set
from monitor.places import (
    Area,
    Commune,
    areas_in,
    commune_of_demonym,
    communes_headed,
    places_in,
)

STREETS = word_set(
    "za zac zi zone rocade echangeur ehpad foyer cimetiere bourg canal ecluse salle bus"
    " rue rues avenue av boulevard bd bld place quai chemin allee impasse square quartier"
    " route passage faubourg lotissement residence cite pont parking arret rond carrefour"
    " sentier villa hameau lieudit foret bois plage lac mont vallee ile stade gymnase"
    " college lycee ecole eglise chapelle manoir chateau domaine copropriete tour grotte"
    " butte gare tram metro hopital clinique arrets immeuble abbaye basilique cours mail esplanade"
    " promenade venelle ruelle traverse montee quais viaduc halle halles barriere porte"
)
"""What bears a name without being the shop of that name, nor the town."""
_OF_TOWNS = word_set("gare tram metro hopital clinique quartier arrets arret parking stade pont")
_OUTLETS = word_set("republicain libre libere presse matin soir eclair dimanche infos info actu")
_AT = word_set("a au aux sur pres vers d de du des mairie ville commune secteur")
_FREQUENT = 4.0  # Zipf value of words that are more than names of small towns
_MIN_LETTERS = 4  # of the head of a longer name
_FEW_LETTERS = 4  # that are letters when all are capitals


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A place's name in a part, from word ``first`` to word ``last``; homonyms are all there.

    ``is_sure``: it surely means the place. ``is_likely``: to somebody who lives there. Neither
    communes nor areas: it lies abroad. Not ``is_name``: that of its people ("lillois").
    ``is_dateline``: the part begins with it, as press does ("Lille : …").
    """

    part: Part
    first: int
    last: int
    is_sure: bool
    is_likely: bool
    communes: tuple[Commune, ...] = ()
    areas: tuple[Area, ...] = ()
    is_name: bool = True
    is_dateline: bool = False

    @property
    def shown(self) -> str:
        """The place as it was written."""
        return self.part.shown(self.first, self.last)


def places_of(part: Part) -> Iterator[PlaceSeen]:
    """Yield the places that a part names, each once."""
    areas = list(areas_in(part.texts))
    # "Deux-Sèvres" is no Sèvres.
    taken = {n for first, end, _ in areas if end - first > 1 for n in range(first, end)}
    for first, end, communes in places_in(part.texts):
        if not taken.isdisjoint(range(first, end)):
            continue
        taken.update(range(first, end))
        is_common = any(commune.is_ambiguous for commune in communes)
        yield _seen(part, first, end - 1, is_common=is_common, communes=communes)
    for first, end, found in areas:
        if end - first > 1 or first not in taken:
            is_common = any(area.is_ambiguous for area in found)
            yield _seen(part, first, end - 1, is_common=is_common, areas=found)
            taken.update(range(first, end))
    for number, word in enumerate(part.texts):
        if number not in taken:
            yield from _by_word(part, number, word)


def _by_word(part: Part, number: int, word: str) -> Iterator[PlaceSeen]:
    """Yield the place that a word means though it is no commune's whole name."""
    if word in ABROAD:
        yield _seen(part, number, number, is_common=False)
    elif town := commune_of_demonym(word):
        yield PlaceSeen(
            part, number, number, is_sure=False, is_likely=True, communes=(town,), is_name=False
        )
    elif (
        len(word) >= _MIN_LETTERS
        and not part.is_small(number)
        and not _is_frequent(word)
        and (communes := communes_headed(word))
    ):
        yield _seen(part, number, number, is_common=False, communes=communes)


def _is_frequent(word: str) -> bool:
    return zipf(word) >= _FREQUENT or is_first_name(word)


def _seen(
    part: Part,
    first: int,
    last: int,
    *,
    is_common: bool,
    communes: tuple[Commune, ...] = (),
    areas: tuple[Area, ...] = (),
) -> PlaceSeen:
    """Judge whether a place's name means the place."""
    is_tag = part.folded[part.words[first].start - 1 :][:1] == "#" and first > 0
    is_told = is_tag or (first > 0 and part.texts[first - 1] in _AT)
    is_dateline = first == 0 and last + 1 < len(part.words) and ":" in part.gap(last + 1)
    is_sure = not part.is_small(last)
    if _is_of_building(part, first) or _is_no_town(part, first, last):
        is_sure = False
    elif is_common:
        # "le camping du Bois Chaudet" is in no town called Bois.
        goes_on = part.joined(last + 1) and part.is_capital(last + 1)
        is_sure = is_dateline or (is_told and part.is_capital(last) and not goes_on)
    return PlaceSeen(
        part,
        first,
        last,
        is_sure=is_sure,
        is_likely=is_sure or not is_common or (is_told and not part.is_small(last)),
        communes=communes,
        areas=areas,
        is_dateline=is_dateline,
    )


def _is_of_building(part: Part, first: int) -> bool:
    """Tell whether a name is that of a street or a building: "abbaye Saint-Philibert"."""
    before = part.texts[max(0, first - 2) : first]
    if before and before[-1] in {"de", "du", "d"}:
        return len(before) > 1 and before[-2] in STREETS - _OF_TOWNS
    # "la gare de Roubaix" is there, "le quartier Saint-Maclou" is not.
    return bool(before) and part.joined(first) and before[-1] in STREETS


def _is_no_town(part: Part, first: int, last: int) -> bool:
    """Tell whether it is a newspaper ("Le Berry républicain"), or letters ("SOS")."""
    if part.joined(last + 1) and part.texts[last + 1] in _OUTLETS:
        return True
    shown = part.shown(first, last)
    return len(shown) <= _FEW_LETTERS and shown.isupper() and not part.has_one_case
