"""Whether so many negative mentions are usual: said in the digest, from the business's own past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fixed_clock import FixedClock
from reporting.samples import NOW, PARIS, WEEK, lively_week
from store.samples import BAD, GOOD, SHOP, outcome, sighting, state

from monitor.model import Period
from monitor.reporting.digest import build_digest
from monitor.reporting.gather import gather
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.render import render
from monitor.store.sqlite import SqliteStore
from monitor.usual.unusual import Expected

DAY = timedelta(days=1)
ONE = Expected(mean=0.6, usual=2, size=float("inf"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    clock = FixedClock(NOW - 90 * DAY)
    with closing(SqliteStore.open(tmp_path / "mentions.db", clock=clock)) as opened:
        opened.register_sources([state()])
        yield opened


def say(store: SqliteStore, number: int, days: float, *, bad: bool) -> None:
    at = NOW - timedelta(days=days)
    said = sighting(number, score=BAD if bad else GOOD, published_at=at)
    store.save_poll(outcome(said, at=at))


def read(store: SqliteStore, period: Period = WEEK) -> Material:
    return gather(store, SHOP, period, undigested=False, now=NOW, timezone=PARIS)


def sentence(made: Material) -> str | None:
    told = build_digest(made, DigestOptions()).usualness
    return told and told.replace("\u00a0", " ")


def test_a_week_like_others_is_said_to_be_usual(store: SqliteStore) -> None:
    for week in range(12):
        for number in range(4):
            say(store, week * 10 + number, week * 7 + number + 1, bad=number == 0)
    assert sentence(read(store)) == (
        "1 négative sur 4 mentions : c’est habituel (rarement plus de 3)."
    )


def test_many_more_than_usual_are_said_to_be(store: SqliteStore) -> None:
    for week in range(12):
        say(store, week * 10, week * 7 + 1, bad=week % 4 == 1)
    for number in range(7):
        say(store, 200 + number, 2 + number / 10, bad=True)
    told = sentence(read(store))
    assert told is not None
    assert told.startswith("7 négatives sur 8 mentions : bien plus que d’habitude (rarement plus")


def test_a_little_more_than_usual_is_left_to_chance() -> None:
    made = replace(lively_week(), expected=ONE)
    assert sentence(made) == (
        "3 négatives sur 14 mentions : plus que d’habitude (rarement plus de 2),"
        " mais le hasard peut l’expliquer."
    )
    told = build_digest(made, DigestOptions(language="en")).usualness
    assert told == (
        "3 negative of 14 mentions: more than usual (seldom more than 2), though chance may"
        " explain it."
    )


def test_where_none_is_usual_that_is_said() -> None:
    none = Expected(mean=0.02, usual=0, size=float("inf"))
    told = sentence(replace(lively_week(), expected=none))
    assert told is not None
    assert "(rarement même une)" in told


def test_before_four_weeks_nothing_is_usual(store: SqliteStore) -> None:
    say(store, 1, 1, bad=True)
    month_of_reading = Period(start=NOW - 70 * DAY, end=NOW - 63 * DAY)
    assert read(store, month_of_reading).expected is None
    assert read(store).expected is not None


def test_a_part_of_a_day_is_not_judged(store: SqliteStore) -> None:
    say(store, 1, 0.1, bad=True)
    assert read(store, Period(start=NOW - timedelta(hours=3), end=NOW)).expected is None


def test_without_a_negative_one_nothing_is_said() -> None:
    week = lively_week()
    kind = tuple(m for m in week.mentions if m.sentiment != "negative")
    assert sentence(replace(week, mentions=kind, expected=ONE)) is None


def test_both_parts_of_the_mail_say_it() -> None:
    mail = render(build_digest(replace(lively_week(), expected=ONE), DigestOptions()))
    assert "rarement plus de 2" in " ".join(mail.text.split())
    assert "rarement plus de 2" in mail.html
