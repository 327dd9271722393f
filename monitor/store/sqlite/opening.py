"""Open a database file: look whether it is sound and ours before anything can change it.

A damaged file is left as it is, byte for byte, and nothing new is made in its place.
"""

from __future__ import annotations

import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from monitor.errors import StoreCode, StoreError
from monitor.store.sqlite.connection import WAIT, Connection, code_of, is_at_rest
from monitor.store.sqlite.locks import lock_file
from monitor.store.sqlite.migrating import migrate
from monitor.store.sqlite.migrations import MIGRATIONS

_MAGIC = b"SQLite format 3\x00"
QUICK_CHECK_BYTES = 32 << 20
"""Up to this size every page is looked at when it is opened (bench/store.py: under 0.2 s); a larger
one by ``ecoute db check``."""
_TURN_S = 0.02
_RESTORE = "it was left untouched; put a backup in its place: ecoute restore FILE"


def open_connection(path: Path, *, read_only: bool = False, wait: timedelta = WAIT) -> Connection:
    """Open a database, made or migrated to this version's schema if need be.

    Raises ``StoreError``: ``db_corrupt`` when it is damaged or another program's, ``read_only``
    when it cannot be written or is newer than this program.
    """
    if not path.parent.is_dir():
        raise StoreError(
            StoreCode.READ_ONLY, f"{path}: there is no folder {path.parent}", "make it first"
        )
    if is_empty(path):
        if read_only:
            raise StoreError(StoreCode.READ_ONLY, f"{path}: there is no database yet")
    else:
        inspect(path, wait=wait)
    connection = Connection(path, read_only=read_only, wait=wait)
    try:
        _prepare(connection, wait)
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def is_empty(path: Path) -> bool:
    """Tell whether there is no database yet: no file, or one without a byte.

    Raises ``StoreError`` if it was lost: if it stands beside a log with writes, that SQLite would
    drop; or if there is a file without a byte, and a lock that was had on what it held before.
    """
    if path.exists() and path.stat().st_size > 0:
        return False
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size > 0:
        raise StoreError(
            StoreCode.DB_CORRUPT, f"{path}: it is empty, but {log.name} beside it is not", _RESTORE
        )
    if path.exists() and lock_file(path).exists():
        raise StoreError(
            StoreCode.DB_CORRUPT,
            f"{path}: it is empty, and was not",
            f"{_RESTORE}, or delete it to begin anew",
        )
    return True


def inspect(path: Path, *, wait: timedelta = WAIT) -> None:
    """Raise ``StoreError`` if a file is damaged, or no database of ours; changes nothing.

    It is opened read-only for that: closing a writer would fold its log into a damaged file.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise StoreError(StoreCode.READ_ONLY, f"{path}: {error.strerror}") from error
    if magic != _MAGIC:
        raise StoreError(StoreCode.DB_CORRUPT, f"{path}: it is not a SQLite database", _RESTORE)
    if is_at_rest(path):
        try:
            _look(Connection(path, read_only=True, alone=True))
        except StoreError:
            if is_at_rest(path):
                raise  # else another program began to write while we looked: look again
        else:
            return
    _look(Connection(path, read_only=True, wait=wait))


def _look(connection: Connection) -> None:
    try:
        with connection.errors():
            _inspect(connection)
    finally:
        connection.close()


def _inspect(connection: Connection) -> None:
    db = connection.db
    try:
        tables = set(db.table_names())
    except sqlite3.OperationalError as error:
        if code_of(error) == sqlite3.SQLITE_READONLY_ROLLBACK:
            return  # a write that was cut: only a writer may undo it, and then looks again
        if code_of(error) == sqlite3.SQLITE_ERROR:  # "unsupported file format"
            raise StoreError(
                StoreCode.DB_CORRUPT, f"{connection.path}: {error}", _RESTORE
            ) from error
        raise
    if connection.path.stat().st_size <= QUICK_CHECK_BYTES:
        problem = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            said = problem.splitlines()[-1]  # the line before it names the database "main"
            raise StoreError(StoreCode.DB_CORRUPT, f"{connection.path}: {said}", _RESTORE)
    if tables and MIGRATIONS.migrations_table not in tables:
        raise StoreError(
            StoreCode.DB_CORRUPT,
            f"{connection.path}: it is a database of another program",
            "nothing was changed; name another file in sources.yaml (database:)",
        )


def _prepare(connection: Connection, wait: timedelta) -> None:
    with connection.errors():
        execute = connection.db.conn.execute
        execute("PRAGMA foreign_keys = ON")
        execute("PRAGMA cell_size_check = ON")
        # What is erased is overwritten, not only unlinked (promise 29).
        execute("PRAGMA secure_delete = ON")
        if connection.read_only:
            return
        _use_log(connection, wait)
        # FULL, not NORMAL: in WAL mode NORMAL may lose the last commits in a power cut, and a lost
        # "this digest is closed" or "this mail was sent" would be told twice. One fsync a commit.
        execute("PRAGMA synchronous = FULL")
        execute(f"PRAGMA journal_size_limit = {16 << 20}")


def _use_log(connection: Connection, wait: timedelta) -> None:
    """Turn the write-ahead log on; two that make a database at once may have to take turns.

    SQLite does not wait by itself for this (seen with 3.40: two processes, one new file).
    """
    stop_at = time.monotonic() + wait.total_seconds()
    while True:
        try:
            connection.db.conn.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = code_of(error) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > stop_at:
                raise
            time.sleep(_TURN_S)
        else:
            return
