"""Platforms that let a text be kept for a while only, and numbers of the owner's own accounts."""

from __future__ import annotations

from sqlite_utils import Database

_STATEMENTS = (
    # When its words were taken out because its platform's terms ask for it; its address stays.
    "ALTER TABLE mention ADD COLUMN faded_at TEXT",
    """CREATE TABLE figure (
  source TEXT NOT NULL,
  name TEXT NOT NULL,                     -- rating, rating_count, followers…
  day TEXT NOT NULL,                      -- UTC
  value REAL NOT NULL,                    -- as last read on that day
  PRIMARY KEY (source, name, day)
) STRICT, WITHOUT ROWID""",
    "CREATE VIEW figures AS SELECT source, name, day, value FROM figure ORDER BY source, name, day",
)


def apply(db: Database) -> None:
    """Add the column, the table and its view."""
    for statement in _STATEMENTS:
        db.execute(statement)
