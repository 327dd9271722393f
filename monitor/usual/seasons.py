"""The busy days of a trade, and how much more is said then: Saint-Valentin for a florist.

A factor multiplies the usual rate. The calendar in ``data/seasons.toml`` is written by us, a rough
guess; what the business itself saw on the same feast in earlier years outweighs it (an empirical
Bayes mean, the guess counting as ``GUESS_WEIGHT`` expected mentions).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources

GUESS_WEIGHT = 5.0
_SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A yearly busy time: from so many days before its feast to so many after, both included."""

    name: str
    feast: str
    before: int
    after: int
    factor: float

    def holds(self, day: date) -> bool:
        """Tell whether a day is in it."""
        feasts = (feast_day(self.feast, day.year + shift) for shift in (-1, 0, 1))
        return any(-self.before <= (day - feast).days <= self.after for feast in feasts)


def seasons_of(trade: str | None) -> tuple[Season, ...]:
    """Return the busy times of a trade, by the label of ``lexicon.trades``; none is known: none."""
    return _calendar().get(trade or "", ())


def season_on(day: date, seasons: tuple[Season, ...]) -> Season | None:
    """Return the busiest season that a day is in."""
    return _busy_days(seasons, day.year).get(day)


@lru_cache(maxsize=256)
def _busy_days(seasons: tuple[Season, ...], year: int) -> dict[date, Season]:
    """Return the days of a year that are in a season, each with its busiest."""
    found: dict[date, Season] = {}
    for season in sorted(seasons, key=lambda season: season.factor):
        for moved in (year - 1, year, year + 1):
            feast = feast_day(season.feast, moved)
            span = range(-season.before, season.after + 1)
            found |= {feast + timedelta(days=shift): season for shift in span}
    return {day: season for day, season in found.items() if day.year == year}


def learnt_factors(
    seasons: Iterable[Season], counts: Mapping[date, int], rate: float
) -> dict[str, float]:
    """Return each season's factor, by name; ``rate`` is the mean of a day out of season.

    >>> toussaint = Season(name="t", feast="11-01", before=1, after=0, factor=2.0)
    >>> seen = {date(2025, 10, 31): 9, date(2025, 11, 1): 9}
    >>> learnt_factors([toussaint], seen, rate=2.0), learnt_factors([toussaint], {}, rate=2.0)
    ({'t': 3.111111111111111}, {'t': 2.0})
    """
    factors = {}
    for season in seasons:
        days = [day for day in counts if season.holds(day)]
        seen, expected = sum(counts[day] for day in days), rate * len(days)
        guess = season.factor
        factors[season.name] = max(1.0, (seen + GUESS_WEIGHT * guess) / (expected + GUESS_WEIGHT))
    return factors


def feast_day(feast: str, year: int) -> date:
    """Return a feast's day in a year: ``MM-DD``, or one that moves.

    >>> feast_day("easter", 2026), feast_day("mothers_day", 2026), feast_day("mothers_day", 2020)
    (datetime.date(2026, 4, 5), datetime.date(2026, 5, 31), datetime.date(2020, 6, 7))
    """
    if feast in _MOVING:
        return _MOVING[feast](year)
    month, day = feast.split("-")
    return date(year, int(month), int(day))


def _easter(year: int) -> date:
    """Meeus/Jones/Butcher (J. Meeus, Astronomical Algorithms, ch. 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _mothers_day(year: int) -> date:
    """The last Sunday of May, the first of June when that is Pentecost (art. D215-1 CASF)."""
    last = date(year, 5, 31)
    last -= timedelta(days=(last.weekday() - _SUNDAY) % 7)
    return last + timedelta(days=7) if last == _easter(year) + timedelta(days=49) else last


def _fathers_day(year: int) -> date:
    """The third Sunday of June."""
    first = date(year, 6, 1)
    return first + timedelta(days=(_SUNDAY - first.weekday()) % 7 + 14)


def _grandmothers_day(year: int) -> date:
    """The first Sunday of March."""
    first = date(year, 3, 1)
    return first + timedelta(days=(_SUNDAY - first.weekday()) % 7)


_MOVING: Mapping[str, Callable[[int], date]] = {
    "easter": _easter,
    "mothers_day": _mothers_day,
    "fathers_day": _fathers_day,
    "grandmothers_day": _grandmothers_day,
}


@cache
def _calendar() -> dict[str, tuple[Season, ...]]:
    """Return the seasons by trade."""
    file = resources.files("monitor.usual").joinpath("data/seasons.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    found: dict[str, list[Season]] = {}
    for season in table["season"]:
        for trade, factor in season["trades"].items():
            found.setdefault(trade, []).append(
                Season(
                    name=season["name"],
                    feast=season["feast"],
                    before=season["before"],
                    after=season["after"],
                    factor=factor,
                )
            )
    return {trade: tuple(seasons) for trade, seasons in found.items()}
