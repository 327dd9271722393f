"""Put a backup in the place of a database: looked at whole before anything is replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

from monitor.errors import StoreCode, StoreError
from monitor.store.sqlite.checking import check
from monitor.store.sqlite.connection import Connection
from monitor.store.sqlite.files import explain, free_name, keep_aside, part_of, sync_folder
from monitor.store.sqlite.locks import hold
from monitor.store.sqlite.migrating import refuse_newer
from monitor.store.sqlite.opening import inspect, is_empty


def restore(backup: Path, target: Path) -> Path | None:
    """Replace ``target`` by a backup; returns where the old database is kept, if there was one.

    Raises ``StoreError``, with nothing replaced: the backup is damaged, not ours, or newer than
    this program; or a daemon runs on ``target``.
    """
    if not backup.is_file():
        raise StoreError(StoreCode.READ_ONLY, f"{backup}: there is no such file")
    with hold(target, "daemon") as held:
        if not held:
            raise StoreError(
                StoreCode.ALREADY_RUNNING, f"a daemon runs on {target}", "stop it first"
            )
        part = part_of(target)
        try:
            shutil.copyfile(backup, part)
            _look_at(part, backup)
            return _replace(target, part)
        except OSError as error:
            raise explain(error, target) from error
        finally:
            for suffix in ("", "-wal", "-shm"):
                _beside(part, suffix).unlink(missing_ok=True)


def _look_at(part: Path, backup: Path) -> None:
    """Look at the copy, whole: the backup itself is not touched."""
    if is_empty(part):
        raise StoreError(StoreCode.DB_CORRUPT, f"{backup}: it is empty", "nothing was replaced")
    inspect(part)
    connection = Connection(part)
    try:
        with connection.errors():
            refuse_newer(connection)
            wrong = check(connection)
    finally:
        connection.close()
    if wrong:
        raise StoreError(StoreCode.DB_CORRUPT, f"{backup}: {wrong[0]}", "nothing was replaced")


def _replace(target: Path, part: Path) -> Path | None:
    """Put ``part`` where ``target`` is. At every moment one whole database stands there."""
    aside = None
    if target.exists():
        aside = free_name(target.with_name(target.name + ".before-restore"))
        _fold_log(target)
        keep_aside(target, aside)
        log = _beside(target, "-wal")
        if log.exists():  # of a damaged database: kept with it, and never read into the new one
            keep_aside(log, _beside(aside, "-wal"))
            log.unlink()
        _beside(target, "-shm").unlink(missing_ok=True)
    part.replace(target)
    sync_folder(target.parent)
    return aside


def _fold_log(target: Path) -> None:
    """Have what the old database's log holds written into it, unless it is damaged."""
    try:
        inspect(target)
        connection = Connection(target)
        connection.drop_log()
        connection.close()
    except StoreError as error:
        if error.code is not StoreCode.DB_CORRUPT:
            raise


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)
