"""When digests fall due, over a year with both clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.schedules import is_due, last_occurrence, next_occurrence

PARIS = ZoneInfo("Europe/Paris")
INSTANTS = st.integers(0, 365 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("daily", 365), ("weekly", 52), ("monthly", 12), ("30 2 * * *", 365), ("0 8 * * mon", 52)],
)
def test_a_year_has_as_many_digests_as_it_should(schedule: str, expected: int) -> None:
    now = closed = paris("2026-01-01T00:00")
    count = 0
    while now < paris("2027-01-01T00:00"):
        if is_due(schedule, PARIS, now, closed):
            count, closed = count + 1, now
        now += timedelta(minutes=7)
    assert count == expected


@pytest.mark.parametrize("day", ["2026-03-30", "2026-10-26", "2026-07-06", "2026-12-07"])
def test_monday_at_eight_is_eight_on_the_wall_in_every_season(day: str) -> None:
    due = paris(f"{day}T08:00")
    assert not is_due("weekly", PARIS, due - timedelta(seconds=1), due - timedelta(days=1))
    assert is_due("weekly", PARIS, due, due - timedelta(days=1))


def test_many_missed_digests_are_one() -> None:
    closed = paris("2026-01-05T08:00")
    late = paris("2026-06-01T17:00")
    assert is_due("weekly", PARIS, late, closed)
    assert not is_due("weekly", PARIS, late + timedelta(minutes=1), late)


@given(now=INSTANTS, schedule=st.sampled_from(["daily", "weekly", "*/15 * * * *", "0 0 29 2 *"]))
def test_the_last_is_not_after_now_and_the_next_is(now: datetime, schedule: str) -> None:
    assert last_occurrence(schedule, PARIS, now) <= now < next_occurrence(schedule, PARIS, now)


@pytest.mark.parametrize(
    "zone",
    ["Europe/Paris", "America/Miquelon", "Indian/Reunion", "Pacific/Noumea", "Africa/Casablanca"],
)
@pytest.mark.parametrize(
    "schedule",
    ["daily", "weekly", "monthly", "30 2 * * *", "0 0 * * *", "*/20 * * * *", "0 1-3 * * *"],
)
def test_looking_ahead_and_back_agree_over_both_clock_changes(zone: str, schedule: str) -> None:
    place = ZoneInfo(zone)
    for month in (3, 10):
        now, end = datetime(2026, month, 20, tzinfo=UTC), datetime(2026, month + 1, 5, tzinfo=UTC)
        times = [now := next_occurrence(schedule, place, now)]
        while now < end:
            times.append(now := next_occurrence(schedule, place, now))
        for one, following in pairwise(times):
            for at in (one, one + (following - one) / 2, following - timedelta(seconds=1)):
                assert last_occurrence(schedule, place, at) == one
