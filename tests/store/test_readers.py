"""Who was told what: kept with the digests, and brought forward from older databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fixed_clock import FixedClock
from sqlite_utils import Migrations
from store.samples import DAY, NOW, SHOP, digest, outcome, sighting

from monitor.model import MentionQuery, Period
from monitor.store.sqlite import SqliteStore
from monitor.store.sqlite.connection import Connection
from monitor.store.sqlite.migrating import migrate
from monitor.store.sqlite.migrations import MIGRATIONS

SIMON, ANA = "simon@example.fr", "ana@example.fr"


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore.open(tmp_path / "mentions.db", clock=FixedClock(NOW))


def untold(store: SqliteStore, recipient: str) -> list[str]:
    query = MentionQuery(business=SHOP, untold_to=recipient, news_only=True)
    return sorted(mention.external_id for mention in store.find(query))


def test_a_reader_is_told_what_comes_from_their_first_day_on(store: SqliteStore) -> None:
    store.save_poll(outcome(sighting(1), at=NOW - 9 * DAY))
    store.save_poll(outcome(sighting(2), at=NOW - 2 * DAY))
    store.enrol_readers(SHOP, {SIMON: NOW - 3 * DAY}, NOW)
    assert untold(store, SIMON) == ["guid-2"]
    assert untold(store, ANA) == []
    # By a clock that is years behind, yet after: told all the same.
    store.save_poll(outcome(sighting(3), at=NOW - 3000 * DAY))
    assert untold(store, SIMON) == ["guid-2", "guid-3"]


def test_a_digest_to_one_leaves_the_other_untold(store: SqliteStore) -> None:
    (one,) = store.save_poll(outcome(sighting(1))).new
    store.enrol_readers(SHOP, {SIMON: NOW - DAY, ANA: NOW - DAY}, NOW)
    apart = digest(one, recipients=(SIMON,), lane="daily")
    assert store.close_digest(apart)
    assert (untold(store, SIMON), untold(store, ANA)) == ([], ["guid-1"])
    assert store.told_in(SIMON, [one, "nothing"]) == {one: apart.id}
    assert [m.id for m in store.find(MentionQuery(undigested=True))] == [one]
    assert store.digested_until(SHOP) is None
    assert store.unarchived() == [apart]
    again = replace(apart, id="d2", message_id="<d2>", recipients=(ANA, SIMON))
    assert not store.close_digest(again)
    assert store.close_digest(digest(one, id="d3", message_id="<d3>", recipients=(ANA,)))
    (kept,) = store.find(MentionQuery())
    assert kept.digest_id == "d3"


def test_who_leaves_is_forgotten_and_new_when_back(store: SqliteStore) -> None:
    store.enrol_readers(SHOP, {SIMON: NOW - DAY}, NOW)
    store.close_digest(digest(recipients=(SIMON,)))
    assert store.enrol_readers(SHOP, {SIMON: NOW}, NOW)[SIMON].told_until == digest().period.end
    assert SIMON not in store.enrol_readers(SHOP, {}, NOW)
    back = store.enrol_readers(SHOP, {SIMON: NOW + DAY}, NOW + 2 * DAY)[SIMON]
    assert (back.since, back.told_until, back.added_at) == (NOW + DAY, None, NOW + 2 * DAY)


def test_a_pass_holds_until_the_next_digest(store: SqliteStore) -> None:
    store.enrol_readers(SHOP, {SIMON: NOW}, NOW)
    store.pass_digest(SHOP, ["", SIMON], NOW + DAY)
    states = store.enrol_readers(SHOP, {SIMON: NOW}, NOW)
    assert {who: one.passed_at for who, one in states.items()} == {
        "": NOW + DAY,
        SIMON: NOW + DAY,
    }
    store.close_digest(digest(recipients=(SIMON,)))
    states = store.enrol_readers(SHOP, {SIMON: NOW}, NOW)
    assert {one.passed_at for one in states.values()} == {None}


def test_what_is_erased_goes_from_the_digests_of_every_rhythm(store: SqliteStore) -> None:
    (one,) = store.save_poll(outcome(sighting(1))).new
    store.close_digest(digest(one, recipients=(), lane="daily"))
    assert store.expire(NOW + 40 * DAY, 30 * DAY) == 1
    assert store.unarchived() == []  # nothing to write any more


def test_an_older_database_knows_who_was_told(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    before = Migrations("ecoute")
    for step in MIGRATIONS.pending(Connection(tmp_path / "empty.db").db):
        if step.name < "m0008":
            before(name=step.name)(step.fn)
    with closing(Connection(path)) as connection:
        migrate(connection, before)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            """INSERT INTO digest (id, business, period_start, period_end, closed_at, subject, text,
              html, message_id, message, sender, report, archived)
            VALUES ('old', ?, '2026-11-01T00:00:00Z', '2026-11-08T00:00:00Z',
              '2026-11-08T00:00:00Z', '', '', '', '<old>', x'', '', '', 1)""",
            [SHOP],
        )
        db.execute("INSERT INTO delivery (digest_id, recipient) VALUES ('old', ?)", [SIMON])
    with closing(SqliteStore.open(path)) as store:
        states = store.enrol_readers(SHOP, {SIMON: NOW, ANA: NOW}, NOW)
        period = Period(start=NOW, end=NOW)
        assert states[SIMON].told_until == NOW.replace(day=8, hour=0)
        assert (states[ANA].told_until, states[ANA].since) == (None, period.start)
