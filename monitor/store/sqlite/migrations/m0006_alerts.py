"""Alerts: fixed before they are sent, told once, and their outbox; beside that of digests."""

from __future__ import annotations

from sqlite_utils import Database

_STATEMENTS = (
    """CREATE TABLE alert (
  id TEXT PRIMARY KEY,
  business TEXT NOT NULL,                 -- empty: it concerns all of them
  closed_at TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  notice TEXT NOT NULL,                   -- the short form that is notified
  message_id TEXT NOT NULL UNIQUE,
  message BLOB NOT NULL,                  -- the mail, byte for byte
  sender TEXT NOT NULL
) STRICT""",
    "CREATE INDEX alert_closed ON alert (closed_at)",
    # What alerts tell: no key is ever told twice.
    """CREATE TABLE alert_reason (
  key TEXT PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  rule TEXT NOT NULL,
  business TEXT,
  mention_id TEXT REFERENCES mention (id) ON DELETE CASCADE,
  source TEXT,
  count INTEGER
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX alert_reason_alert ON alert_reason (alert_id, position)",
    "CREATE INDEX alert_reason_mention ON alert_reason (mention_id)",
    # The outbox: one row a recipient, or a channel by its name.
    """CREATE TABLE alert_delivery (
  number INTEGER PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
  lane TEXT NOT NULL CHECK (lane IN ('mail', 'notice')),
  recipient TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'sent', 'refused', 'expired')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_at TEXT,
  last_error TEXT,
  sent_at TEXT,
  UNIQUE (alert_id, recipient)
) STRICT""",
    "CREATE INDEX alert_delivery_waiting ON alert_delivery (next_try_at) WHERE state = 'waiting'",
)


def apply(db: Database) -> None:
    """Add the tables and their indexes."""
    for statement in _STATEMENTS:
        db.execute(statement)
