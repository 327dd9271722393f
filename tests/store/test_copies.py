"""Migrations, backups and restores: a copy first, a look before, nothing overwritten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations
from store.samples import outcome, sighting

from monitor.errors import StoreError
from monitor.model import MentionQuery, Sentiment
from monitor.store.sqlite import SqliteStore, restore
from monitor.store.sqlite.connection import Connection
from monitor.store.sqlite.locks import hold
from monitor.store.sqlite.migrating import migrate
from monitor.store.sqlite.migrations import (
    m0001_first,
    m0002_history,
    m0003_relevance,
    m0004_stories,
    m0005_unrated,
    m0006_alerts,
    m0007_replies,
    m0008_schedules,
    m0010_privacy,
    m0012_gated,
)


def made(file: Path, *numbers: int) -> Path:
    with closing(SqliteStore.open(file)) as store:
        store.save_poll(outcome(*(sighting(n) for n in numbers)))
    return file


def found(file: Path) -> set[str]:
    with closing(SqliteStore.open(file)) as store:
        return {mention.external_id for mention in store.find(MentionQuery())}


def next_version() -> Migrations:
    migrations = Migrations("ecoute")
    migrations(name="m0001_first")(m0001_first.apply)
    migrations(name="m0002_history")(m0002_history.apply)
    migrations(name="m0003_relevance")(m0003_relevance.apply)
    migrations(name="m0004_stories")(m0004_stories.apply)
    migrations(name="m0005_unrated")(m0005_unrated.apply)
    migrations(name="m0006_alerts")(m0006_alerts.apply)
    migrations(name="m0007_replies")(m0007_replies.apply)
    migrations(name="m0008_schedules")(m0008_schedules.apply)
    migrations(name="m0010_privacy")(m0010_privacy.apply)
    migrations(name="m0012_gated")(m0012_gated.apply)

    @migrations(name="m9999_colour")
    def _(db: Database) -> None:
        db.executescript("ALTER TABLE source ADD COLUMN colour TEXT")

    return migrations


def test_an_older_database_is_copied_aside_then_brought_forward(tmp_path: Path) -> None:
    path = made(tmp_path / "mentions.db", 1)
    with closing(Connection(path)) as connection:
        migrate(connection, next_version())
        migrate(connection, next_version())
        assert "colour" in connection.db.table("source").columns_dict
    copies = [file.name for file in tmp_path.iterdir() if file.suffix == ".bak"]
    assert copies == ["mentions.db.before-m9999_colour.bak"]
    assert found(tmp_path / copies[0]) == {"guid-1"}


def test_what_was_scored_before_keeps_its_score_when_scores_may_be_none(tmp_path: Path) -> None:
    path = made(tmp_path / "mentions.db")
    with closing(sqlite3.connect(path)) as db:
        schema = "SELECT sql FROM sqlite_master WHERE name = 'mentions'"
        newest = db.execute(schema).fetchone()
    path.unlink()
    before = Migrations("ecoute")
    for step in (m0001_first, m0002_history, m0003_relevance, m0004_stories):
        before(name=step.__name__.rpartition(".")[2])(step.apply)
    with closing(Connection(path)) as connection:
        migrate(connection, before)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            """INSERT INTO mention (id, business, source, platform, kind, external_id, text,
              published_at, found_at, sentiment, polarity, confidence, scorer, relevance, matched,
              reason, story)
            VALUES ('a', 'Léa', 'press', 'feed', 'article', 'guid-1', 'Bon pain',
              '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'negative', -0.5, 0.7, 's-1', 1,
              '[]', '', 'a')"""
        )
    with closing(SqliteStore.open(path)) as store:
        (kept,) = store.find(MentionQuery(text="pain"))
    assert (kept.sentiment, kept.polarity, kept.confidence) == (Sentiment.NEGATIVE, -0.5, 0.7)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(schema).fetchone() == newest
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("UPDATE mention SET sentiment = 'furious'")


def test_a_copy_made_before_is_not_overwritten(tmp_path: Path) -> None:
    path = made(tmp_path / "mentions.db", 1)
    earlier = tmp_path / "mentions.db.before-m9999_colour.bak"
    earlier.write_bytes(b"precious")
    with closing(Connection(path)) as connection:
        migrate(connection, next_version())
    assert earlier.read_bytes() == b"precious"
    assert found(tmp_path / "mentions.db.before-m9999_colour-2.bak") == {"guid-1"}


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = made(tmp_path / "mentions.db", 1)
    migrations = next_version()

    @migrations(name="m0003_broken")
    def _(db: Database) -> None:
        db.executescript("ALTER TABLE nothing ADD COLUMN x")

    with closing(Connection(path)) as connection, pytest.raises(sqlite3.OperationalError):
        migrate(connection, migrations)
    with closing(Connection(path)) as connection:
        assert "colour" not in connection.db.table("source").columns_dict
    assert found(path) == {"guid-1"}


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = made(tmp_path / "mentions.db", 1)
    with closing(Connection(path)) as connection:
        migrate(connection, next_version())
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer version of Écoute"):
            SqliteStore.open(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_backup_restores_over_another_database_which_is_kept(tmp_path: Path) -> None:
    path, copy = made(tmp_path / "mentions.db", 1), tmp_path / "copy.db"
    with closing(SqliteStore.open(path)) as store:
        store.backup(copy)
        store.save_poll(outcome(sighting(2)))
    kept = restore(copy, path)
    assert kept is not None
    assert (found(path), found(kept)) == ({"guid-1"}, {"guid-1", "guid-2"})
    again = restore(copy, path)
    assert again not in {None, kept}
    assert found(kept) == {"guid-1", "guid-2"}


def test_a_backup_restores_where_there_is_nothing(tmp_path: Path) -> None:
    copy = made(tmp_path / "copy.db", 1)
    assert restore(copy, tmp_path / "mentions.db") is None
    assert found(tmp_path / "mentions.db") == {"guid-1"}
    assert not [file for file in tmp_path.iterdir() if ".part" in file.name]


def test_a_backup_replaces_a_damaged_database_and_its_log(tmp_path: Path) -> None:
    path, copy = made(tmp_path / "mentions.db", 1), made(tmp_path / "copy.db", 3)
    path.write_bytes(b"SQLite format 3\0 and then nothing")
    log = tmp_path / "mentions.db-wal"
    log.write_bytes(b"a log")
    kept = restore(copy, path)
    assert kept is not None
    assert kept.read_bytes().endswith(b"nothing")
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"a log"
    assert found(path) == {"guid-3"}


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_bad_backup_replaces_nothing(tmp_path: Path, content: bytes) -> None:
    path, copy = made(tmp_path / "mentions.db", 1), tmp_path / "copy.db"
    copy.write_bytes(content)
    with pytest.raises(StoreError, match=r"^db_corrupt: "):
        restore(copy, path)
    with pytest.raises(StoreError, match="no such file"):
        restore(tmp_path / "none.db", path)
    assert found(path) == {"guid-1"}
    assert not [file for file in tmp_path.iterdir() if "restore" in file.name]


def test_nothing_is_restored_under_a_daemon(tmp_path: Path) -> None:
    path, copy = made(tmp_path / "mentions.db", 1), made(tmp_path / "copy.db", 3)
    with hold(path, "daemon"), pytest.raises(StoreError, match=r"^already_running: "):
        restore(copy, path)
    assert found(path) == {"guid-1"}


def test_a_backup_into_no_folder_is_told(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "mentions.db")
    with closing(store), pytest.raises(StoreError, match="no folder"):
        store.backup(tmp_path / "none" / "copy.db")
