"""Damage that SQLite does not see, or tells in words of its own, is ``db_corrupt`` too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW
from hostile.storing import database_bytes

from monitor.errors import StoreCode, StoreError
from monitor.model import MentionQuery
from monitor.store.sqlite import SqliteStore, restore


def database(folder: Path, *statements: str) -> Path:
    """A database with mentions, in which some values are no longer ours."""
    file = folder / "mentions.db"
    file.write_bytes(database_bytes())
    with closing(sqlite3.connect(file)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
    return file


def code_of_reading(file: Path) -> StoreCode:
    with pytest.raises(StoreError) as failed:
        read(file)
    return failed.value.code


def read(file: Path) -> None:
    with closing(SqliteStore.open(file)) as store:
        store.find(MentionQuery(limit=5))
        store.source_states()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mention SET found_at = '2026-11-23T07:-1:00Z'",
        "UPDATE mention SET matched = '[\"Fleurs'",
        "UPDATE mention SET business = CAST(x'46ff' AS TEXT)",
        "UPDATE source SET cursor = '{'",
        "UPDATE source SET state = 'heaJthy'",
    ],
)
def test_a_damaged_value_is_told_as_damage(tmp_path: Path, statement: str) -> None:
    assert code_of_reading(database(tmp_path, statement)) is StoreCode.DB_CORRUPT


def test_a_damaged_date_of_upkeep_is_told_as_damage(tmp_path: Path) -> None:
    file = database(tmp_path, "INSERT OR REPLACE INTO upkeep VALUES ('expire', '2026-11-2X')")
    with (
        closing(SqliteStore.open(file)) as store,
        pytest.raises(StoreError, match=r"^db_corrupt: upkeep expire"),
    ):
        store.expire(NOW, timedelta(days=30))


def test_a_header_of_no_known_format_is_told_as_damage(tmp_path: Path) -> None:
    file = database(tmp_path)
    damaged = bytearray(file.read_bytes())
    damaged[44:48] = (9).to_bytes(4, "big")  # https://sqlite.org/fileformat.html §1.3.9
    file.write_bytes(damaged)
    assert code_of_reading(file) is StoreCode.DB_CORRUPT
    assert file.read_bytes() == damaged


def test_a_backup_whose_schema_is_no_text_is_not_put_back(tmp_path: Path) -> None:
    file, target = database(tmp_path), tmp_path / "kept.db"
    target.write_bytes(database_bytes())
    before = target.read_bytes()
    file.write_bytes(file.read_bytes().replace(b"CREATE TABLE", b"CREATE \xff\xfeBLE"))
    with pytest.raises(StoreError) as failed:
        restore(file, target)
    assert failed.value.code is StoreCode.DB_CORRUPT
    assert target.read_bytes() == before


def test_a_sound_database_is_read(tmp_path: Path) -> None:
    with closing(SqliteStore.open(database(tmp_path), clock=lambda: NOW)) as store:
        assert len(store.find(MentionQuery(limit=5))) == 3
