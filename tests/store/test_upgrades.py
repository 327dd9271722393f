"""A database of every schema ever, with rows in each table, comes forward and loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations
from store.samples import NOW, outcome, sighting
from store.upgrade_rows import ROWS, SHOP

from monitor.model import DeliveryResult, DeliveryState, MentionQuery, Sentiment
from monitor.store.sqlite import SqliteStore, restore
from monitor.store.sqlite.connection import Connection
from monitor.store.sqlite.migrating import migrate
from monitor.store.sqlite.migrations import MIGRATIONS

STEPS = MIGRATIONS.pending(Database(memory=True))
LEVELS = range(1, len(STEPS) + 1)
_OWN = ("sqlite_", "_sqlite", "mention_fts")


def schema_until(level: int) -> Migrations:
    migrations = Migrations("ecoute")
    for step in STEPS[:level]:
        migrations(name=step.name)(step.fn)
    return migrations


def tables(db: sqlite3.Connection) -> list[str]:
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not name.startswith(_OWN)]


def columns(db: sqlite3.Connection, table: str) -> dict[str, object]:
    return {row[1]: row[2:] for row in db.execute(f"PRAGMA table_xinfo({table})")}


def rows(db: sqlite3.Connection) -> dict[str, list[dict[str, object]]]:
    """Return all rows of all tables, in a steady order."""
    db.row_factory = sqlite3.Row
    read = {
        table: [dict(row) for row in db.execute(f"SELECT * FROM {table}")]  # noqa: S608 - a table of ours
        for table in tables(db)
    }
    return {table: sorted(found, key=repr) for table, found in read.items()}


def filled(path: Path, level: int) -> dict[str, list[dict[str, object]]]:
    """Make a database of a level with a row or more in each table; return its rows."""
    with closing(Connection(path)) as connection:
        migrate(connection, schema_until(level))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("DELETE FROM lesson") if "lesson" in tables(db) else None
        for table, told in ROWS.items():
            has = columns(db, table)
            for row in told if has else ():
                known = {name: value for name, value in row.items() if name in has}
                names = ", ".join(known)
                marks = ", ".join("?" * len(known))
                sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours
                db.execute(sql, list(known.values()))
        return rows(db)


@pytest.fixture(params=LEVELS, ids=[step.name for step in STEPS])
def level(request: pytest.FixtureRequest) -> int:
    assert isinstance(request.param, int)
    return request.param


def kept(old: Mapping[str, object], new: list[dict[str, object]]) -> bool:
    """Tell whether a row is still there; a step may add columns, and fill what was null."""
    return any(
        all(name not in row or row[name] == value for name, value in old.items()) for row in new
    )


def lost(
    before: Mapping[str, list[dict[str, object]]], after: Mapping[str, list[dict[str, object]]]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    for table, found in before.items():
        for row in found:
            if table not in after or not kept(row, after[table]):
                yield table, row


def test_every_table_is_tried(level: int, tmp_path: Path) -> None:
    before = filled(tmp_path / "mentions.db", level)
    assert [table for table, found in before.items() if not found] == []


def test_no_row_is_lost_or_changed(level: int, tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    before = filled(path, level)
    SqliteStore.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert list(lost(before, rows(db))) == []
        assert [*map(tuple, db.execute("PRAGMA integrity_check"))] == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_schema_is_that_of_a_new_database(level: int, tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    filled(old, level)
    for path in (old, new):
        SqliteStore.open(path).close()
    with closing(sqlite3.connect(old)) as one, closing(sqlite3.connect(new)) as other:
        others = "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' ORDER BY 1, 2"
        assert one.execute(others).fetchall() == other.execute(others).fetchall()
        assert tables(one) == tables(other)
        for table in tables(one):
            assert list(columns(one, table).items()) == list(columns(other, table).items())


def test_what_it_held_can_be_found_sent_and_gone_on_with(level: int, tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    filled(path, level)
    with closing(sqlite3.connect(path)) as db, db:
        if "forgotten" in tables(db):  # it is of no use without the key beside the database
            db.execute("DELETE FROM forgotten")
    with closing(SqliteStore.open(path)) as store:
        (found,) = store.find(MentionQuery(text='"bouquet numéro 2"'))
        assert (found.sentiment, found.note) == (Sentiment.POSITIVE, "rappelé")
        assert store.check() == []
        assert store.created_at() == datetime(2026, 1, 5, 7, tzinfo=UTC)
        assert store.digested_until(SHOP) == datetime(2026, 1, 6, 8, 30, tzinfo=UTC)
        (state,) = store.source_states()
        assert (state.cursor, state.failures) == ({"since": "7"}, 2)
        (mail,) = store.claim_outbox(NOW)
        assert (mail.message_id, mail.attempts) == ("<d2@ecoute.example>", 3)
        sent = DeliveryResult(recipient="a@example.fr", state=DeliveryState.SENT)
        store.record_delivery("d2", [sent], NOW)
        assert store.claim_outbox(NOW, force=True) == []
        assert len(store.save_poll(outcome(sighting(9))).new) == 1


def test_the_copy_made_first_can_be_put_back(level: int, tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    before = filled(path, level)
    SqliteStore.open(path).close()
    copies = list(tmp_path.glob("*.bak"))
    if level == len(STEPS):
        assert copies == []
        return
    (copy,) = copies
    with closing(sqlite3.connect(copy)) as db:
        assert rows(db) == before
    restore(copy, path)
    SqliteStore.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert list(lost(before, rows(db))) == []
