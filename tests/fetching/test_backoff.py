from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetching.backoff import (
    LONGEST,
    backoff_delay,
    jittered,
    parse_retry_after,
    read_retry_at,
)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RANDOM = st.floats(0, 1)
EVERY = st.timedeltas(timedelta(seconds=1), timedelta(days=40))


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("9" * 5000, LONGEST),
        ("Sun, 22 Nov 2026 08:10:00 GMT", timedelta(minutes=10)),
        ("Sunday, 22-Nov-26 08:10:00 GMT", timedelta(minutes=10)),
        ("Sun Nov 22 08:10:00 2026", timedelta(minutes=10)),
        ("Sun, 22 Nov 2026 09:10:00 +0100", timedelta(minutes=10)),
        ("Sun, 22 Nov 2099 08:10:00 GMT", LONGEST),
        *((value, None) for value in (None, "", "0", "-5", "1.5", "soon", "\u0661", "1e3", "12 s")),
        ("Sun, 22 Nov 2026 07:59:59 GMT", None),
        ("Sun, 99 Nov 2026 08:10:00 GMT", None),
        ("Sun, 22 Nov 99999 08:10:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, wait: timedelta | None) -> None:
    assert parse_retry_after(value, NOW) == (None if wait is None else NOW + wait)


@given(st.text())
def test_whatever_retry_after_says_the_wait_is_in_the_next_day(value: str) -> None:
    at = parse_retry_after(value, NOW)
    assert at is None or NOW < at <= NOW + LONGEST


@given(st.integers(1, 86_400), st.integers(-12, 12))
def test_seconds_and_date_mean_the_same(seconds: int, hours_east: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    date = format_datetime(at.astimezone(timezone(timedelta(hours=hours_east))))
    assert parse_retry_after(str(seconds), NOW) == parse_retry_after(date, NOW) == at


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "600", "x-ratelimit-reset": "5"},
        {"retry-after": "nonsense", "x-ratelimit-reset": "600"},
        {"x-ratelimit-reset": "2026-11-22T08:10:00.000000Z"},
        {"x-ratelimit-reset": str(int((NOW + timedelta(minutes=10)).timestamp()))},
        {"x-ratelimit-reset": str(int((NOW + timedelta(minutes=10)).timestamp() * 1000))},
        {"ratelimit-reset": "600.0"},
    ],
)
def test_a_limit_tells_its_end_in_many_ways(headers: dict[str, str]) -> None:
    assert read_retry_at(headers, NOW) == NOW + timedelta(minutes=10)


@given(st.text())
def test_whatever_a_reset_says_the_wait_is_in_the_next_day(value: str) -> None:
    at = read_retry_at({"ratelimit-reset": value}, NOW)
    assert at is None or NOW < at <= NOW + LONGEST


def test_waits_double_up_to_a_day() -> None:
    waits = [backoff_delay(failures, timedelta(minutes=30), 0.5) for failures in range(1, 10)]
    assert [wait / timedelta(hours=1) for wait in waits] == [0.5, 1, 2, 4, 8, 16, 24, 24, 24]


@given(st.integers(0, 10**9), EVERY, RANDOM)
def test_a_wait_is_never_over_a_day(failures: int, every: timedelta, random: float) -> None:
    assert timedelta(0) < backoff_delay(failures, every, random) <= LONGEST


@given(st.integers(1, 60), EVERY, RANDOM)
def test_a_further_failure_never_shortens_the_wait(
    failures: int, every: timedelta, random: float
) -> None:
    shorter, longer = (backoff_delay(n, every, random) for n in (failures, failures + 1))
    assert shorter <= longer


@given(EVERY, RANDOM)
def test_jitter_stays_within_a_tenth(every: timedelta, random: float) -> None:
    a_rounding = timedelta(microseconds=1)
    assert abs(jittered(every, random) - every) <= every * 0.1 + a_rounding
