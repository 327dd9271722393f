"""False alarms a year and delay of detection: ``python bench/alerts.py [YEARS]``.

A simulated clock goes through years of simulated mentions, day by day, and asks after each what an
alert would tell: our two rules together (a spike of mentions, a surge of negative ones), as they
run in the daemon, beside the rules that others use on the same days. Quiet comes in six kinds.
A fourfold week starts on a random day after a year of quiet; its delay is from the first hour of
that week, and from the hour when the last seven days first held four times what is usual.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from monitor.usual.rates import DayCounts
from monitor.usual.seasons import Season, season_on, seasons_of
from monitor.usual.unusual import REST, WINDOWS, find_unusual, is_news

YEARS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
RUN_YEARS = 5
"""How long one simulated shop lives: the first year is for learning, and not counted."""
WEEKS = 200
"""Fourfold weeks at each rate."""
NEGATIVE = 0.2
"""Share of mentions that are negative."""
RATES = (0.5, 1, 3, 10, 30, 100)
"""Mentions a week."""
HISTORY = 730
"""Days that the daemon looks back."""
RNG = np.random.default_rng(1)
FIRST = date(2021, 1, 1)
FLORIST = seasons_of("fleuriste")
WEEKDAYS = np.array([0.6, 0.8, 0.9, 1.0, 1.3, 1.7, 0.7])

Means: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.float64]]"
Counts: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.int64]]"


@dataclass(frozen=True)
class Quiet:
    """A kind of quiet: the means of days from a plain day's mean, and how they are drawn."""

    name: str
    means: Callable[[float, Sequence[date]], Means]
    clusters: float = 1.0
    seasons: tuple[Season, ...] = ()

    def draw(self, rate: float, days: Sequence[date]) -> Counts:
        """Draw a count for each day; ``clusters`` is the mean size of what comes together."""
        means = self.means(rate / 7, days)
        if self.clusters == 1:
            return RNG.poisson(means)
        events = RNG.poisson(means / self.clusters)
        # Each event is told once, and again a geometric number of times.
        retold = [int(RNG.geometric(1 / self.clusters, n).sum()) if n else 0 for n in events]
        return np.array(retold)


def flat(mean: float, days: Sequence[date]) -> Means:
    """Return the same mean for all."""
    return np.full(len(days), mean)


def weekly(mean: float, days: Sequence[date]) -> Means:
    """Saturdays are three times Mondays."""
    return mean * np.array([WEEKDAYS[day.weekday()] for day in days])


def drifting(mean: float, days: Sequence[date]) -> Means:
    """Let the level wander, by a fifth a quarter."""
    steps = RNG.normal(0, 0.2 / np.sqrt(91), len(days))
    return mean * np.exp(np.clip(np.cumsum(steps), -1, 1))


def growing(mean: float, days: Sequence[date]) -> Means:
    """Grow by half each year."""
    return mean * 1.5 ** (np.arange(len(days)) / 365)


def florist(mean: float, days: Sequence[date]) -> Means:
    """A florist's year: the feasts are half again as busy as our calendar guesses."""
    found = [season_on(day, FLORIST) for day in days]
    return mean * np.array([1 + 1.5 * (s.factor - 1) if s else 1.0 for s in found])


KINDS = (
    Quiet("the same each day", flat),
    Quiet("busy Saturdays", weekly),
    Quiet("wandering level", drifting),
    Quiet("half more each year", growing),
    Quiet("a florist's feasts", florist, seasons=FLORIST),
    Quiet("told again in clusters", flat, clusters=1.5),
)


def ours(history: DayCounts, seasons: tuple[Season, ...], least: int) -> int | None:
    """Return the count of an alarm."""
    found = find_unusual(history, seasons, least=least)
    return found.count if found else None


def three_sigma(history: DayCounts, seasons: tuple[Season, ...], least: int) -> int | None:  # noqa: ARG001 - one signature for all rules
    """Today above the mean of 14 days by three standard deviations."""
    *_, today = history.counts
    before = history.counts[-15:-1]
    limit = statistics.fmean(before) + 3 * statistics.stdev(before)
    return today if today > limit else None


def times_the_mean(factor: float) -> Callable[[DayCounts, tuple[Season, ...], int], int | None]:
    """Today above so many times the mean of seven days."""

    def rule(history: DayCounts, seasons: tuple[Season, ...], least: int) -> int | None:  # noqa: ARG001 - likewise
        *_, today = history.counts
        return today if today > factor * max(statistics.fmean(history.counts[-8:-1]), 0.1) else None

    return rule


RULES = {
    "ours": ours,
    "3σ/14 d": three_sigma,
    "7-day mean ×3": times_the_mean(3),
    "7-day mean ×5": times_the_mean(5),
}


class Teller:
    """Tells an outbreak once, as the daemon does: whatever the rule."""

    def __init__(self) -> None:
        self.told: list[tuple[date, int]] = []

    def tells(self, day: date, count: int | None) -> bool:
        """Note an alarm, unless it is of what was told."""
        recent = [n for at, n in self.told if day - at < REST]
        if count is None or not is_news(count, max(recent, default=None)):
            return False
        self.told.append((day, count))
        return True


def false_alarms(quiet: Quiet, rate: float, rules: Iterable[str]) -> dict[str, float]:
    """Return false alarms a year, of spike and surge together."""
    alarms = dict.fromkeys(rules, 0)
    runs = max(1, YEARS // (RUN_YEARS - 1))
    days = [FIRST + timedelta(days=n) for n in range(RUN_YEARS * 365)]
    for _ in range(runs):
        total = quiet.draw(rate, days)
        negative = RNG.binomial(total, NEGATIVE)
        for counts, least in ((total, 4), (negative, 3)):
            tellers = {name: Teller() for name in alarms}
            for end in range(365, len(days)):
                if not counts[end]:
                    continue  # a day that adds nothing alarms nobody
                start = max(0, end - HISTORY)
                history = DayCounts(
                    first=days[start], counts=tuple(counts[start : end + 1].tolist())
                )
                for name, teller in tellers.items():
                    if teller.tells(days[end], RULES[name](history, quiet.seasons, least)):
                        alarms[name] += 1
    return {name: n / (runs * (RUN_YEARS - 1)) for name, n in alarms.items()}


def arrivals(rate: float) -> Iterator[tuple[float, DayCounts]]:
    """Yield the moments (in days) of a fourfold week's mentions, each with the history then."""
    quiet = RNG.poisson(rate / 7, 365)
    coming = np.sort(RNG.uniform(0, 7, RNG.poisson(4 * rate)))
    first = FIRST + timedelta(days=int(RNG.integers(0, 7)))
    for place, moment in enumerate(coming):
        so_far = np.floor(coming[: place + 1]).astype(int)
        week = np.bincount(so_far, minlength=int(moment) + 1)
        yield float(moment), DayCounts(first=first, counts=(*quiet.tolist(), *week.tolist()))


def delays(rate: float, rule: str) -> tuple[list[float], list[float]]:
    """Return, for each week caught, days from its start, and from its being fourfold."""
    from_start, from_fourfold = [], []
    for _ in range(WEEKS):
        fourfold: float | None = None
        caught: float | None = None
        for moment, history in arrivals(rate):
            if fourfold is None and sum(history.counts[-7:]) >= 4 * rate:
                fourfold = moment
            if caught is None and RULES[rule](history, (), 4) is not None:
                caught = moment
        if caught is not None:
            from_start.append(caught)
        if fourfold is not None:
            from_fourfold.append(max(0.0, caught - fourfold) if caught is not None else np.inf)
    return from_start, from_fourfold


def say_delays(rate: float, rule: str) -> str:
    """Say the share of weeks caught, the median delay, and the share caught in time."""
    from_start, from_fourfold = delays(rate, rule)
    if not from_start:
        return "none caught"
    in_time = sum(d <= 1 for d in from_fourfold)
    first_day = sum(d <= 1 for d in from_start)
    return (
        f"{len(from_start) / WEEKS:4.0%} caught, median {statistics.median(from_start):3.1f} d"
        f" after its start, {first_day / WEEKS:4.0%} on its first day;"
        f" {in_time / max(1, len(from_fourfold)):4.0%} within a day of being fourfold"
    )


def main() -> None:
    """Measure and print."""
    start = time.perf_counter()
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"windows of {WINDOWS} days; {YEARS} years of quiet at each rate\n")
    print("False alarms a year (spike and surge of negatives together)")
    print(f"{'quiet':<24}{'a week':>7}  " + "".join(f"{name:>15}" for name in RULES))
    for quiet in KINDS:
        for rate in RATES:
            found = false_alarms(quiet, rate, RULES)
            print(f"{quiet.name:<24}{rate:>7}  " + "".join(f"{n:>15.2f}" for n in found.values()))
    print(f"\nA fourfold week, {WEEKS} at each rate")
    for rule in RULES:
        for rate in RATES:
            print(f"{rule:<14}{rate:>6} a week: {say_delays(rate, rule)}")
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
