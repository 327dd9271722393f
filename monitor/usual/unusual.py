"""Whether the last days held more than chance explains, with the false-alarm rate stated.

Two tests a day: today so far, and the seven days that end today. Within a day a count only grows,
so however often one looks, a test can be wrong but once a day, with ``CHANCE`` at most. Twice that
times 365 bounds the false alarms of a year; counts are whole numbers and the two tests mostly alarm
together, so that there are far fewer (``bench/alerts.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.usual.chance import most, tail
from monitor.usual.rates import DayCounts, learn
from monitor.usual.seasons import Season

CHANCE = 0.0005
"""Of one test on one day: 2 tests × 365 days × 0.0005 are 0.37 a year at most, for one series; a
business has two, all mentions and the negative ones."""
WINDOWS = (1, 7)
"""In days."""
LEARN_DAYS = 28
"""Before the window: under four weeks nothing is usual yet, and nothing is told."""
REST = timedelta(days=7)
"""One outbreak is told once: for as long as it stays in the longest window."""
_USUALLY = 0.05
"""What is told as the most that is usual is passed once in twenty times."""
_YEARS_TOLD = 10
_YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """A count of the last ``days`` (today the last) that chance hardly explains.

    ``expected`` is the mean, ``usual`` what is passed once in twenty such windows at most.
    ``chance`` is the probability of so many or more.
    """

    days: int
    count: int
    expected: float
    usual: int
    chance: float

    @property
    def once_in_years(self) -> int:
        """How rarely chance alone would bring it, in whole years; at most told as ten."""
        return max(1, min(_YEARS_TOLD, int(1 / max(self.chance, 1e-9) / _YEAR)))


def is_news(count: int, told_count: int | None) -> bool:
    """Tell whether an unusual count was not told within ``REST``: not at all, or it doubled since.

    ``told_count`` is the highest count told in that time.
    """
    return told_count is None or count >= 2 * told_count


def find_unusual(
    history: DayCounts, seasons: tuple[Season, ...] = (), *, least: int = 4, chance: float = CHANCE
) -> Unusual | None:
    """Return the most surprising window, ``None`` when all is usual or too little is known.

    Counts under ``least`` are never unusual: three mentions are no crowd, however rare.
    """
    full = [days for days in WINDOWS if sum(history.counts[-days:]) >= least]
    found = [judge(history, seasons, days) for days in full]
    alarms = [u for u in found if u and u.chance <= chance]
    return min(alarms, key=lambda unusual: unusual.chance, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What so many days should hold: the mean, and what is passed once in twenty times at most.

    ``size`` is that of the negative binomial (see ``chance``).
    """

    mean: float
    usual: int
    size: float

    def chance(self, count: int) -> float:
        """Return the probability of so many or more."""
        return tail(count, self.mean, self.size)


def expect(history: DayCounts, seasons: tuple[Season, ...], days: int) -> Expected | None:
    """Tell from the days before the last ``days`` what those should hold.

    ``None`` where too few were seen.
    """
    before = history.before(days)
    if len(before.counts) < LEARN_DAYS:
        return None
    usual = learn(before, seasons)
    end = history.day(len(history.counts) - 1)
    mean = usual.mean([end - timedelta(days=back) for back in range(days)])
    size = usual.size(mean)
    return Expected(mean=mean, usual=most(_USUALLY, mean, size), size=size)


def judge(history: DayCounts, seasons: tuple[Season, ...], days: int) -> Unusual | None:
    """Set the last days against those before; ``None`` where too few were seen."""
    expected = expect(history, seasons, days)
    if expected is None:
        return None
    count = sum(history.counts[-days:])
    return Unusual(
        days=days,
        count=count,
        expected=expected.mean,
        usual=expected.usual,
        chance=expected.chance(count),
    )
