"""Locks between processes, by name, beside the database: they end with the process that has them.

One file ``<database>.lock``, one byte of it a name, locked by ``lockf`` (POSIX record locks): the
kernel lets go of them however a process ends, so a dead one's lock never blocks. The file itself
means nothing and stays.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import StoreCode, StoreError

_guard = threading.Lock()
_files: dict[Path, int] = {}
_held: set[tuple[Path, int]] = set()
# POSIX locks belong to the process, and closing *any* descriptor of the file drops them all: so
# one descriptor a file, open for the life of the process, whatever number of stores it opens.


@contextmanager
def hold(database: Path, name: str) -> Iterator[bool]:
    """Hold a name for this database; yields whether it was had. Never waits.

    A name held by this very process is not had a second time. Raises ``StoreError`` where the
    lock's file cannot be made.
    """
    key = (lock_file(database), _byte_of(name))
    had = _take(*key)
    try:
        yield had
    finally:
        if had:
            _let_go(*key)


def _take(file: Path, byte: int) -> bool:
    with _guard:
        if (file, byte) in _held:
            return False
        try:
            if file not in _files:
                _files[file] = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.lockf(_files[file], fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except (BlockingIOError, PermissionError) as error:
            if error.errno == errno.EPERM or file not in _files:
                raise _unusable(file, error) from error
            return False  # fcntl(2): EAGAIN or EACCES when another process has it
        except OSError as error:
            raise _unusable(file, error) from error
        _held.add((file, byte))
        return True


def _let_go(file: Path, byte: int) -> None:
    with _guard:
        fcntl.lockf(_files[file], fcntl.LOCK_UN, 1, byte)
        _held.discard((file, byte))


def lock_file(database: Path) -> Path:
    """Return where the locks of a database are: made at its first lock, and never removed."""
    real = database.resolve()
    return real.with_name(real.name + ".lock")


def _byte_of(name: str) -> int:
    """Return the byte that stands for a name: 0 for the daemon, else made from it (56 bits)."""
    if name == "daemon":
        return 0
    return 1 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])


def _unusable(file: Path, error: OSError) -> StoreError:
    code = StoreCode.DISK_FULL if error.errno == errno.ENOSPC else StoreCode.READ_ONLY
    return StoreError(
        code, f"cannot lock {file}: {error.strerror}", "make its folder writable, with room left"
    )
