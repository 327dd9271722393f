from __future__ import annotations

from datetime import date, timedelta

import pytest

from monitor.lexicon import trades
from monitor.usual.seasons import feast_day, learnt_factors, season_on, seasons_of

FLORIST = seasons_of("fleuriste")


@pytest.mark.parametrize(
    ("feast", "year", "day"),
    [
        ("easter", 2025, date(2025, 4, 20)),
        ("easter", 2027, date(2027, 3, 28)),
        ("mothers_day", 2023, date(2023, 6, 4)),  # the last Sunday of May was Pentecost
        ("mothers_day", 2025, date(2025, 5, 25)),
        ("fathers_day", 2026, date(2026, 6, 21)),
        ("grandmothers_day", 2026, date(2026, 3, 1)),
        ("02-14", 2026, date(2026, 2, 14)),
    ],
)
def test_feasts_are_on_their_day(feast: str, year: int, day: date) -> None:
    assert feast_day(feast, year) == day


def test_a_florist_is_busy_before_saint_valentin_and_a_garage_is_not() -> None:
    season = season_on(date(2026, 2, 12), FLORIST)
    assert season is not None
    assert season.name == "saint_valentin"
    assert season_on(date(2026, 2, 12), seasons_of("garage")) is None
    assert season_on(date(2026, 2, 20), FLORIST) is None


def test_christmas_goes_on_into_january() -> None:
    season = season_on(date(2027, 1, 1), FLORIST)
    assert season is not None
    assert season.name == "noel"


def test_every_trade_of_the_calendar_is_one_we_know() -> None:
    known = {trade.label for trade in trades()}
    busy = {label for label in known if seasons_of(label)}
    from monitor.usual.seasons import _calendar  # noqa: PLC0415 - what else it holds

    assert set(_calendar()) == busy


def test_what_a_shop_saw_last_year_outweighs_the_guess() -> None:
    days = [date(2026, 2, 14) + timedelta(days=n) for n in range(-7, 3)]
    busy = learnt_factors(FLORIST, dict.fromkeys(days, 20), rate=2.0)
    calm = learnt_factors(FLORIST, dict.fromkeys(days, 2), rate=2.0)
    assert busy["saint_valentin"] > 7
    assert calm["saint_valentin"] < 1.5
