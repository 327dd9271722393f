"""What platforms with terms and accounts ask of a store: words that go, figures, money spent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store.samples import DAY, NOW, digest, outcome, sighting, state

from monitor.model import FetchMemory, Figure, MentionQuery, Period, Spent
from monitor.store.sqlite import SqliteStore

LINKEDIN = replace(state("li"), type="linkedin")
LIMITS = {"linkedin": 2 * DAY}
KEEP = 700 * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mentions.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(path, clock=lambda: NOW)) as opened:
        yield opened


def test_words_go_when_terms_say_so_and_the_mention_stays(store: SqliteStore, path: Path) -> None:
    post = sighting(1, source_id="li", text="Fleurs Bougamont, un secret du métier bien gardé.")
    (post_id,) = store.save_poll(outcome(post, state=LINKEDIN)).new
    store.save_poll(outcome(sighting(2)))
    store.close_digest(replace(digest(post_id), text="un secret du métier bien gardé"))
    assert store.expire(NOW + DAY, KEEP, LIMITS) == 0
    assert store.expire(NOW + 3 * DAY, KEEP, LIMITS) == 1
    assert store.expire(NOW + 3 * DAY, KEEP, LIMITS) == 0
    mention = store.get(post_id)
    assert mention is not None
    assert (mention.title, mention.text) == (None, "")
    assert mention.url is not None
    assert mention.author is not None
    assert mention.polarity == 0.6
    assert [m.id for m in store.find(MentionQuery(text="secret"))] == []
    assert len(store.find(MentionQuery())) == 2
    saved = store.save_poll(outcome(post, state=LINKEDIN, at=NOW + 3 * DAY))
    assert (saved.new, saved.updated, saved.duplicates) == ((), (), 1)
    again = store.get(post_id)
    assert again is not None
    assert again.text == ""


def test_what_was_met_elsewhere_too_keeps_its_words(store: SqliteStore) -> None:
    (first,) = store.save_poll(outcome(sighting(1, source_id="li"), state=LINKEDIN)).new
    store.save_poll(outcome(sighting(1)))
    assert store.expire(NOW + 9 * DAY, KEEP, LIMITS) == 0
    mention = store.get(first)
    assert mention is not None
    assert mention.text != ""


def test_words_go_by_platform_too_where_others_pushed_them(store: SqliteStore) -> None:
    hook = replace(state("hook"), type="webhook")
    pushed = [sighting(n, source_id="hook", platform=p) for n, p in ((1, "linkedin"), (2, "x"))]
    store.save_poll(outcome(*pushed, state=hook))
    assert store.expire(NOW + 3 * DAY, KEEP, LIMITS) == 1
    assert [m.platform for m in store.find(MentionQuery()) if m.text] == ["x"]


def test_several_polls_are_stored_all_or_none(store: SqliteStore) -> None:
    hook = replace(state("hook"), type="webhook")
    one, other = (outcome(sighting(n, source_id="hook"), state=hook) for n in (1, 2))
    again = outcome(sighting(1, source_id="hook"), sighting(3, source_id="hook"), state=hook)
    with pytest.raises(AttributeError):
        store.save_polls([one, replace(other, sightings=(None,))])  # type: ignore[arg-type]
    assert store.find(MentionQuery()) == []
    first, second, third = store.save_polls([one, other, again])
    assert (len(first.new), len(second.new), len(third.new)) == (1, 1, 1)
    assert (first.unchanged, third.unchanged, third.duplicates) == ((), (0,), 1)


def test_the_last_figure_of_a_day_stands(store: SqliteStore) -> None:
    for hours, value in ((0, 4.2), (5, 4.3), (26, 4.1)):
        read = outcome(at=NOW + timedelta(hours=hours))
        store.save_poll(replace(read, figures=(Figure(name="rating", value=value),)))
    told = store.figures(Period(start=NOW - DAY, end=NOW + 3 * DAY))
    assert [(f.name, f.value) for f in told] == [("rating", 4.3), ("rating", 4.1)]
    assert [f.day.hour for f in told] == [0, 0]


def test_what_was_spent_survives_an_edit_of_the_configuration(store: SqliteStore) -> None:
    spent = {"x, posts": Spent(units=40, renews_at=NOW + 9 * DAY)}
    paid = replace(state("x"), memory=FetchMemory(spent=spent), cursor={"since": "1"})
    store.register_sources([paid])
    store.save_poll(outcome(state=paid))
    store.register_sources([replace(paid, options_hash="other")])
    kept = store.source_state("x")
    assert (kept.cursor, kept.memory.spent) == ({}, spent)
    store.register_sources([state("y")])
    assert store.spent_elsewhere("y", NOW) == {"x, posts": 40}
    assert store.spent_elsewhere("y", NOW + 9 * DAY) == {"x, posts": 0}


def test_a_damaged_memory_stops_no_start(store: SqliteStore, path: Path) -> None:
    store.register_sources([state("x")])
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE source SET memory = '[renews_at'")
    store.register_sources([replace(state("x"), options_hash="other")])
    assert store.spent_elsewhere("y", NOW) == {}
