"""What of an entry speaks for or against its being about a business."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.lexicon import singular
from monitor.matching.distinctness import distinctness, is_common, telling_words
from monitor.matching.elsewhere import world_signals
from monitor.matching.facts import Facts, trades_named
from monitor.matching.frames import (
    is_part_of_place,
    is_told_as_place,
    longer_name,
    other_words_of,
    trade_apposed,
    trade_beside,
    usual_phrase,
    work_before,
)
from monitor.matching.occurrences import Form, Occurrence, Role
from monitor.matching.persons import is_owned, is_person
from monitor.matching.profile import Profile
from monitor.matching.reading import Part
from monitor.matching.relevance import name_weight, signal
from monitor.matching.spots import Spot
from monitor.matching.whereabouts import beside_signals, locality_signals, town_signals
from monitor.matching.writing import writing_signals
from monitor.model import Signal

_MANY = 8  # occurrences of a name that are weighed; a text that repeats it more tells no more
_CUSTOMERS_FROM = 2
_PIECE = 0.6  # a family name alone is borne by others than the shop
_NAMED = frozenset({"name", "alias"})
_COMMON_NAME = 1.0
_NO_OTHER_SIGN = 1.5
"""The more another trade tells where no word of the shop's own stands."""
_APPOSED = 0.6  # "Léa, la boulangerie": it may be the next of a list
_BEARS_OUT = frozenset(
    {"town", "near", "postcode", "region", "locality", "town_beside"}
    | {"context", "trade", "trade_shared", "trade_beside"}
)
"""What makes a common name that of the shop."""
_SURE_NAME = 1.5
"""What a name weighs that hardly anybody else bears, in whatever sort of text."""
_OF_A_TRADE = frozenset({"trade", "trade_shared", "customers", "context"})
_ELSEWHERE = 0.8
"""How much the trade tells in another town."""
_OF_ALL = frozenset(
    {"person", "other_town_beside", "other_trade_beside", "work", "as_place", "stands_for"}
)
_NAMES = {Role.NAME: "name", Role.ALIAS: "alias", Role.WEBSITE: "site"}


def signals_of(
    occurrences: Iterable[tuple[Part, Occurrence]], facts: Facts, profile: Profile
) -> tuple[Signal, ...]:
    """Return the signals of the occurrence that speaks most for it, and of the whole entry."""
    found = list(occurrences)[:_MANY]
    read = [tuple(_local(part, one, facts, profile)) for part, one in found]
    best = max(read, key=_sum)
    whole = tuple(_around(facts, profile, [_spot(part, one) for part, one in found]))
    if best[0].weight < _SURE_NAME and any(one.name == "other_town" for one in whole):
        whole = tuple(_of_a_namesake(whole))
    signals = (*best, *_elsewhere(best, read), *whole)
    if best[0].name in _NAMED and best[0].weight < _SURE_NAME:
        signals = (*signals, *world_signals(facts, profile))
    if (
        best[0].name in _NAMED
        and best[0].weight < _COMMON_NAME
        and not _BEARS_OUT & _names(signals)
    ):
        signals = (*signals, signal("alone"))
    return signals


def _names(signals: tuple[Signal, ...]) -> frozenset[str]:
    return frozenset(one.name for one in signals)


def _of_a_namesake(whole: Iterable[Signal]) -> Iterator[Signal]:
    """Yield signals as they weigh where another town is named: there the trade is the same."""
    for one in whole:
        is_trade = one.name in _OF_A_TRADE
        yield replace(one, weight=round(one.weight * _ELSEWHERE, 2)) if is_trade else one


def _elsewhere(best: tuple[Signal, ...], read: list[tuple[Signal, ...]]) -> Iterator[Signal]:
    """Yield at half weight what another occurrence tells against it: a text speaks of one."""
    told = {one.name for one in best}
    for one in {s.name: s for signals in read for s in signals}.values():
        if one.name in _OF_ALL and one.name not in told:
            yield replace(one, weight=round(one.weight / 2, 2))


def _around(facts: Facts, profile: Profile, spots: list[Spot]) -> Iterator[Signal]:
    """Yield what the rest of the entry tells; what stands within the name itself tells nothing."""
    yield from _context(facts, profile, spots)
    yield from _trade(facts, profile, spots)
    if len(facts.customer_words) >= _CUSTOMERS_FROM:
        yield signal("customers", ", ".join(facts.customer_words[:3]))
    yield from town_signals(facts, profile, spots)
    yield from locality_signals(facts, profile)


def _sum(signals: tuple[Signal, ...]) -> float:
    return sum(one.weight for one in signals)


def _spot(part: Part, one: Occurrence) -> Spot:
    first = part.word_at(one.start)
    return Spot(part, first, max(first, part.word_at(one.end) - 1))


def _local(part: Part, one: Occurrence, facts: Facts, profile: Profile) -> Iterator[Signal]:
    term = one.term.text
    value = distinctness(term.lstrip("@#"))
    if one.form is Form.SITE or term.startswith("@") or one.form is Form.HANDLE:
        is_site = one.form is Form.SITE
        shown = term if is_site or term.startswith("@") else part.folded[one.start : one.end]
        yield signal("site" if is_site else "handle", shown)
        return
    is_piece = one.term.role is Role.ALIAS and len(telling_words(term)) == 1
    yield Signal(_NAMES[one.term.role], round(name_weight(value) - _PIECE * is_piece, 2), term)
    if one.form in {Form.HASHTAG, Form.DOMAIN}:
        yield signal("hashtag", term)
        return
    if one.is_misspelt:
        yield signal("misspelt", part.shown(*_ends(part, one)))
    if part.is_title:
        yield signal("title")
    is_careful = facts.reading.is_careful and not one.is_misspelt
    yield from _frame(_spot(part, one), facts, profile, is_careful=is_careful)


def _ends(part: Part, one: Occurrence) -> tuple[int, int]:
    spot = _spot(part, one)
    return spot.first, spot.last


def _frame(spot: Spot, facts: Facts, profile: Profile, *, is_careful: bool) -> Iterator[Signal]:
    is_plain = all(is_common(spot.part.texts[number]) for number in spot.telling)
    if is_part_of_place(spot, facts):
        yield signal("street", spot.part.shown(max(0, spot.first - 2), spot.last))
    if phrase := usual_phrase(spot):
        yield signal("usual_phrase", phrase)
    if is_person(spot, profile.trades):
        yield signal("person", spot.part.shown(max(0, spot.first - 1), spot.last))
    elif is_owned(spot) and is_plain:
        yield signal("owned", spot.part.shown(spot.first - 1, spot.last))
    if spot.before() == "chez":
        yield signal("chez")
    elif is_told_as_place(spot):
        yield signal("as_place", spot.part.shown(max(0, spot.first - 1), spot.last))
    if words := other_words_of(spot, profile):
        yield signal("stands_for", words)
    yield from _trade_beside(spot, profile)
    if is_plain:
        yield from _plain(spot, facts, profile, is_careful=is_careful)
    yield from beside_signals(spot, facts, profile)


def _trade_beside(spot: Spot, profile: Profile) -> Iterator[Signal]:
    if not profile.trades:
        return
    # "Optique Point de Vue" says itself what it is.
    tells = any(not profile.trades.isdisjoint(trades_named(word)) for word in spot.words)
    for word, labels in trade_beside(spot):
        is_own = not profile.trades.isdisjoint(labels)
        if word not in profile.words and (is_own or not tells):
            yield signal("trade_beside" if is_own else "other_trade_beside", word)
    apposed = trade_apposed(spot)
    if apposed and profile.trades.isdisjoint(apposed[1]) and apposed[0] not in profile.words:
        yield signal("other_trade_beside", apposed[0], share=_APPOSED)


def _plain(spot: Spot, facts: Facts, profile: Profile, *, is_careful: bool) -> Iterator[Signal]:
    """Yield what tells whether common words are a name here, and of what."""
    yield from writing_signals(spot, facts, profile, is_careful=is_careful)
    if thing := work_before(spot):
        yield signal("work", thing)
    if beside := longer_name(spot, profile):
        yield signal("longer_name", beside)


def _context(facts: Facts, profile: Profile, spots: list[Spot]) -> Iterator[Signal]:
    for rank, word in enumerate(_context_found(facts, profile, spots)[:3]):
        yield signal("context", word, share=1 / (rank + 1))


def _context_found(facts: Facts, profile: Profile, spots: list[Spot]) -> list[str]:
    own = {word for spot in spots for word in spot.words}
    return [
        word
        for word, words in profile.context.items()
        if not own.issuperset(words) and _holds(facts, words)
    ]


def _holds(facts: Facts, words: tuple[str, ...]) -> bool:
    """Tell whether context words stand in the entry, in either number."""
    *head, last = words
    return any(
        facts.reading.holds((*head, form)) for form in (last, last + "s", last.removesuffix("s"))
    )


def _trade(facts: Facts, profile: Profile, spots: list[Spot]) -> Iterator[Signal]:
    if not profile.trades:
        return
    own_words = {word for spot in spots for word in spot.words}
    own_words |= {word for words in profile.context.values() for word in words}
    own_words |= {singular(word) for word in own_words}
    ours: dict[str, bool] = {}
    others: set[str] = set()
    for label, words in facts.trades.items():
        told = {w: telling for w, telling in words.items() if not own_words.issuperset(w.split())}
        if label in profile.trades:
            ours |= told | {w: True for w, telling in told.items() if telling}
        else:
            others.update(word for word in told if label in trades_named(word))
    telling = [word for word, is_telling in ours.items() if is_telling]
    shared = [word for word, is_telling in ours.items() if not is_telling]
    if telling:
        yield signal("trade", ", ".join(telling[:3]), share=min(1.5, 0.75 + 0.25 * len(telling)))
    if shared:
        yield signal("trade_shared", ", ".join(shared[:3]), share=min(2.0, len(shared)))
    if others and not telling:
        is_borne_out = bool(shared) or bool(_context_found(facts, profile, spots))
        shown = ", ".join(sorted(others)[:3])
        yield signal("other_trade", shown, share=1.0 if is_borne_out else _NO_OTHER_SIGN)
