"""How alike two tellings are: the same event, its continuation, or another of the same sort."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum

from monitor.dedupe.moulds import copied, from_one_mould
from monitor.dedupe.telling import Telling


class Bond(IntEnum):
    """What a later telling is to an earlier one."""

    NONE = 0
    FOLLOWS = 1
    TELLS = 2


NEAR = timedelta(days=5)
"""How long papers tell one event: a weekly comes four days later, a weekly column after seven."""

_SHARED = 0.3
"""Share of the weight of the shorter text from which two tell one event. Rewritten articles of one
event have 0.38 and more in the design cases, two events of a business 0.25 at most."""

_LEAST = 1.5
"""Weight that must be shared, in very telling words: two or three of them."""

_HEADLINE_SHARED = 0.6
_HEADLINE_LEAST = 0.9
"""The same for a headline alone: most of it must be told, but it holds little."""

_HEADINGS_SHARED = 0.5
"""Share of all words of two headlines, those of the setting included, from which they are one."""

_FOLLOWING_LEAST = 0.75
_FOLLOWING_SHARED = 0.08
"""The same for what says itself which day it continues ("trois jours après")."""

_UNDATED_LEAST = 3.5
_UNDATED_SHARED = 0.33
"""The same for a later text that does not say so: it must retell the event."""

_REUSED = 0.5
"""Share of phrases from which what comes a week later is a column that comes back."""

_RETOLD = 0.6
"""Share under which a paper that tells an event again tells what became of it."""

_PAIR = 0.5
_MOST_PAIRS = 2
"""What words that stand side by side in both weigh beside themselves ("faux sang"): a text that
continues another retells little of it, and that in the same terms."""

_DAY = timedelta(days=1)


def bond(early: Telling, late: Telling, gap: timedelta, *, same_outlet: bool) -> Bond:
    """Return what the later of two tellings of one business is to the earlier; pure."""
    shared, share = overlap(early, late)
    is_near, is_brief = gap <= NEAR, early.is_headline or late.is_headline
    if not (shared or is_brief) or from_one_mould(early, late):
        return Bond.NONE
    refers = _refers_back(early, late, is_near=is_near)
    if is_near and not _are_dated_apart(early, late) and _tell_alike(early, late):
        returns = same_outlet and not is_brief and share < _RETOLD
        return Bond.FOLLOWS if refers or returns else Bond.TELLS
    if not is_near and copied(early, late) >= _REUSED:
        return Bond.NONE
    shared += _PAIR * min(len(early.pairs & late.pairs), _MOST_PAIRS)
    least, least_share = _following_least(late, refers=refers)
    return Bond.FOLLOWS if shared >= least and share >= least_share else Bond.NONE


def _following_least(late: Telling, *, refers: bool) -> tuple[float, float]:
    """Return the weight and the share that a later text must have of an earlier one to continue it.

    The less the more surely it says so itself.
    """
    if refers:
        return _FOLLOWING_LEAST, _FOLLOWING_SHARED
    if late.refers_to is not None:  # it counts from another day
        return math.inf, math.inf
    return _UNDATED_LEAST, _UNDATED_SHARED


def _tell_alike(one: Telling, other: Telling) -> bool:
    shared, share = overlap(one, other)
    if not (one.is_headline or other.is_headline):
        return shared >= _LEAST and share >= _SHARED
    if shared >= _HEADLINE_LEAST and share >= _HEADLINE_SHARED:
        return True
    names_it = (one.heading.keys() & other.heading.keys()) - one.setting - other.setting
    return bool(names_it) and _union_share(one.heading, other.heading) >= _HEADINGS_SHARED


def overlap(one: Telling, other: Telling) -> tuple[float, float]:
    """Return the weight that both have, and its share of what the lighter one has.

    The setting counts for nothing: two events of one business share it.
    """
    setting = one.setting | other.setting
    first = {stem: weight for stem, weight in one.whole.items() if stem not in setting}
    second = {stem: weight for stem, weight in other.whole.items() if stem not in setting}
    shared = sum(min(weight, second[stem]) for stem, weight in first.items() if stem in second)
    least = min(sum(first.values()), sum(second.values()))
    return shared, shared / least if least else 0.0


def _union_share(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    shared = sum(min(weight, other[stem]) for stem, weight in one.items() if stem in other)
    union = sum(one.values()) + sum(other.values()) - shared
    return shared / union if union else 0.0


def _are_dated_apart(early: Telling, late: Telling) -> bool:
    """Tell whether each names days of the calendar and none that the other may mean."""
    if not (early.dates and late.dates):
        return False
    return not (
        early.dates & (late.dates | late.weekdays) or late.dates & (early.dates | early.weekdays)
    )


def _refers_back(early: Telling, late: Telling, *, is_near: bool) -> bool:
    """Tell whether the later text names the day of the earlier one as past.

    Of two that are near, a day that both name is what they tell, not what one looks back to.
    """
    happened = early.dates | {early.day, early.day - _DAY}
    named = {day for day in late.dates - (early.dates if is_near else set()) if day < late.day}
    if named & (happened | early.weekdays) and early.day < late.day:
        return True
    if late.refers_to is None:
        return False
    first, last = late.refers_to
    return any(first <= day <= last for day in happened)
