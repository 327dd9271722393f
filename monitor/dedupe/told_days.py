"""The days that a text speaks of, seen from when it was published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

_WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_SPANS = {"jour": 1, "jours": 1, "semaine": 7, "semaines": 7}
_AFTER = frozenset({"apres", "plus"})  # "trois jours après", "une semaine plus tard"
_AGO = ("il", "y", "a")
_ONE = frozenset({"un", "une"})
_OF = frozenset({"de", "du", "des"})
_EVERY = frozenset({"chaque", "tous"})
CALENDAR = frozenset(_WEEK) | frozenset(_MONTHS)
"""Words that are told as days and tell nothing else."""

_DAY_OF_MONTH = re.compile(r"[0-9]{1,2}|er")
_QUARTER = 90  # days; what lies further back is no news
_ABOUT = {"huitaine": 8, "dizaine": 10, "quinzaine": 15, "vingtaine": 20}
_COUNTING = _ABOUT.keys() | {"lendemain"}
_SLACK = {1: 1, 7: 4}
"""Days by which a count of days, or of weeks, may be wrong: weeks are rounded."""


def dates_in(tokens: Sequence[str], published_at: datetime) -> frozenset[date]:
    """Return the days of the calendar it names ("samedi 7 février"), nearest to its own day.

    >>> noon = datetime(2026, 2, 5, 12)
    >>> [str(day) for day in sorted(dates_in("du 8 au 9 fevrier".split(), noon))]
    ['2026-02-08', '2026-02-09']
    """
    return frozenset(_dates(tokens, published_at.date()))


def weekdays_in(tokens: Sequence[str], published_at: datetime) -> frozenset[date]:
    """Return the days that it may mean by days of the week: the last or the next such day.

    One that comes back ("chaque vendredi") is none, nor is one that has its date.
    """
    today = published_at.date()
    found: set[date] = set()
    for at, token in enumerate(tokens):
        if token not in _WEEK or (at and tokens[at - 1] in _EVERY):
            continue
        if tokens[at + 1 : at + 2] and tokens[at + 1][0].isdigit() and _is_dated(tokens, at + 1):
            continue
        back = timedelta((today.weekday() - _WEEK.index(token)) % 7)
        found.add(today - back)
        if back:
            found.add(today - back + timedelta(7))
    return frozenset(found)


def days_referred_to(tokens: Sequence[str], published_at: datetime) -> tuple[date, date] | None:
    """Return between which days that lies which "trois jours après …" counts from.

    "Il y a deux semaines" and "au lendemain de" count too. ``None``: it counts from none.

    >>> [str(day) for day in days_referred_to("3 jours apres".split(), datetime(2026, 4, 17))]
    ['2026-04-13', '2026-04-15']
    """
    padded = [*tokens, "", ""]
    for at, token in enumerate(tokens):
        if not (token in _ONE or token in _COUNTING or token[0].isdigit()):
            continue
        found = _days_back(padded, at)
        if found is not None and 0 < found[0] <= _QUARTER:
            back, slack = (timedelta(days=days) for days in found)
            middle = published_at.date() - back
            return middle - slack, middle + slack
    return None


def _days_back(tokens: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return how many days what stands there counts back, and how exact that is."""
    count, unit, after = tokens[at : at + 3]
    if count == "lendemain" and unit in _OF:
        return 1, 1
    if count in _ABOUT and unit in _OF and after in _SPANS:  # "une dizaine de jours"
        return _ABOUT[count] * _SPANS[after], _SLACK[7]
    ago = tuple(tokens[max(0, at - 3) : at]) == _AGO
    if unit not in _SPANS or not (after in _AFTER or ago):
        return None
    number = 1 if count in _ONE else int(count) if count.isdecimal() else 0
    return min(number, _QUARTER) * _SPANS[unit], _SLACK[_SPANS[unit]]


def _is_dated(tokens: Sequence[str], at: int) -> bool:
    return any(token in _MONTHS for token in tokens[at : at + 4])


def _dates(tokens: Sequence[str], today: date) -> Iterator[date]:
    for at, token in enumerate(tokens):
        if token not in _MONTHS or not at:
            continue
        days = [tokens[at - 1]]
        if at > 2 and tokens[at - 2] in {"au", "et"}:  # noqa: PLR2004 - "8 au 9 février"
            days.append(tokens[at - 3])
        for day in days:
            yield from _nearest(day, _MONTHS.index(token) + 1, today)


def _nearest(day: str, month: int, today: date) -> Iterator[date]:
    if not _DAY_OF_MONTH.fullmatch(day):
        return
    number = int(day) if day.isdigit() else 1  # "1er" is read as "1", "er"
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, number))
        except ValueError:
            continue  # 31 février
    if found:
        yield min(found, key=lambda one: abs(one - today))
