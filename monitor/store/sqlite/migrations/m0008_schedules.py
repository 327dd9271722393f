"""Digests to some readers at a rhythm of their own, and what each reader was told."""

from __future__ import annotations

from sqlite_utils import Database

_STATEMENTS = (
    # Empty: the business's own digest; else the schedule of readers who get one of their own.
    "ALTER TABLE digest ADD COLUMN lane TEXT NOT NULL DEFAULT ''",
    # What such a digest tells; a business's own marks digest_mention.
    """CREATE TABLE lane_mention (
  mention_id TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
  digest_id TEXT NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  PRIMARY KEY (mention_id, digest_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX lane_mention_digest ON lane_mention (digest_id, position)",
    """CREATE VIEW digest_content AS
  SELECT digest_id, mention_id, position FROM digest_mention
  UNION ALL SELECT digest_id, mention_id, position FROM lane_mention""",
    # Who gets a business's digests; an empty recipient is the business's own digest.
    """CREATE TABLE digest_reader (
  business TEXT NOT NULL,
  recipient TEXT NOT NULL,
  since TEXT NOT NULL,                    -- told is what was found from then on,
  after INTEGER NOT NULL,                 -- or came after this mention.number: clocks may be wrong
  added_at TEXT NOT NULL,
  last_digest TEXT REFERENCES digest (id) ON DELETE SET NULL,
  passed_at TEXT,                         -- after it, one was due and there was nothing to tell
  PRIMARY KEY (business, recipient)
) STRICT, WITHOUT ROWID""",
    # Those who got the last digest of each business got all that it and the earlier ones told.
    """INSERT INTO digest_reader (business, recipient, since, after, added_at, last_digest)
  SELECT g.business, d.recipient, g.period_end,
    coalesce((SELECT max(m.number) FROM digest_mention AS t JOIN mention AS m ON m.id = t.mention_id
      WHERE m.business = g.business), 0),
    g.period_end, g.id
  FROM digest AS g JOIN delivery AS d ON d.digest_id = g.id
  WHERE g.rowid = (SELECT max(rowid) FROM digest WHERE business = g.business)""",
)


def apply(db: Database) -> None:
    """Add the column, the tables and the view; enrol those who got the last digests."""
    for statement in _STATEMENTS:
        db.execute(statement)
