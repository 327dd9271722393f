"""The first schema. Comments in it are kept by SQLite and shown by its tools."""

from __future__ import annotations

from sqlite_utils import Database

SOURCE = """
CREATE TABLE source (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  url TEXT NOT NULL,                      -- where it looks, for people
  businesses TEXT NOT NULL,               -- JSON array of names
  options_hash TEXT NOT NULL,             -- of the options its cursor was earned with
  configured INTEGER NOT NULL,            -- 0: no longer in sources.yaml
  added_at TEXT NOT NULL,
  status TEXT,                            -- how its last poll ended; null: never polled
  state TEXT NOT NULL DEFAULT 'ok',       -- what it needs from a person
  error TEXT,                             -- JSON: code, message, http_status, retry_at
  notice TEXT,
  polled_at TEXT,
  last_ok_at TEXT,
  next_poll_at TEXT,
  retry_at TEXT,                          -- the server's own wish
  failures INTEGER NOT NULL DEFAULT 0,    -- in a row
  paused INTEGER NOT NULL DEFAULT 0,
  cursor TEXT NOT NULL DEFAULT '{}',      -- JSON, the source's own
  memory TEXT NOT NULL DEFAULT '{}'       -- JSON: validators and moves, by address
) STRICT;

-- What polls read, summed by hour (its start, UTC).
CREATE TABLE poll_hour (
  source TEXT NOT NULL,
  hour TEXT NOT NULL,
  polls INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  fetched INTEGER NOT NULL,               -- entries read
  PRIMARY KEY (hour, source)
) STRICT, WITHOUT ROWID;
"""

MENTION = """
CREATE TABLE mention (
  number INTEGER PRIMARY KEY,             -- of this file only: the full-text index points at it
  id TEXT NOT NULL UNIQUE,
  business TEXT NOT NULL,
  competitor_of TEXT,                     -- set: counted for that business's share of voice only
  source TEXT NOT NULL,
  platform TEXT NOT NULL,
  kind TEXT NOT NULL,
  external_id TEXT NOT NULL,
  url TEXT,
  canonical_url TEXT,
  title TEXT,
  text TEXT NOT NULL,
  author TEXT,
  author_url TEXT,
  author_followers INTEGER,
  published_at TEXT NOT NULL,
  found_at TEXT NOT NULL,
  updated_at TEXT,
  language TEXT,
  sentiment TEXT NOT NULL CHECK (sentiment IN ('negative', 'neutral', 'positive')),
  polarity REAL NOT NULL CHECK (polarity BETWEEN -1 AND 1),
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  scorer TEXT NOT NULL,
  corrected INTEGER NOT NULL DEFAULT 0,   -- 1: by a person, who wins over the scorer
  relevance REAL NOT NULL CHECK (relevance BETWEEN 0 AND 1),
  matched TEXT NOT NULL,                  -- JSON array of terms
  reason TEXT NOT NULL,
  themes TEXT NOT NULL DEFAULT '{}',      -- JSON object, theme to sentiment
  rating REAL,
  likes INTEGER,
  shares INTEGER,
  comments INTEGER,
  views INTEGER,
  reach INTEGER,
  outlet TEXT,
  story TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'handled', 'ignored')),
  note TEXT,
  removed_at TEXT,
  erased_at TEXT,                         -- when its text and author were erased
  title_key TEXT,                         -- by what it is known again
  text_key TEXT,
  outlet_key TEXT
) STRICT;
CREATE INDEX mention_found ON mention (found_at);
CREATE INDEX mention_published ON mention (published_at);
CREATE INDEX mention_business ON mention (business, found_at);
CREATE INDEX mention_source ON mention (source, competitor_of);
CREATE INDEX mention_title ON mention (title_key, business);

-- Every address where a mention's article or post was met.
CREATE TABLE place (
  number INTEGER PRIMARY KEY,
  mention_id TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  url TEXT,
  canonical_url TEXT,
  is_origin INTEGER NOT NULL              -- 1: the stored words are from here
) STRICT;
CREATE INDEX place_mention ON place (mention_id);
CREATE INDEX place_external ON place (external_id, platform);
CREATE INDEX place_url ON place (canonical_url);

-- The earlier words of mentions that were edited, oldest first.
CREATE TABLE revision (
  number INTEGER PRIMARY KEY,
  mention_id TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
  title TEXT,
  text TEXT NOT NULL,
  rating REAL,
  replaced_at TEXT NOT NULL
) STRICT;
CREATE INDEX revision_mention ON revision (mention_id);

-- What persons said of mentions, oldest first.
CREATE TABLE label (
  number INTEGER PRIMARY KEY,
  mention_id TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
  sentiment TEXT,                         -- null: it does not concern the business
  labelled_at TEXT NOT NULL
) STRICT;
CREATE INDEX label_mention ON label (mention_id);

-- Digests of what erased mentions are known again by: no word or address can be read from them.
CREATE TABLE erased_key (
  key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- When upkeep was last done, by name.
CREATE TABLE upkeep (
  name TEXT PRIMARY KEY,
  done_at TEXT NOT NULL
) STRICT;
"""

INDEX = """
CREATE TRIGGER mention_inserted AFTER INSERT ON mention BEGIN
  INSERT INTO mention_fts (rowid, title, text, author)
  VALUES (new.number, new.title, new.text, new.author);
END;
CREATE TRIGGER mention_deleted AFTER DELETE ON mention BEGIN
  INSERT INTO mention_fts (mention_fts, rowid, title, text, author)
  VALUES ('delete', old.number, old.title, old.text, old.author);
END;
CREATE TRIGGER mention_updated AFTER UPDATE OF title, text, author ON mention BEGIN
  INSERT INTO mention_fts (mention_fts, rowid, title, text, author)
  VALUES ('delete', old.number, old.title, old.text, old.author);
  INSERT INTO mention_fts (rowid, title, text, author)
  VALUES (new.number, new.title, new.text, new.author);
END;
"""

DIGEST = """
CREATE TABLE digest (
  id TEXT PRIMARY KEY,
  business TEXT NOT NULL,
  period_start TEXT NOT NULL,
  period_end TEXT NOT NULL,
  closed_at TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  message BLOB NOT NULL,                  -- the mail, byte for byte
  sender TEXT NOT NULL,
  report TEXT NOT NULL,                   -- path below reports/, without suffix
  archived INTEGER NOT NULL               -- 1: its report files are written
) STRICT;
CREATE INDEX digest_closed ON digest (business, closed_at);

-- Which digest tells a mention: one at most, the primary key holds it.
CREATE TABLE digest_mention (
  mention_id TEXT PRIMARY KEY REFERENCES mention (id) ON DELETE CASCADE,
  digest_id TEXT NOT NULL REFERENCES digest (id),
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_mention_digest ON digest_mention (digest_id, position);

-- The outbox: one row a recipient of a digest.
CREATE TABLE delivery (
  number INTEGER PRIMARY KEY,
  digest_id TEXT NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
  recipient TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'sent', 'refused', 'expired')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_at TEXT,
  last_error TEXT,
  sent_at TEXT,
  UNIQUE (digest_id, recipient)
) STRICT;
CREATE INDEX delivery_waiting ON delivery (next_try_at) WHERE state = 'waiting';
"""

_COLUMNS = """
  m.id, m.business, m.source, m.platform, m.kind, m.external_id, m.url, m.canonical_url,
  m.title, m.text, m.author, m.author_url, m.author_followers,
  m.published_at, m.found_at, m.updated_at, m.language,
  m.sentiment, m.polarity, m.confidence, m.scorer, m.corrected,
  m.relevance, m.matched, m.reason, m.themes, m.rating,
  m.likes, m.shares, m.comments, m.views, m.reach, m.outlet, m.story,
  (SELECT json_group_array(json_object('source', p.source, 'url', p.url))
   FROM (SELECT source, url FROM place WHERE mention_id = m.id ORDER BY number) AS p) AS places,
  m.status, m.note, m.removed_at,
  (SELECT digest_id FROM digest_mention WHERE mention_id = m.id) AS digest_id
"""

VIEWS = f"""
CREATE VIEW mentions AS SELECT {_COLUMNS}
FROM mention AS m WHERE m.competitor_of IS NULL;

CREATE VIEW competitor_mentions AS SELECT m.competitor_of, {_COLUMNS}
FROM mention AS m WHERE m.competitor_of IS NOT NULL;
"""  # noqa: S608 - both halves are constants


def apply(db: Database) -> None:
    """Make every table, the full-text index with its triggers, and the public views."""
    for script in (SOURCE, MENTION):
        db.executescript(script)
    db.table("mention").enable_fts(
        ["title", "text", "author"], tokenize="unicode61 remove_diacritics 2"
    )
    for script in (INDEX, DIGEST, VIEWS):
        db.executescript(script)
