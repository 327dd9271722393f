"""``backup``, ``restore`` and ``db check``: care for the database."""

from __future__ import annotations

from glob import escape
from pathlib import Path

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.errors import StoreCode, StoreError
from monitor.store.sqlite import SqliteStore
from monitor.store.sqlite import restore as put_back

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@pass_door
def backup(door: Door, file: Path) -> None:
    """Copy the database, whole, to FILE.

    The daemon may go on meanwhile. A file that exists is never overwritten. The keys beside the
    database are not copied: who has both can try which names were forgotten.
    """
    if file.exists():
        raise door.wrong("file_exists", path=file)
    if not file.parent.is_dir():
        raise door.wrong("no_folder", path=file.parent)
    door.app.store.backup(file)
    show.result(door.app.words("cli.backup_written", path=file))
    database = door.app.config.database
    if keys := sorted(key.name for key in database.parent.glob(f"{escape(database.name)}.*-key")):
        show.note(door.app.words("cli.backup_keys", names=", ".join(keys)))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@pass_door
def restore(door: Door, file: Path) -> None:
    """Put a backup in the database's place.

    It is checked first; the database that was there is kept beside.
    """
    database = door.app.config.database
    kept = put_back(file, database)
    show.result(door.app.words("cli.restored", path=database))
    if kept:
        show.result(door.app.words("cli.restored_kept", path=kept))


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("check")
@pass_door
def check(door: Door) -> None:
    """Check the whole database."""
    file = door.app.config.database
    if not file.exists():
        show.result(door.app.words("cli.db_absent", path=file))
        return
    store = SqliteStore.open(file)
    if problems := store.check():
        raise StoreError(StoreCode.DB_CORRUPT, "; ".join(problems), "restore a backup")
    show.result(door.app.words("cli.check_database"))
