"""Whole copies of a database: made beside their place, then put there without overwriting."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.errors import StoreCode, StoreError
from monitor.store.sqlite.connection import FULL, Connection


def copy_database(connection: Connection, file: Path) -> None:
    """Write a consistent copy, on disk when it returns. Raises ``StoreError`` if ``file`` exists.

    The copy is one file alone, without a write-ahead log beside it.
    """
    if file.exists():
        raise _exists(file)
    if not file.parent.is_dir():
        raise StoreError(StoreCode.READ_ONLY, f"there is no folder {file.parent}", "make it first")
    part = part_of(file)
    try:
        with connection.turn() as db, closing(sqlite3.connect(part)) as target:
            db.conn.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        put(part, file)
    finally:
        part.unlink(missing_ok=True)


def part_of(file: Path) -> Path:
    """Return where a file is written before it is whole: beside it, for this process alone."""
    return file.with_name(f".{file.name}.{os.getpid()}.part")


def put(part: Path, file: Path) -> None:
    """Give a whole file its name. Raises ``StoreError`` if that name is taken, or cannot be had."""
    try:
        try:
            file.hardlink_to(part)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
                raise
            # No hard links here (FAT, some shares): take the name first, then fill it.
            file.open("xb").close()
            part.replace(file)
        sync_folder(file.parent)
    except FileExistsError as error:
        raise _exists(file) from error
    except OSError as error:
        raise explain(error, file) from error


def keep_aside(file: Path, aside: Path) -> None:
    """Give a file a second name, so that the first may be given to another. Raises as ``put``."""
    part = part_of(aside)
    try:
        try:
            part.hardlink_to(file)
        except OSError:
            shutil.copyfile(file, part)
        put(part, aside)
    except OSError as error:
        raise explain(error, aside) from error
    finally:
        part.unlink(missing_ok=True)


def free_name(file: Path) -> Path:
    """Return the name itself if nothing has it, else with the first free number added."""
    numbered = (file.with_name(f"{file.stem}-{n}{file.suffix}") for n in itertools.count(2))
    return next(name for name in itertools.chain([file], numbered) if not name.exists())


def sync_folder(folder: Path) -> None:
    """Have names given in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def explain(error: OSError, file: Path) -> StoreError:
    """Say an error of the disk as one of the store."""
    code = StoreCode.DISK_FULL if error.errno in FULL else StoreCode.READ_ONLY
    return StoreError(code, f"{file}: {error.strerror}", "nothing was changed")


def _exists(file: Path) -> StoreError:
    return StoreError(StoreCode.READ_ONLY, f"{file} exists already", "choose another name")
