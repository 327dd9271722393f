"""Stories: by what a new mention finds them, what continues one, what a person took apart."""

from __future__ import annotations

from sqlite_utils import Database

_STATEMENTS = (
    # 1: it continues its story rather than tells it again.
    "ALTER TABLE mention ADD COLUMN follows INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX mention_story ON mention (story)",
    # By what mentions of one story find each other. A key is the number made from the business
    # and a word or an address; a day is counted from 1970-01-01; mention is mention.number.
    """CREATE TABLE story_key (
  key INTEGER NOT NULL,
  day INTEGER NOT NULL,
  mention INTEGER NOT NULL,
  PRIMARY KEY (key, day, mention)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX story_key_mention ON story_key (mention)",
    # Mentions that a person took apart: their stories never become one again by themselves.
    """CREATE TABLE story_apart (
  one TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
  other TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX story_apart_other ON story_apart (other)",
)


def apply(db: Database) -> None:
    """Add the column, the tables and their indexes."""
    for statement in _STATEMENTS:
        db.execute(statement)
