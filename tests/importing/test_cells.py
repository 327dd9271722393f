"""Dates and marks as people and platforms write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.importing.cells import MONTH_FIRST, instant_in, stars_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-22T09:00:00+01:00", "2026-11-22T08:00"),
        ("2026-11-22 09:00:00", "2026-11-22T08:00"),
        ("2026-11-22T08:00:00Z", "2026-11-22T08:00"),
        ("2026-11-22 08:00:00 UTC", "2026-11-22T08:00"),
        ("2015-02-06 07:36:49+0100", "2015-02-06T06:36"),
        ("Tue May 03 21:39:59 +0000 2016", "2016-05-03T21:39"),
        ("2016-05-03 05:21:50 +0000", "2016-05-03T05:21"),
        ("Sun, 22 Nov 2026 09:00:00 +0100", "2026-11-22T08:00"),
        ("22/11/2026", "2026-11-22T00:00"),
        ("22/11/26 à 9h30", "2026-11-22T08:30"),
        ("22-11-2026 09:30:12", "2026-11-22T08:30"),
        ("22.11.2026", "2026-11-22T00:00"),
        ("11/22/2026", "2026-11-22T00:00"),
        ("2026-11-22", "2026-11-22T00:00"),
        ("dimanche 22 novembre 2026", "2026-11-22T00:00"),
        ("1er août 2024 à 14h05", "2024-08-01T12:05"),
        ("Nov 22, 2026", "2026-11-22T00:00"),
        ("1790064000", "2026-09-22T08:00"),
        (1790064000000, "2026-09-22T08:00"),
    ],
)
def test_a_written_instant_is_read(written: str | int, expected: str) -> None:
    at = instant_in(written, PARIS)
    assert at is not None
    assert at.tzinfo is UTC
    assert f"{at:%Y-%m-%dT%H:%M}" == expected


def test_which_of_day_and_month_stands_first_may_be_told() -> None:
    assert instant_in("07/21/09, 12:11 PM", UTC, MONTH_FIRST) == datetime(
        2009, 7, 21, 12, 11, tzinfo=UTC
    )
    assert instant_in("03/04/2026", UTC, MONTH_FIRST) == datetime(2026, 3, 4, tzinfo=UTC)
    assert instant_in("03/04/2026", UTC) == datetime(2026, 4, 3, tzinfo=UTC)


def test_a_day_keeps_its_date_on_either_side_of_the_ocean() -> None:
    for zone in (PARIS, ZoneInfo("America/Guadeloupe"), ZoneInfo("Indian/Reunion")):
        at = instant_in("22/11/2026", zone)
        assert at is not None
        assert (at.day, at.astimezone(zone).day) == (22, 22)


@pytest.mark.parametrize(
    "written", ["", "hier", "32/13/2026", "0000-00-00", "17", True, None, 1e400]
)
def test_what_is_no_date_is_none(written: object) -> None:
    assert instant_in(written, UTC) is None


@given(st.text() | st.integers() | st.floats() | st.none())
def test_no_cell_raises(cell: object) -> None:
    at, stars = instant_in(cell, PARIS), stars_of(cell, 10)
    assert at is None or at.tzinfo is UTC
    assert stars is None or 1 <= stars <= 5


@pytest.mark.parametrize(
    ("written", "scale", "stars"),
    [
        ("4", None, 4), ("4,5", None, 4.5), ("8,5", 10, 4.25), ("17", 20, 4.25), ("8", None, None),
        ("8/10", None, 4), ("4 sur 5", None, 4), ("3 étoiles", None, 3), ("★★★☆☆", None, 3),
        ("FIVE", None, 5), ("0", 10, 1), ("11", 10, None), ("", 5, None), (4, None, 4),
        ("3.0/0", None, None), ("NaN", 5, None),
    ],
)  # fmt: skip
def test_a_mark_is_read_in_stars(written: object, scale: float | None, stars: float | None) -> None:
    assert stars_of(written, scale) == stars
