"""A person's own SQL reads, within two seconds, and changes nothing (promise 26)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from store.samples import NOW, outcome, sighting

from monitor.store.query import QueryError
from monitor.store.sqlite import SqliteStore
from monitor.store.sqlite.asking import ask

LIMIT = timedelta(seconds=2)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "mentions.db"
    with closing(SqliteStore.open(file, clock=lambda: NOW)) as store:
        store.save_poll(outcome(sighting(1), sighting(2)))
        yield file


def test_a_select_is_answered(path: Path) -> None:
    columns, rows = ask(path, "SELECT business, count(*) AS n FROM mentions GROUP BY 1", LIMIT)
    assert (columns, rows) == (("business", "n"), [("Fleurs Bougamont", 2)])
    words = "SELECT count(*) FROM mention_fts WHERE mention_fts MATCH 'fleuriste'"
    assert ask(path, words, LIMIT)[1] == [(2,)]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM mention",
        "WITH a AS (SELECT 1) UPDATE mention SET text = ''",
        "ATTACH DATABASE 'other.db' AS other",
        "PRAGMA writable_schema = 1",
        "CREATE TEMP TABLE a (b)",
        "SELECT load_extension('evil')",
        "SELECT 1; DELETE FROM mention",
        "VACUUM INTO 'other.db'",
        "COMMIT",
        "SELEC",
        "",
        "SELECT zeroblob(900000000)",
        "SELECT ?",
        "SELECT '\x00'",
    ],
)
def test_nothing_else_is(path: Path, sql: str) -> None:
    before = path.read_bytes()
    with pytest.raises(QueryError):
        ask(path, sql, LIMIT)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.glob("other*")] == []


def test_what_takes_too_long_is_stopped(path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"
    with pytest.raises(QueryError, match="too long"):
        ask(path, endless, timedelta(milliseconds=50))
    with pytest.raises(QueryError, match="rows"):
        ask(path, endless.replace("sum(i)", "i"), LIMIT)
