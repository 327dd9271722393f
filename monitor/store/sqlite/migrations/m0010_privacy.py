"""Persons who asked to be forgotten, by digests: what they write later is not kept either."""

from __future__ import annotations

from sqlite_utils import Database

_STATEMENTS = (
    # HMAC-SHA256 of a name or an address; its key is in a file beside the database.
    """CREATE TABLE forgotten (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('name', 'address', 'key')),
  words INTEGER NOT NULL,                 -- in the name; the kind 'key' tells the key itself
  forgotten_at TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Add the table."""
    for statement in _STATEMENTS:
        db.execute(statement)
