"""When things were done to this database: made, and cleared of what is past its time."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.store.sqlite.connection import Connection
from monitor.store.sqlite.kept import kept_instant, told_damaged

_CREATED = "created"


def note_creation(connection: Connection, at: datetime) -> None:
    """Note when it was made, unless that is known."""
    with connection.reading() as db:
        known = done_at(db, _CREATED)
    if known is None:
        with connection.writing() as db:
            db.table("upkeep").insert(
                {"name": _CREATED, "done_at": format_instant(at)}, pk="name", ignore=True
            )


def created_at(db: Database) -> datetime | None:
    """Return when it was made; ``None`` if it was made and at once cut off."""
    return done_at(db, _CREATED)


def done_at(db: Database, name: str) -> datetime | None:
    """Return when something was last done; ``None``: never. Raises ``StoreError``: db_corrupt."""
    row = db.execute("SELECT done_at FROM upkeep WHERE name = ?", [name]).fetchone()
    with told_damaged("upkeep", name):
        return None if row is None else kept_instant(row[0])


def note_done(db: Database, name: str, at: datetime) -> None:
    """Note that something was done now."""
    db.table("upkeep").upsert({"name": name, "done_at": format_instant(at)}, pk="name")
