"""A person's own SQL, answered by a connection of its own that can only read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.query import QueryError
from monitor.store.sqlite.connection import Connection

MOST_ROWS = 100_000
_MOST_BYTES = 20_000_000
"""Of one text or statement: nothing stored is near it."""
_MAY = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


def ask(path: Path, sql: str, limit: timedelta) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return the names of the columns, and the rows.

    Raises ``QueryError`` when it is no single SELECT, cannot be read, takes longer than ``limit``
    or gives more than ``MOST_ROWS`` rows.
    """
    with closing(Connection(path, read_only=True)) as connection:
        raw = connection.db.conn
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
        try:
            with connection.reading(limit) as db:
                # Its own statements are made now, before ours alone are looked at.
                db.conn.execute("SELECT 1 FROM mention_fts WHERE mention_fts MATCH 'a'").fetchone()
                raw.set_authorizer(_allow)
                try:
                    cursor = db.conn.execute(sql)
                    rows = cursor.fetchmany(MOST_ROWS + 1)
                finally:
                    raw.set_authorizer(None)
        except StoreError as error:
            # What is written where nothing can be is the question's fault, not the disk's.
            if isinstance(error.__cause__, sqlite3.DatabaseError) and "readonly" in str(error):
                raise QueryError("only SELECT can be asked") from error
            raise
        except sqlite3.Error as error:
            is_refused = "not authorized" in str(error) or "prohibited" in str(error)
            what = "only SELECT can be asked" if is_refused else str(error)
            raise QueryError(what) from error
        except (sqlite3.Warning, ValueError, MemoryError) as error:
            raise QueryError(str(error) or "it asks for too much") from error
    if cursor.description is None:
        raise QueryError("only SELECT can be asked")
    if len(rows) > MOST_ROWS:
        raise QueryError(f"more than {MOST_ROWS} rows; add a LIMIT")
    return tuple(column[0] for column in cursor.description), rows


def _allow(action: int, first: str | None, second: str | None, *_: object) -> int:
    is_known = action in _MAY and second != "load_extension"
    # The full-text index asks for it, to know whether it must look again.
    is_its_own = (action, first, second) == (sqlite3.SQLITE_PRAGMA, "data_version", None)
    return sqlite3.SQLITE_OK if is_known or is_its_own else sqlite3.SQLITE_DENY
