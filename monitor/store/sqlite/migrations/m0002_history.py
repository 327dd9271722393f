"""Looking again at young mentions, and into the past without telling it as news."""

from __future__ import annotations

from sqlite_utils import Database

_STATEMENTS = (
    # When young mentions of this source were last looked at again.
    "ALTER TABLE source ADD COLUMN rechecked_at TEXT",
    # JSON: where a backfill that was cut goes on.
    "ALTER TABLE source ADD COLUMN history TEXT NOT NULL DEFAULT '{}'",
    # 1: found by a backfill; it stands in no digest.
    "ALTER TABLE mention ADD COLUMN backfilled INTEGER NOT NULL DEFAULT 0",
)


def apply(db: Database) -> None:
    """Add the columns."""
    for statement in _STATEMENTS:
        db.execute(statement)
