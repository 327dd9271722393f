"""One connection to a SQLite file: how it is opened, its transactions, and its errors.

sqlite3's errors become ``StoreError`` here and nowhere else.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import quote

from sqlite_utils import Database

from monitor.errors import StoreCode, StoreError
from monitor.store.query import QueryError

WAIT = timedelta(seconds=30)
"""How long a locked database is waited for (promise 21)."""
READ_LIMIT = timedelta(seconds=2)
"""How long a person's query may take (promise 26)."""

CLOSE_WITHIN = timedelta(seconds=2)
"""How long ``close`` waits for its turn: a stop ends within 10 s (promise 20)."""

_CODES = {
    sqlite3.SQLITE_BUSY: StoreCode.DB_LOCKED,
    sqlite3.SQLITE_LOCKED: StoreCode.DB_LOCKED,
    sqlite3.SQLITE_PROTOCOL: StoreCode.DB_LOCKED,
    sqlite3.SQLITE_FULL: StoreCode.DISK_FULL,
    sqlite3.SQLITE_READONLY: StoreCode.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: StoreCode.READ_ONLY,
    sqlite3.SQLITE_PERM: StoreCode.READ_ONLY,
    sqlite3.SQLITE_IOERR: StoreCode.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: StoreCode.DB_CORRUPT,
    sqlite3.SQLITE_NOTADB: StoreCode.DB_CORRUPT,
}
_HINTS = {
    StoreCode.DB_LOCKED: "another program is writing to it; close it, or try again",
    StoreCode.DISK_FULL: "make room; nothing stored before is lost",
    StoreCode.READ_ONLY: "make the file and its folder writable, and look at the disk",
    StoreCode.DB_CORRUPT: "it was left untouched; put a backup in its place: ecoute restore FILE",
}
_ROOM = 1 << 20
"""Where a file cannot grow by this many bytes, what SQLite calls an I/O error is a full disk: it
has no other word for a shared-memory file that cannot grow, a used up quota, a limit on files."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where a file cannot grow: no room, a used up quota, a limit on files."""
_STEPS = 20_000
"""Virtual machine steps between looks at the clock: about a millisecond."""


class Connection:
    """A SQLite database, used by one thread at a time: others wait for their turn."""

    def __init__(
        self, path: Path, *, read_only: bool = False, alone: bool = False, wait: timedelta = WAIT
    ) -> None:
        """Open it; ``read_only`` changes nothing. Raises ``StoreError``.

        ``alone``, where nobody else has it open, is read-only without a file made beside it.
        """
        self.path = path
        self.read_only = read_only
        self._turn = threading.RLock()
        mode = "ro" if read_only else "rwc"
        if alone or (read_only and not os.access(path.parent, os.W_OK) and is_at_rest(path)):
            mode = "ro&immutable=1"  # else SQLite makes its log beside it, even to read
        with self.errors():
            connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode={mode}",
                uri=True,
                timeout=wait.total_seconds(),
                isolation_level=None,
                check_same_thread=False,
            )
            # No plugins: what other programs install for sqlite-utils is not ours to run.
            self.db = Database(connection, execute_plugins=False)

    @contextmanager
    def turn(self) -> Iterator[Database]:
        """Give the database outside of any transaction, for what SQLite does not allow in one."""
        with self._turn, self.errors():
            yield self.db

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn sqlite3's errors into ``StoreError``; errors of our own SQL pass as they are."""
        try:
            yield
        except sqlite3.Error as error:
            explained = self._explain(error)
            if explained is None:
                raise
            raise explained from error
        except UnicodeDecodeError as error:  # of a damaged page, or a message that quotes one
            raise self._damaged("what it holds is no text") from error

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[Database]:
        """Give the database within one transaction that has the write lock from its start.

        A deferred one (``BEGIN``) could fail half-way, when what it read is no longer the newest.
        Without ``keep`` all is undone at the end.
        """
        with self._turn, self.errors():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.conn.execute("COMMIT" if keep else "ROLLBACK")
            finally:
                self.db.rollback()  # does nothing once it is committed

    @contextmanager
    def reading(self, limit: timedelta | None = None) -> Iterator[Database]:
        """Give the database as it is now, unchanging. Past ``limit``, raises ``QueryError``."""
        with self._turn, self.errors():
            self.db.execute("BEGIN")
            try:
                if limit:
                    stop_at = time.monotonic() + limit.total_seconds()
                    self.db.conn.set_progress_handler(lambda: time.monotonic() > stop_at, _STEPS)
                yield self.db
            except sqlite3.OperationalError as error:
                if code_of(error) == sqlite3.SQLITE_INTERRUPT:
                    raise QueryError(
                        "it takes too long; ask for less, or a shorter time"
                    ) from error
                raise
            except UnicodeEncodeError as error:  # bytes of a command line that are no text
                raise QueryError("it holds signs that are no characters") from error
            finally:
                self.db.conn.set_progress_handler(None, 0)
                self.db.rollback()

    def drop_log(self) -> None:
        """Fold the write-ahead log in and empty it, as far as readers allow."""
        with self.turn() as db:
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def scrub(self) -> bool:
        """Write the file anew, so that no free page holds what was erased, and empty the log.

        False while another program reads what was there before: the log still holds it then.
        """
        with self.turn() as db:
            db.conn.execute("VACUUM")
            busy, *_ = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """Close it. Its write-ahead log is folded in by the last one that closes.

        While another thread works with it for longer than a stop may take, such as one that waits
        for another program's lock, it is left open: it ends with the process, and loses nothing.
        """
        if not self._turn.acquire(timeout=CLOSE_WITHIN.total_seconds()):
            return
        try:
            with self.errors():
                self.db.close()
        finally:
            self._turn.release()

    def _explain(self, error: sqlite3.Error) -> StoreError | None:
        # The low byte is the primary code: https://sqlite.org/rescode.html
        primary = code_of(error) & 0xFF
        code = _CODES.get(primary)
        if code is None:
            is_no_text = str(error).startswith("Could not decode to UTF-8")  # CPython's sentence
            return self._damaged(str(error)) if is_no_text else None
        if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and self._is_full():
            code = StoreCode.DISK_FULL
        return StoreError(code, f"{self.path}: {error}", _HINTS[code])

    def _damaged(self, what: str) -> StoreError:
        return StoreError(
            StoreCode.DB_CORRUPT, f"{self.path}: {what}", _HINTS[StoreCode.DB_CORRUPT]
        )

    def _is_full(self) -> bool:
        try:
            if shutil.disk_usage(self.path.parent).free < _ROOM:
                return True
            with TemporaryFile(dir=self.path.parent, buffering=0) as probe:
                probe.seek(self.path.stat().st_size)
                return probe.write(bytes(_ROOM)) < _ROOM
        except OSError as error:
            return error.errno in FULL


def code_of(error: sqlite3.Error) -> int:
    """Return SQLite's own code; ``SQLITE_OK`` for an error of Python's module, which has none."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code


def is_at_rest(path: Path) -> bool:
    """Tell whether no program has it open, or was cut off at work: no log stands beside it."""
    beside = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal"))
    return not any(file.exists() for file in beside)
