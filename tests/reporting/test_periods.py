"""Names of periods, and the ones before, as a calendar on the wall tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Period
from monitor.reporting.periods import period_back
from monitor.reporting.phrases import Phrases

PARIS = "Europe/Paris"


def period(start: str, end: str) -> Period:
    zone = ZoneInfo(PARIS)
    ends = [datetime.fromisoformat(text).replace(tzinfo=zone) for text in (start, end)]
    return Period(start=ends[0].astimezone(UTC), end=ends[1].astimezone(UTC))


@pytest.mark.parametrize(
    ("start", "end", "short", "full", "label"),
    [
        (
            "2026-11-16T08:00",
            "2026-11-23T08:00",
            "semaine 47",
            "du 16 au 22 novembre 2026",
            "s. 47",
        ),
        (
            "2026-11-15T18:00",
            "2026-11-22T18:00",
            "semaine 47",
            "du 16 au 22 novembre 2026",
            "s. 47",
        ),
        ("2026-12-01T00:00", "2026-12-02T00:00", "mardi 1er décembre", None, "mar. 1er"),
        ("2026-11-22T08:00", "2026-11-23T08:00", "dimanche 22 novembre", None, "dim. 22"),
        ("2026-10-01T08:00", "2026-11-01T08:00", "octobre 2026", "en octobre 2026", "oct."),
        (
            "2026-11-28T08:00",
            "2026-12-02T08:00",
            "du 28 novembre au 1er décembre",
            "du 28 novembre au 1er décembre 2026",
            "28 nov.",
        ),
        (
            "2026-12-30T00:00",
            "2027-01-03T00:00",
            "du 30 décembre au 2 janvier",
            "du 30 décembre 2026 au 2 janvier 2027",
            "30 déc.",
        ),
        (
            "2026-11-23T08:00",
            "2026-11-23T11:30",
            "lundi 23 novembre",
            "le lundi 23 novembre 2026 de 8 h à 11 h 30",
            "8 h",
        ),
    ],
)
def test_a_period_is_named_as_people_do(
    start: str, end: str, short: str, full: str | None, label: str
) -> None:
    phrases, made = Phrases("fr", PARIS), period(start, end)
    named = [phrases.period_short(made), phrases.period_full(made), phrases.period_label(made)]
    plain = [name.replace("\u00a0", " ") for name in named]
    assert plain == [short, full or f"le {short} 2026", label]


def test_a_day_and_its_number_never_part() -> None:
    day = Phrases("fr", PARIS).day(datetime(2026, 11, 23, tzinfo=UTC).date())
    assert day == "lundi 23\u00a0novembre 2026"
    assert Phrases("en", PARIS).day(datetime(2026, 12, 1, tzinfo=UTC).date()) == (
        "Tuesday 1\u00a0December 2026"
    )


def test_the_month_before_is_a_calendar_month() -> None:
    november = period("2026-11-01T08:00", "2026-12-01T08:00")
    assert period_back(november, PARIS) == period("2026-10-01T08:00", "2026-11-01T08:00")
    assert period_back(november, PARIS, 11) == period("2025-12-01T08:00", "2026-01-01T08:00")


def test_a_week_across_a_clock_change_begins_at_the_same_hour() -> None:
    after = period("2026-10-26T08:00", "2026-11-02T08:00")
    assert period_back(after, PARIS) == period("2026-10-19T08:00", "2026-10-26T08:00")


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.timedeltas(timedelta(minutes=1), timedelta(days=400)),
)
def test_periods_before_follow_one_another(start: datetime, length: timedelta) -> None:
    made = Period(start=start, end=start + length)
    ends = [period_back(made, PARIS, steps).end for steps in (1, 2, 3)]
    starts = [made.start, *(period_back(made, PARIS, steps).start for steps in (1, 2))]
    assert ends == starts
    assert starts == sorted(set(starts), reverse=True)


@pytest.mark.parametrize(
    ("minutes", "french", "english"),
    [
        (-5, "moins d’une heure", "less than an hour"),
        (60, "1 heure", "1 hour"),
        (150, "2 heures", "2 hours"),
        (24 * 60, "1 jour", "1 day"),
        (3 * 24 * 60, "3 jours", "3 days"),
    ],
)
def test_how_long_something_lasts(minutes: int, french: str, english: str) -> None:
    lapse = timedelta(minutes=minutes)
    assert Phrases("fr", PARIS).lapse(lapse) == french
    assert Phrases("en", PARIS).lapse(lapse) == english


def test_some_hours_of_an_afternoon_are_of_that_day() -> None:
    phrases = Phrases("fr", PARIS)
    hours = period("2026-11-25T13:00", "2026-11-25T15:00")
    assert phrases.period_short(hours) == "mercredi 25\u00a0novembre"
    assert phrases.period_full(hours).startswith("le mercredi 25\u00a0novembre 2026 de 13\u00a0h")
