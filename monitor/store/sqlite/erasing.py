"""What goes when its time is over (promise 29): words and persons; only counts stay.

An erased mention is still known again, by digests from which nothing can be read: a feed that
still holds it does not bring it back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.model import Kind, Sighting
from monitor.store.sqlite.rows import dump
from monitor.store.sqlite.upkeep import done_at, note_done
from monitor.urls import is_site_root

_LEAP = timedelta(days=31)
"""A clock that moved further than this since the last time is not believed at once: a computer
that wakes in 2036 with an empty battery must not erase everything for good."""

_ERASE_MENTIONS = """
UPDATE mention SET title = NULL, text = '', author = NULL, author_url = NULL,
  author_followers = NULL, external_id = '', url = NULL, canonical_url = NULL, reason = '',
  signals = '[]', note = NULL, title_key = NULL, text_key = NULL, outlet_key = NULL,
  erased_at = :now
WHERE {which} AND erased_at IS NULL
"""
_PAST = "found_at < :limit"
_NAMED = "id IN (SELECT value FROM json_each(:ids))"
_ERASE_BESIDE = (
    "DELETE FROM revision WHERE mention_id IN (SELECT id FROM mention WHERE erased_at = :now)",
    "DELETE FROM label WHERE mention_id IN (SELECT id FROM mention WHERE erased_at = :now)",
    """DELETE FROM story_key
    WHERE mention IN (SELECT number FROM mention WHERE erased_at = :now)""",
    """UPDATE place SET url = NULL, canonical_url = NULL, external_id = ''
    WHERE mention_id IN (SELECT id FROM mention WHERE erased_at = :now)""",
)
_ERASE_AROUND = (
    # A mail that still waits is not touched: what it says was fixed, and it goes within 5 days.
    """UPDATE digest SET text = '', html = '', message = x'', archived = 1
    WHERE text <> '' AND id IN (
        SELECT digest_id FROM digest_content WHERE mention_id IN (
          SELECT id FROM mention WHERE erased_at IS NOT NULL))
      AND id NOT IN (SELECT digest_id FROM delivery WHERE state = 'waiting')""",
    """UPDATE alert SET text = '', html = '', notice = '', message = x''
    WHERE text <> '' AND id IN (
        SELECT alert_id FROM alert_reason WHERE mention_id IN (
          SELECT id FROM mention WHERE erased_at IS NOT NULL))
      AND id NOT IN (SELECT alert_id FROM alert_delivery WHERE state = 'waiting')""",
    # Replies that no digest confirmed in all that time.
    "UPDATE reply SET unclear = '[]', sender = '' WHERE read_at < :limit",
    # Deleted words stay in the index's older parts until these are merged into one.
    "INSERT INTO mention_fts (mention_fts) VALUES ('optimize')",
)


def expire(db: Database, now: datetime, keep: timedelta) -> int:
    """Erase what was found longer ago than ``keep``; returns how many mentions.

    Nothing, after a leap of the clock: the next call does it, if the clock still says so.
    """
    if _leapt(db, now):
        return 0
    when, limit = format_instant(now), format_instant(now - keep)
    erased = _erase(db, _PAST, {"now": when, "limit": limit})
    if erased:
        for statement in _ERASE_AROUND:
            db.execute(statement, {"now": when, "limit": limit})
    return erased


def erase(db: Database, mention_ids: Sequence[str], now: datetime) -> int:
    """Erase these mentions, but for their counts; the full-text index is to be rebuilt then."""
    return _erase(db, _NAMED, {"now": format_instant(now), "ids": dump(list(mention_ids))})


def keep_away(db: Database, mention_ids: Sequence[str]) -> None:
    """Remember these mentions by digests, so that no poll brings them back."""
    _keep_keys(db, _NAMED, {"ids": dump(list(mention_ids))})


def is_erased(db: Database, sighting: Sighting) -> bool:
    """Tell whether a sighting is of a mention that was erased."""
    entry, match = sighting.entry, sighting.match
    key = _key(
        (match.business, match.competitor_of, sighting.platform),
        entry.kind,
        entry.external_id,
        sighting.fingerprint.canonical_url,
    )
    return db.execute("SELECT 1 FROM erased_key WHERE key = ?", [key]).fetchone() is not None


def _leapt(db: Database, now: datetime) -> bool:
    last = done_at(db, "expire")
    note_done(db, "expire", now)
    return last is not None and abs(now - last) > _LEAP


def _erase(db: Database, which: str, values: dict[str, str]) -> int:
    _keep_keys(db, which, values)
    erased = int(db.execute(_ERASE_MENTIONS.format(which=which), values).rowcount)
    for statement in _ERASE_BESIDE if erased else ():
        db.execute(statement, {"now": values["now"]})
    return erased


def _keep_keys(db: Database, which: str, values: dict[str, str]) -> None:
    found = db.execute(
        f"""SELECT m.business, m.competitor_of, p.platform, m.kind, p.external_id, p.canonical_url
        FROM mention AS m JOIN place AS p ON p.mention_id = m.id
        WHERE m.id IN (SELECT id FROM mention WHERE {which} AND erased_at IS NULL)""",  # noqa: S608 - a condition of ours
        values,
    )
    keys = [(_key(tuple(row[:3]), *row[3:]),) for row in found]
    db.conn.executemany("INSERT OR IGNORE INTO erased_key VALUES (?)", keys)


def _key(whose: tuple[str | None, ...], kind: str, external_id: str, url: str | None) -> str:
    """Digest what it is known by: an article by its address, all else by its identifier too.

    ``whose`` is the business, whose competitor it is, and the platform.
    """
    if url and kind == Kind.ARTICLE and not is_site_root(url):
        whose, external_id = whose[:2], ""
    return hashlib.sha256(dump([*whose, external_id, url]).encode()).hexdigest()
