"""What is read for a report: what was published, and of which months anything is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st
from reporting.monthly.shelf import PARIS, RIVAL, Shelf, lively, on, read
from reporting.samples import SHOP, mention

from monitor.model import Sentiment, Status
from monitor.reporting.stats import Tally


def test_a_mention_counts_in_the_month_it_was_published_whenever_it_was_found() -> None:
    late = mention(1, published_at=on(31), found_at=on(9, 11))
    early = mention(2, published_at=on(30, 9), found_at=on(1))
    assert [m.id for m in read(Shelf([late, early])).month.mentions] == ["m-001"]


def test_a_month_ends_at_midnight_of_the_owner() -> None:
    before = mention(1, published_at=datetime.fromisoformat("2026-10-31T23:59:59+01:00"))
    after = mention(2, published_at=datetime.fromisoformat("2026-11-01T00:00:00+01:00"))
    assert [m.id for m in read(Shelf([before, after])).month.mentions] == ["m-001"]


def test_the_same_month_a_year_before_is_unknown_where_nothing_is_known_of_it() -> None:
    assert read(Shelf([mention(1, published_at=on(4))])).year_ago is None
    year_ago = read(Shelf([mention(1, published_at=on(4, 10, 2025))])).year_ago
    assert year_ago is not None
    assert year_ago.total == 1


def test_a_month_in_which_something_was_read_and_nothing_said_is_known_as_silent() -> None:
    made = read(Shelf([]))
    assert made.month.previous == Tally()
    assert [part.tally.total for part in made.months] == [0, 0, 0]


def test_before_anything_is_known_there_is_no_month_to_compare_with() -> None:
    made = read(Shelf([mention(1, published_at=on(4))], created=on(15)))
    assert made.month.previous is None
    assert len(made.months) == 1


def test_the_trend_has_no_gap_between_months_that_are_known() -> None:
    mentions = [mention(1, published_at=on(4, 2)), mention(2, published_at=on(4))]
    made = read(Shelf(mentions, created=on(15)))
    assert [part.tally.total for part in made.months] == [1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_older_negatives_without_an_answer_are_counted() -> None:
    bad = mention(1, Sentiment.NEGATIVE, published_at=on(4, 3))
    done = replace(bad, id="m-002", status=Status.HANDLED)
    ancient = replace(bad, id="m-003", published_at=on(4, 3, 2024))
    assert read(Shelf([bad, done, ancient])).month.waiting == 1


def test_a_competitor_that_nobody_named_is_told_as_such() -> None:
    assert read(Shelf([mention(1, published_at=on(4))])).voices == {SHOP: 1, RIVAL: 0}


def test_voices_are_of_what_was_published() -> None:
    made = read(lively())
    assert made.voices == {SHOP: 9, RIVAL: 2}
    assert made.voices_before == {SHOP: 6, RIVAL: 1}


@given(st.lists(st.dates(date(2025, 9, 1), date(2026, 11, 2)), max_size=12))
def test_weeks_and_months_count_the_same_mentions(days: list[date]) -> None:
    mentions = [
        mention(n, published_at=datetime.combine(day, time(), PARIS)) for n, day in enumerate(days)
    ]
    made = read(Shelf(mentions, created=on(15)))
    months = sum(part.tally.total for part in made.months)
    assert sum(part.tally.total for part in made.weeks) == months
    twelve = [day for day in days if date(2025, 11, 1) <= day < date(2026, 11, 1)]
    assert months == len(twelve)
