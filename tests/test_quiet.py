from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.quiet import QuietHours, parse_quiet

PARIS = ZoneInfo("Europe/Paris")
NIGHT = parse_quiet("21h-8h")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type] # year, month, day…


@pytest.mark.parametrize("written", ["21h-8h", "21h–8h", "21:00-08:00", "21 - 8", "21h00 à 8h"])
def test_hours_are_read_as_people_write_them(written: str) -> None:
    assert parse_quiet(written) == NIGHT


@pytest.mark.parametrize("written", ["25h-8h", "night", "21h", "21h70-8h", "", "-"])
def test_what_is_no_span_says_what_is(written: str) -> None:
    with pytest.raises(ValueError, match="write for instance 21h-8h, or off"):
        parse_quiet(written)


def test_off_is_never_quiet() -> None:
    assert not any(parse_quiet("off").hold(utc(2026, 11, 25, h), PARIS) for h in range(24))


def test_the_whole_day_until_midnight_can_be_quiet() -> None:
    assert parse_quiet("12h-24h").hold(utc(2026, 11, 25, 22, 59), PARIS)
    assert not parse_quiet("12h-24h").hold(utc(2026, 11, 25, 23, 0), PARIS)


def test_a_night_is_quiet_on_the_owners_wall() -> None:
    assert not NIGHT.hold(utc(2026, 11, 25, 19, 59), PARIS)
    assert NIGHT.hold(utc(2026, 11, 25, 20, 0), PARIS)
    assert NIGHT.hold(utc(2026, 11, 26, 6, 59), PARIS)
    assert not NIGHT.hold(utc(2026, 11, 26, 7, 0), PARIS)


def test_the_night_of_the_october_change_ends_at_eight_on_the_wall() -> None:
    late = utc(2026, 10, 24, 20, 0)  # 22 h, summer time
    assert NIGHT.end_after(late, PARIS) == utc(2026, 10, 25, 7, 0)  # 8 h, winter time
    assert NIGHT.hold(utc(2026, 10, 25, 6, 30), PARIS)


def test_the_night_of_the_march_change_ends_at_eight_on_the_wall() -> None:
    late = utc(2026, 3, 28, 21, 0)
    assert NIGHT.end_after(late, PARIS) == utc(2026, 3, 29, 6, 0)
    assert not NIGHT.hold(utc(2026, 3, 29, 6, 0), PARIS)


def test_out_of_quiet_there_is_nothing_to_wait_for() -> None:
    noon = utc(2026, 11, 25, 11)
    assert NIGHT.end_after(noon, PARIS) == noon
    assert QuietHours(NIGHT.end, NIGHT.start).hold(noon, PARIS)
