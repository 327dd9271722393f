"""Locked, full, read-only, damaged, someone else's: each has its code, and nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from store.samples import outcome, sighting, state

from monitor.errors import StoreCode, StoreError
from monitor.model import MentionQuery
from monitor.store.sqlite import SqliteStore, connection, opening

NO_WAIT = timedelta(milliseconds=50)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with 200 mentions, closed."""
    file = tmp_path / "mentions.db"
    with closing(SqliteStore.open(file)) as store:
        store.save_poll(outcome(*(sighting(n) for n in range(1, 201))))
    return file


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def code_of(path: Path, *, read_only: bool = False) -> StoreCode:
    with pytest.raises(StoreError) as caught:
        SqliteStore.open(path, wait=NO_WAIT, read_only=read_only)
    assert str(caught.value).startswith(f"{caught.value.code}: ")
    return caught.value.code


def test_a_locked_database_is_waited_for_then_told(path: Path, other: sqlite3.Connection) -> None:
    with closing(SqliteStore.open(path, wait=NO_WAIT)) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"^db_locked: "):
            store.save_poll(outcome(sighting(900)))
        assert len(store.find(MentionQuery())) == 200
        other.execute("ROLLBACK")
        assert len(store.save_poll(outcome(sighting(900))).new) == 1


def test_sources_known_already_are_registered_though_it_is_locked(
    path: Path, other: sqlite3.Connection
) -> None:
    with closing(SqliteStore.open(path, wait=NO_WAIT)) as store:
        store.register_sources([state("a"), state("b")])
        other.execute("BEGIN IMMEDIATE")
        store.register_sources([state("b"), state("a")])
        with pytest.raises(StoreError, match=r"^db_locked: "):
            store.register_sources([state("a")])


def test_a_close_does_not_wait_for_one_who_waits_for_a_lock(
    path: Path, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CLOSE_WITHIN", NO_WAIT)
    store = SqliteStore.open(path)
    other.execute("BEGIN IMMEDIATE")
    waiting = threading.Thread(target=store.save_poll, args=[outcome(sighting(900))])
    waiting.start()
    while store._connection._turn.acquire(blocking=False):  # noqa: SLF001 - until it has its turn
        store._connection._turn.release()  # noqa: SLF001
    store.close()
    assert waiting.is_alive()
    other.execute("ROLLBACK")
    waiting.join()
    store.close()


def test_a_database_locked_whole_cannot_be_opened(path: Path, other: sqlite3.Connection) -> None:
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert code_of(path) is StoreCode.DB_LOCKED


def test_a_full_disk_stores_nothing_of_the_poll_and_goes_on_later(path: Path) -> None:
    with closing(SqliteStore.open(path)) as store:
        execute = store._connection.db.conn.execute  # noqa: SLF001 - the only way to fill a disk
        pages = execute("PRAGMA page_count").fetchone()[0]
        execute(f"PRAGMA max_page_count = {pages + 2}")
        big = outcome(
            *(sighting(n, text="mot " * 4000) for n in range(300, 320)), state=state(failures=5)
        )
        with pytest.raises(StoreError, match=r"^disk_full: "):
            store.save_poll(big)
        assert len(store.find(MentionQuery())) == 200
        assert store.source_states()[0].failures == 0
        execute(f"PRAGMA max_page_count = {pages + 5000}")
        assert len(store.save_poll(big).new) == 20
        assert store.check() == []


def test_a_read_only_store_reads_and_refuses_to_write(path: Path) -> None:
    before = path.read_bytes()
    with closing(SqliteStore.open(path, read_only=True)) as store:
        assert len(store.find(MentionQuery(text="bouquets"))) == 200
        assert store.check() == []
        with pytest.raises(StoreError, match=r"^read_only: "):
            store.save_poll(outcome(sighting(900)))
    assert path.read_bytes() == before


def test_read_only_makes_no_file(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.db", read_only=True) is StoreCode.READ_ONLY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["no/such/mentions.db", "file/mentions.db", "folder"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    assert code_of(tmp_path / name) is StoreCode.READ_ONLY


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "mentions.db").touch()
    with closing(SqliteStore.open(tmp_path / "mentions.db")) as store:
        assert store.find(MentionQuery()) == []


def test_an_empty_file_beside_a_log_is_a_lost_database(tmp_path: Path) -> None:
    (tmp_path / "mentions.db").touch()
    (tmp_path / "mentions.db-wal").write_bytes(b"words")
    assert code_of(tmp_path / "mentions.db") is StoreCode.DB_CORRUPT
    assert (tmp_path / "mentions.db-wal").read_bytes() == b"words"


def test_an_empty_file_whose_lock_was_had_is_a_lost_database(path: Path) -> None:
    with closing(SqliteStore.open(path)) as store, store.hold("daemon"):
        pass
    path.write_bytes(b"")
    assert code_of(path) is StoreCode.DB_CORRUPT
    assert path.read_bytes() == b""
    path.unlink()
    SqliteStore.open(path).close()  # deleted by hand: a wish to begin anew


def _truncate(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _scribble(content: bytes) -> bytes:
    middle = len(content) // 2 & ~4095
    return content[:middle] + b"\xa5" * 8192 + content[middle + 8192 :]


def _lose_schema(content: bytes) -> bytes:
    return content[:100] + b"\xff" * 3000 + content[3100:]


@pytest.mark.parametrize("harm", [_truncate, _scribble, _lose_schema])
def test_a_damaged_database_is_named_and_left_untouched(path: Path, harm: object) -> None:
    assert callable(harm)
    damaged = harm(path.read_bytes())
    path.write_bytes(damaged)
    assert code_of(path) is StoreCode.DB_CORRUPT
    assert path.read_bytes() == damaged
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_damage_is_told_in_one_line(path: Path) -> None:
    path.write_bytes(_scribble(path.read_bytes()))
    with pytest.raises(StoreError) as caught:
        SqliteStore.open(path)
    assert "\n" not in str(caught.value)


def test_a_damaged_database_keeps_its_log(path: Path, other: sqlite3.Connection) -> None:
    other.execute("UPDATE mention SET note = 'in the log'")
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 0
    with path.open("r+b") as file:
        file.write(b"not SQLite")
    assert code_of(path) is StoreCode.DB_CORRUPT
    assert log.stat().st_size > 0


def test_a_large_damaged_database_is_found_by_the_check(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "QUICK_CHECK_BYTES", 0)  # a large file would make the test slow
    path.write_bytes(_scribble(path.read_bytes()))
    with closing(SqliteStore.open(path)) as store:
        assert store.check() != []


def test_an_index_that_lost_words_is_found(path: Path, other: sqlite3.Connection) -> None:
    other.execute("INSERT INTO mention_fts (mention_fts) VALUES ('delete-all')")
    with closing(SqliteStore.open(path)) as store:
        assert store.check() != []


@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04" * 100])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mentions.db").write_bytes(content)
    assert code_of(tmp_path / "mentions.db") is StoreCode.DB_CORRUPT
    assert (tmp_path / "mentions.db").read_bytes() == content


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE moz_places (id)")
    before = file.read_bytes()
    assert code_of(file) is StoreCode.DB_CORRUPT
    assert file.read_bytes() == before


def test_a_database_on_a_read_only_disk_can_be_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write anywhere, and only root may mount: so what the system says is made up.
    monkeypatch.setattr(os, "access", lambda file, mode: False)
    with closing(SqliteStore.open(path, read_only=True)) as store:
        assert len(store.find(MentionQuery(text="bouquets"))) == 200
    assert [file.name for file in path.parent.iterdir()] == [path.name]
