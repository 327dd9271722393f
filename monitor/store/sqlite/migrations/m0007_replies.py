"""What readers answered to digests, and how far their mailbox was read."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = """
-- The mentions behind the codes that a digest shows: the one shown stands first.
CREATE TABLE digest_item (
  digest_id TEXT NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
  code INTEGER NOT NULL,
  position INTEGER NOT NULL,
  mention_id TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
  PRIMARY KEY (digest_id, code, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_item_mention ON digest_item (mention_id);

-- Replies taken in, each once: id is the same for every copy of one mail.
CREATE TABLE reply (
  id TEXT PRIMARY KEY,
  digest_id TEXT NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
  sender TEXT NOT NULL,
  read_at TEXT NOT NULL,
  unclear TEXT NOT NULL DEFAULT '[]',     -- JSON array of what was not understood
  confirmed_in TEXT REFERENCES digest (id)
) STRICT;
CREATE INDEX reply_digest ON reply (digest_id);

CREATE TABLE reply_answer (
  number INTEGER PRIMARY KEY,
  reply_id TEXT NOT NULL REFERENCES reply (id) ON DELETE CASCADE,
  code INTEGER NOT NULL,
  action TEXT NOT NULL,
  note_key TEXT,                          -- SHA-256 of a note: its words stand with the mention
  applied INTEGER NOT NULL                -- 0: the same was said before, or the mention is gone
) STRICT;
CREATE INDEX reply_answer_reply ON reply_answer (reply_id);

CREATE TABLE mailbox (
  name TEXT PRIMARY KEY,
  uid_validity INTEGER,
  last_uid INTEGER NOT NULL,
  looked_at TEXT,
  last_ok_at TEXT,
  next_look_at TEXT,                      -- set while it fails
  error TEXT,
  failures INTEGER NOT NULL
) STRICT;
"""


def apply(db: Database) -> None:
    """Make the tables."""
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)
