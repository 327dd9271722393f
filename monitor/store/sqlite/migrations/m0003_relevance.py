"""Why a mention was kept, what a person said of that, and what they want no more of."""

from __future__ import annotations

from sqlite_utils import Database

_BLOCK = """
-- What a person wants no more of for a business.
CREATE TABLE block (
  id INTEGER PRIMARY KEY,
  business TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('author', 'site', 'word')),
  value TEXT NOT NULL,
  blocked_at TEXT NOT NULL,
  UNIQUE (business, kind, value)
) STRICT
"""
_STATEMENTS = (
    # JSON array of [name, weight in log-odds, detail].
    "ALTER TABLE mention ADD COLUMN signals TEXT NOT NULL DEFAULT '[]'",
    # 1: a person said that it does concern the business, 0: that it does not.
    "ALTER TABLE label ADD COLUMN relevant INTEGER NOT NULL DEFAULT 1",
    "UPDATE label SET relevant = 0 WHERE sentiment IS NULL",
    # How often labels and blocks changed: who learnt from them learns anew when it moved.
    "CREATE TABLE lesson (version INTEGER NOT NULL) STRICT",
    "INSERT INTO lesson VALUES (0)",
    _BLOCK,
)
_TRIGGERS = """
CREATE TRIGGER {table}_{verb}_teaches AFTER {verb} ON {table} BEGIN
  UPDATE lesson SET version = version + 1;
END
"""
_VIEWS = ("mentions", "competitor_mentions")


def apply(db: Database) -> None:
    """Add the columns and tables; the public views show the signals in a last column."""
    for statement in _STATEMENTS:
        db.execute(statement)
    for table in ("label", "block"):
        for verb in ("INSERT", "DELETE"):
            db.execute(_TRIGGERS.format(table=table, verb=verb))
    for view in _VIEWS:
        (sql,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", [view]).fetchone()
        db.execute(f"DROP VIEW {view}")
        db.execute(sql.replace("\nFROM mention AS m", ", m.signals\nFROM mention AS m"))
