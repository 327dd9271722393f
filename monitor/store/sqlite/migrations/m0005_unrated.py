"""Mentions without a sentiment: those in a language that no scorer reads."""

from __future__ import annotations

from sqlite_utils import Database

_COLUMNS = (
    # All three are null where nothing was judged; scorer then says why.
    ("sentiment", "TEXT", "IN ('negative', 'neutral', 'positive')"),
    ("polarity", "REAL", "BETWEEN -1 AND 1"),
    ("confidence", "REAL", "BETWEEN 0 AND 1"),
)
_VIEWS = ("mentions", "competitor_mentions")


def apply(db: Database) -> None:
    """Let the three columns be null. SQLite cannot change a column: each is made anew, in place."""
    views = [
        db.execute("SELECT sql FROM sqlite_master WHERE name = ?", [view]).fetchone()[0]
        for view in _VIEWS
    ]
    for view in _VIEWS:
        db.execute(f"DROP VIEW {view}")
    for name, kind, allowed in _COLUMNS:
        db.execute(
            f"ALTER TABLE mention ADD COLUMN {name}_or_null {kind} CHECK ({name}_or_null {allowed})"
        )
    copies = ", ".join(f"{name}_or_null = {name}" for name, _, _ in _COLUMNS)
    db.execute(f"UPDATE mention SET {copies}")  # noqa: S608 - names of ours
    for name, _, _ in _COLUMNS:
        db.execute(f"ALTER TABLE mention DROP COLUMN {name}")
        db.execute(f"ALTER TABLE mention RENAME COLUMN {name}_or_null TO {name}")
    for sql in views:
        db.execute(sql)
