"""How much is usual: a rate that drifts, learnt day by day, with the spread of its weeks.

Model: the Poisson with a gamma level that forgets (A. C. Harvey & C. Fernandes, "Time Series Models
for Count or Qualitative Observations", *Journal of Business & Economic Statistics* 7, 1989,
407-417). What was learnt is discounted each day, so that it counts half after ``HALF_LIFE``; the
next count's distribution is then negative binomial, its spread holding how little is known yet.
Days are weighed by weekday and season. Mentions come in clusters: how far weeks spread beyond a
Poisson is measured by Pearson's statistic and widens the distribution (the quasi-Poisson of
C. P. Farrington et al., *JRSS A* 159, 1996, 547-563), and an earlier outbreak is cut to what was
barely usual then, so that it does not hide the next one (the same source's down-weighting).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from monitor.usual.seasons import Season, learnt_factors, season_on

_Days: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.float64]]"

HALF_LIFE_DAYS = 120
_KEEP = 0.5 ** (1 / HALF_LIFE_DAYS)
_JEFFREYS = 0.5  # the shape of Jeffreys' prior on a Poisson's rate
_WEEKDAY_WEIGHT = 20.0
"""Mentions that "every weekday is alike" counts for: under some 100 a year it nearly holds."""
_SPREAD_WEIGHT = 8.0
"""Weeks that "no clusters" counts for."""
_FAR = 4.0
"""Standard deviations from which an earlier count is cut."""
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """How many mentions each day from ``first`` on had, no day left out; the last is today's."""

    first: date
    counts: tuple[int, ...]

    def before(self, days: int) -> DayCounts:
        """Return it without its last so many days."""
        return DayCounts(first=self.first, counts=self.counts[: len(self.counts) - days])

    def day(self, place: int) -> date:
        """Return the day of a count."""
        return self.first + timedelta(days=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What was learnt: the level's gamma (``shape`` / ``exposure`` is a plain day's mean).

    ``spread`` is the variance over the mean of whole weeks, 1 for a Poisson. ``weekdays`` and
    ``seasons`` are factors.
    """

    shape: float
    exposure: float
    spread: float
    weekdays: tuple[float, ...]
    seasons: tuple[Season, ...]
    factors: Mapping[str, float]

    def weight(self, day: date) -> float:
        """Return how busy a day is, 1 being a plain one."""
        season = season_on(day, self.seasons)
        factor = self.factors[season.name] if season else 1.0
        return self.weekdays[day.weekday()] * factor

    def mean(self, days: Sequence[date]) -> float:
        """Return how many mentions days should have together."""
        return self.shape / self.exposure * sum(map(self.weight, days))

    def size(self, mean: float) -> float:
        """Return the negative binomial's size, for a count of this mean (see ``chance``)."""
        excess = (self.spread - 1.0) + mean / self.shape
        return mean / excess if excess > 0 else math.inf


def learn(history: DayCounts, seasons: tuple[Season, ...] = ()) -> Usual:
    """Learn from whole days what is usual on the day after them; one day at least."""
    counts = np.array(history.counts, dtype=float)
    weekdays = _weekdays(history.first.weekday(), counts)
    factors, weights = {}, np.resize(np.roll(weekdays, -history.first.weekday()), len(counts))
    if seasons:
        days = [history.day(place) for place in range(len(counts))]
        found = [season_on(day, seasons) for day in days]
        plain = np.array([season is None for season in found])
        rate = float(counts[plain].mean()) if plain.any() else 0.0
        busy = {d: int(n) for d, n, s in zip(days, counts, found, strict=True) if s}
        factors = learnt_factors(seasons, busy, rate)
        weights *= np.array([factors[season.name] if season else 1.0 for season in found])
    shape, exposure, spread = _follow(weights, counts)
    return Usual(
        shape=shape,
        exposure=exposure,
        spread=spread,
        weekdays=tuple(weekdays.tolist()),
        seasons=seasons,
        factors=factors,
    )


def _weekdays(first: int, counts: _Days) -> _Days:
    """Return each weekday's factor from Monday on, drawn towards 1 while little is known."""
    seen = np.bincount((first + np.arange(len(counts))) % _WEEK, counts, minlength=_WEEK)
    prior = _WEEKDAY_WEIGHT / _WEEK
    factors: _Days = (seen + prior) / (seen.mean() + prior)
    return factors


def _follow(weights: _Days, counts: _Days) -> tuple[float, float, float]:
    """Follow the level week by week; returns its shape and exposure, and how far weeks spread."""
    shape, exposure = _JEFFREYS, 1e-9
    surprise, weeks = _SPREAD_WEIGHT, _SPREAD_WEIGHT
    odd = len(counts) % _WEEK  # whole weeks, the last one ending with the last day
    starts = ([0] if odd else []) + list(range(odd, len(counts), _WEEK))
    sums = zip(
        np.add.reduceat(weights, starts).tolist(),
        np.add.reduceat(counts, starts).tolist(),
        strict=True,
    )
    for place, (weight, seen) in enumerate(sums):
        count = seen
        if exposure > 1:
            mean = max(shape, _JEFFREYS) / exposure * weight
            variance = mean + mean * mean / max(shape, _JEFFREYS)
            count = min(seen, mean + _FAR * math.sqrt(variance * surprise / weeks) + 1)
            surprise += (count - mean) ** 2 / variance
            weeks += 1
        fade = _KEEP ** (odd if odd and not place else _WEEK)
        shape, exposure = shape * fade + count, exposure * fade + weight
    return max(shape, _JEFFREYS), exposure, max(1.0, surprise / weeks)
