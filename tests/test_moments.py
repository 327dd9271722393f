"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.moments import parse_moment

PARIS = ZoneInfo("Europe/Paris")
WEDNESDAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", "2026-11-18T09:30:00+00:00"),
        ("2 semaines", "2026-11-11T09:30:00+00:00"),
        ("2026-11-01", "2026-10-31T23:00:00+00:00"),
        ("2026-07-01", "2026-06-30T22:00:00+00:00"),
        ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00+00:00"),
        ("monday", "2026-11-22T23:00:00+00:00"),
        ("Mercredi", "2026-11-24T23:00:00+00:00"),
        ("jeudi", "2026-11-18T23:00:00+00:00"),
        ("hier", "2026-11-23T23:00:00+00:00"),
    ],
)
def test_a_moment_is_read_in_the_owners_time_zone(text: str, expected: str) -> None:
    assert parse_moment(text, WEDNESDAY, PARIS) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "someday", "2026-13-01", "999999y", "0001-01-01"])
def test_what_is_no_moment_says_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="monday"):
        parse_moment(text, WEDNESDAY, PARIS)
