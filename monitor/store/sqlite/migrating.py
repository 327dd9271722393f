"""Bring a database to this version's schema, with a copy of it made first."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from monitor.errors import StoreCode, StoreError
from monitor.store.sqlite.connection import Connection
from monitor.store.sqlite.files import copy_database, free_name
from monitor.store.sqlite.migrations import MIGRATIONS


def migrate(connection: Connection, migrations: Migrations = MIGRATIONS) -> None:
    """Apply the pending steps; a database that has a schema already is copied aside first.

    Raises ``StoreError`` (``read_only``) if it is newer than this program, or older and opened
    read-only.
    """
    with connection.errors():
        refuse_newer(connection, migrations)
        if not migrations.pending(connection.db):
            return
    if connection.read_only:
        raise StoreError(
            StoreCode.READ_ONLY,
            f"{connection.path}: it was written by an earlier version of Écoute",
            "run a command that writes, such as ecoute poll, to bring it forward",
        )
    with connection.writing() as db:
        pending = migrations.pending(db)  # again: another process may have been first
        if pending and migrations.applied(db):
            _copy_aside(connection, pending[0].name)
        migrations.apply(db)


def refuse_newer(connection: Connection, migrations: Migrations = MIGRATIONS) -> None:
    """Raise ``StoreError`` if it has a step that this program does not know."""
    blank = Database(memory=True, execute_plugins=False)
    known = {step.name for step in migrations.pending(blank)}
    blank.close()
    applied = [step.name for step in migrations.applied(connection.db)]
    newer = [name for name in applied if name not in known]
    if newer:
        raise StoreError(
            StoreCode.READ_ONLY,
            f"{connection.path}: it was written by a newer version of Écoute ({newer[-1]})",
            "nothing was changed; upgrade Écoute",
        )


def _copy_aside(connection: Connection, step: str) -> None:
    """Copy through a reader of its own: SQLite copies nothing from within a write transaction."""
    path = connection.path
    reader = Connection(path, read_only=True)
    try:
        copy_database(reader, free_name(path.with_name(f"{path.name}.before-{step}.bak")))
    finally:
        reader.close()
