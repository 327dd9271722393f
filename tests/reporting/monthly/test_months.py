"""Months as they are asked for, and the weeks that they are cut into."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reporting.monthly.months import last_month, month_period, parse_month, weeks_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("text", ["2026-10", " 2026-10 "])
def test_a_month_is_read(text: str) -> None:
    assert parse_month(text) == date(2026, 10, 1)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "october", "2026", "0001-01", "9999-12", ""]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        parse_month(text)


def test_the_last_month_is_of_the_owners_clock() -> None:
    at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # already November in Paris
    assert last_month(at, PARIS) == date(2026, 10, 1)
    assert last_month(at, ZoneInfo("UTC")) == date(2026, 9, 1)


def test_a_month_begins_and_ends_at_midnight_across_the_clock_change() -> None:
    october = month_period(date(2026, 10, 1), PARIS)
    assert october.start == datetime(2026, 9, 30, 22, 0, tzinfo=UTC)
    assert october.end == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)))
def test_weeks_cover_a_month_once_and_begin_on_mondays(day: date) -> None:
    month = month_period(day.replace(day=1), PARIS)
    weeks = weeks_of(month, PARIS)
    assert (weeks[0].start, weeks[-1].end) == (month.start, month.end)
    for one, following in pairwise(weeks):
        assert one.end == following.start
        assert following.start.astimezone(PARIS).weekday() == 0
    longest = timedelta(days=7, hours=1)
    assert all(timedelta(0) < week.end - week.start <= longest for week in weeks)
