"""Whether a database is sound, looked at whole."""

from __future__ import annotations

import sqlite3

from monitor.store.sqlite.connection import Connection, code_of


def check(connection: Connection) -> list[str]:
    """Return what is wrong: pages and indexes, references, full-text index; all is read."""
    db = connection.db
    try:
        found = [row[0] for row in db.execute("PRAGMA integrity_check")]
        wrong = [problem for problem in found if problem != "ok"]
        wrong += [
            f"{table}: row {row} refers to a row of {parent} that is not there"
            for table, row, parent, _ in db.execute("PRAGMA foreign_key_check")
        ]
        if (
            not connection.read_only
        ):  # FTS5 takes the question as a write, though it changes nothing
            db.execute("INSERT INTO mention_fts (mention_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if code_of(error) & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        return [str(error)]
    return wrong
