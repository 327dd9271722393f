"""The days a text speaks of."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.dedupe.numerals import tokens_of
from monitor.dedupe.told_days import dates_in, days_referred_to, weekdays_in
from monitor.text import fold

THURSDAY = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


def tokens(text: str) -> list[str]:
    return tokens_of(fold(text))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("le 5 mai", [date(2027, 5, 5)]),
        ("dans la nuit du 8 au 9 novembre", [date(2026, 11, 8), date(2026, 11, 9)]),
        ("le 1er décembre", [date(2026, 12, 1)]),
        ("le 31 février, en mai, 2 mars 2019 ou 300 août", [date(2027, 3, 2)]),
    ],
)
def test_a_date_is_the_one_nearest_to_its_text(text: str, days: list[date]) -> None:
    assert sorted(dates_in(tokens(text), THURSDAY)) == days


def test_a_day_of_the_week_is_the_last_or_the_next() -> None:
    assert weekdays_in(tokens("mardi soir"), THURSDAY) == {date(2026, 11, 17), date(2026, 11, 24)}
    assert weekdays_in(tokens("ce jeudi"), THURSDAY) == {date(2026, 11, 19)}
    assert weekdays_in(tokens("chaque mardi, mardi 24 novembre"), THURSDAY) == set()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Trois jours après le braquage", (date(2026, 11, 15), date(2026, 11, 17))),
        ("Une semaine plus tard", (date(2026, 11, 8), date(2026, 11, 16))),
        ("il y a deux semaines", (date(2026, 11, 1), date(2026, 11, 9))),
        ("une dizaine de jours après", (date(2026, 11, 5), date(2026, 11, 13))),
        ("au lendemain de la crue", (date(2026, 11, 17), date(2026, 11, 19))),
        ("dix-neuf jours après", (date(2026, 10, 30), date(2026, 11, 1))),
        ("trois jours avant", None),
        ("999999999999 jours après", (date(2026, 8, 20), date(2026, 8, 22))),
    ],
)
def test_what_counts_back_names_its_days(text: str, days: tuple[date, date] | None) -> None:
    assert days_referred_to(tokens(text), THURSDAY) == days
