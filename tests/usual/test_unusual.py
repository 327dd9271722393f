from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from monitor.usual.rates import DayCounts, learn
from monitor.usual.seasons import seasons_of
from monitor.usual.unusual import LEARN_DAYS, REST, find_unusual, is_news, judge

FIRST = date(2024, 1, 1)


def history(*last: int, days: int = 365, a_week: float = 3, seed: int = 1) -> DayCounts:
    """A year of Poisson quiet, then these days."""
    quiet = np.random.default_rng(seed).poisson(a_week / 7, days).tolist()
    return DayCounts(first=FIRST, counts=(*quiet, *last))


def test_the_rate_and_its_spread_are_learnt() -> None:
    usual = learn(history(a_week=14, days=700))
    assert 1.7 < usual.shape / usual.exposure < 2.3
    assert usual.spread < 1.3


def test_busy_saturdays_are_learnt() -> None:
    counts = tuple(9 if (FIRST + timedelta(days=n)).weekday() == 5 else 1 for n in range(280))
    usual = learn(DayCounts(first=FIRST, counts=counts))
    saturday, monday = usual.weekdays[5], usual.weekdays[0]
    assert saturday > 4 * monday


def test_what_comes_in_clusters_spreads_wider() -> None:
    rng = np.random.default_rng(3)
    counts = tuple((rng.poisson(0.3, 700) * 5).tolist())
    assert learn(DayCounts(first=FIRST, counts=counts)).spread > 3


def test_the_rate_follows_a_shop_that_grows() -> None:
    grown = (*([1] * 400), *([4] * 200))
    usual = learn(DayCounts(first=FIRST, counts=grown))
    assert usual.shape / usual.exposure > 2.5


def test_an_outbreak_of_last_month_does_not_hide_the_next() -> None:
    before = history(days=365)
    counts = (*before.counts, 30, 30, 30, *([0] * 25), 3, 5, 6)
    found = find_unusual(DayCounts(first=FIRST, counts=counts))
    assert found is not None


def test_three_mentions_in_a_day_are_usual_enough() -> None:
    assert find_unusual(history(3)) is None


def test_a_fourfold_week_of_a_small_shop_is_found_when_it_is_complete() -> None:
    found = find_unusual(history(2, 1, 2, 2, 1, 2, 2))
    assert found is not None
    assert (found.days, found.count) == (7, 12)
    assert 2 < found.expected < 4
    assert found.usual < 10


def test_a_crowd_on_one_day_is_found_that_day() -> None:
    found = find_unusual(history(0, 0, 8))
    assert found is not None
    assert found.days == 1
    assert found.once_in_years == 10


def test_nothing_is_said_before_four_weeks_were_seen() -> None:
    assert judge(history(9, days=LEARN_DAYS - 1), (), 1) is None
    assert judge(history(9, days=LEARN_DAYS), (), 1) is not None


def test_a_first_saint_valentin_is_no_surprise_for_a_florist() -> None:
    begun = date(2025, 3, 1)
    quiet = history(days=(date(2026, 2, 13) - begun).days, a_week=10)
    busy = DayCounts(first=begun, counts=(*quiet.counts, 8, 9))
    assert find_unusual(busy, seasons_of("fleuriste")) is None
    assert find_unusual(busy) is not None


def test_an_outbreak_is_news_once_until_it_doubles() -> None:
    assert is_news(12, None)
    assert not is_news(15, 12)
    assert is_news(24, 12)
    assert timedelta(days=7) == REST


@pytest.mark.parametrize("a_week", [1, 10, 40])
def test_ten_quiet_years_alarm_ten_times_at_most(a_week: float) -> None:
    quiet = history(days=11 * 365, a_week=a_week, seed=int(a_week))
    alarms, told = 0, -10
    for end in range(365, len(quiet.counts)):
        window = DayCounts(first=FIRST, counts=quiet.counts[max(0, end - 364) : end + 1])
        if end - told > REST.days and find_unusual(window):
            alarms, told = alarms + 1, end
    assert alarms <= 10
