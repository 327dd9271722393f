"""What the way a name of common words is written tells of its being a name."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.lexicon import is_first_name
from monitor.matching.distinctness import rarity_of
from monitor.matching.facts import Facts, trades_named
from monitor.matching.frames import acts
from monitor.matching.profile import Profile
from monitor.matching.relevance import signal
from monitor.matching.spots import Spot
from monitor.matching.words import word_set
from monitor.model import Signal

_SHOPS = word_set(
    "boutique agence maison magasin ets etablissements societe cabinet atelier salon enseigne"
)
_CLEARLY = 0.4
"""Share of what small letters tell where a name stands alone, or beside its trade."""
_OPENED = 0.6
_A_NUMBER = 0.3
_WRITTEN_SMALL = 1.4


def writing_signals(
    spot: Spot, facts: Facts, profile: Profile, *, is_careful: bool
) -> Iterator[Signal]:
    """Yield what the way a name of common words is written tells of its being a name.

    ``is_careful``: its writer gives capitals and signs their due.
    """
    shown = spot.part.shown(spot.first, spot.last)
    numbers = _telling(spot)
    if not numbers:
        # "le 27": a date, a bus, a département.
        if spot.part.is_small(spot.first):
            yield signal("small", shown, share=_A_NUMBER)
        return
    if all(spot.part.is_capital(number) for number in numbers):
        yield signal("capital", shown, share=_capital_share(spot, numbers))
    elif not spot.is_hyphened:
        tells = is_careful and not _writes_names_small(facts, profile)
        yield from _no_capital(spot, numbers, profile, tells=tells)


def _telling(spot: Spot) -> list[int]:
    """Return the numbers of the words whose capitals tell: "boutique Léa", "Wok'n'Roll"."""
    texts = spot.part.texts
    words = [n for n in spot.telling if not texts[n].isdecimal()]
    words = [n for n in words if len(texts[n]) > 1] or words
    return [n for n in words if texts[n] not in _SHOPS] or words


def _capital_share(spot: Spot, numbers: list[int]) -> float:
    begins_small = spot.part.is_small(spot.first) and spot.first not in numbers
    is_anybody = len(numbers) == 1 and is_first_name(spot.part.texts[numbers[0]])
    return _CLEARLY if begins_small or is_anybody else 1.0


def _no_capital(
    spot: Spot, numbers: list[int], profile: Profile, *, tells: bool
) -> Iterator[Signal]:
    shown = spot.part.shown(spot.first, spot.last)
    # "Fournier et fil", "l'étude Roux": one capital makes a name of the rest.
    is_headed = any(spot.part.is_capital(number) for number in numbers)
    is_small = not is_headed and any(spot.part.is_small(number) for number in numbers)
    share = _small_share(spot, numbers, profile.trades)
    if is_small and tells:
        yield signal("small", shown, share=share)
    elif is_small or spot.part.has_one_case:
        yield signal("unmarked", shown, share=share)
    elif len(numbers) == 1 and not is_first_name(spot.part.texts[numbers[0]]):
        yield signal("opening", shown)
    if not is_small and acts(spot) and not is_first_name(spot.part.texts[numbers[0]]):
        yield signal("acts", spot.part.shown(spot.first, spot.last + 1))


def _small_share(spot: Spot, numbers: list[int], trades: frozenset[str]) -> float:
    """Return how much small letters tell: "pharmacie saint-roch" is the shop however written."""
    share = 1.0 if len(numbers) == 1 else min(1.0, _WRITTEN_SMALL - rarity_of(spot.words))
    if spot.before() in {"un", "une"}:
        return 1.0  # "un hôtel du lac"
    beside = trades_named(spot.before())
    if spot.names_trade or beside & trades:
        share *= _CLEARLY
    elif len(numbers) > 1 and not spot.part.is_small(numbers[0]):
        share *= _OPENED  # "Saveur d'ici livre aussi."
    if spot.first == 0 and not spot.after() and spot.part.is_capital(spot.last + 1):
        share *= _CLEARLY  # "Le boeuf gourmand, Parthenay."
    return share


def _writes_names_small(facts: Facts, profile: Profile) -> bool:
    """Tell whether the writer gives a town no capital: then he gives a shop none either."""
    if any(
        part.is_small(number)
        for part in facts.reading.parts
        for number, word in enumerate(part.texts)
        if word in profile.proper
    ):
        return True
    return any(
        seen.part.is_small(seen.last) and not any(c.is_ambiguous for c in seen.communes)
        for seen in facts.places
        if seen.communes and seen.is_name
    )
