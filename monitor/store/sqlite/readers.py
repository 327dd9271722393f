"""Who gets digests, and what each was told: what a reader was told once is never told again.

What a reader was told is read from the digests that went to them, so that it stays true when
their rhythm, or who reads beside them, changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.model import ClosedDigest, ReaderState
from monitor.store.sqlite.kept import instant, kept_instant, told_damaged
from monitor.store.sqlite.rows import Row

OWN = ""
"""The reader that stands for a business's own digest."""
UNTOLD = """NOT EXISTS (
    SELECT 1 FROM digest_content AS c JOIN delivery AS d ON d.digest_id = c.digest_id
    WHERE c.mention_id = mention.id AND d.recipient = ?)
  AND EXISTS (
    SELECT 1 FROM digest_reader AS r
    WHERE r.business = mention.business AND r.recipient = ?
      AND (mention.found_at >= r.since OR mention.number > r.after))"""
"""The mentions that a recipient, named twice, is still to be told."""
_CHUNK = 500


def states(db: Database, business: str) -> dict[str, ReaderState]:
    """Return the readers of a business by their address."""
    found = db.query(
        """SELECT r.*, g.period_end FROM digest_reader AS r
        LEFT JOIN digest AS g ON g.id = r.last_digest WHERE r.business = ?""",
        [business],
    )
    return {row["recipient"]: _state_of(row) for row in found}


def _state_of(row: Row) -> ReaderState:
    with told_damaged("digest", row["last_digest"]):
        told_until = instant(row["period_end"])
    with told_damaged("digest_reader", f"{row['business']} {row['recipient']}"):
        return ReaderState(
            since=kept_instant(row["since"]),
            added_at=kept_instant(row["added_at"]),
            told_until=told_until,
            passed_at=instant(row["passed_at"]),
        )


def enrol(db: Database, business: str, readers: Mapping[str, datetime], at: datetime) -> None:
    """Add those not known yet, forget those absent; the business's own digest stays."""
    known = states(db, business).keys() - {OWN}
    for recipient in known - readers.keys():
        db.execute(
            "DELETE FROM digest_reader WHERE business = ? AND recipient = ?", [business, recipient]
        )
    for recipient in readers.keys() - known:
        _add(db, business, recipient, readers[recipient], at)


def note_told(db: Database, digest: ClosedDigest) -> None:
    """Record that a digest is the last of its readers, where they are enrolled."""
    own = () if digest.lane else (OWN,)
    db.conn.executemany(
        """UPDATE digest_reader SET last_digest = ?, passed_at = NULL
        WHERE business = ? AND recipient = ?""",
        [(digest.id, digest.business, recipient) for recipient in (*own, *digest.recipients)],
    )


def note_pass(db: Database, business: str, readers: Sequence[str], at: datetime) -> None:
    """Record that there was nothing to tell them when a digest was due."""
    for recipient in readers:
        if recipient == OWN and OWN not in states(db, business):
            _add(db, business, OWN, at, at)
        db.execute(
            "UPDATE digest_reader SET passed_at = ? WHERE business = ? AND recipient = ?",
            [format_instant(at), business, recipient],
        )


def told_in(db: Database, recipient: str, mention_ids: Sequence[str]) -> dict[str, str]:
    """Return which digest told each of these mentions to a recipient."""
    found: dict[str, str] = {}
    for start in range(0, len(mention_ids), _CHUNK):
        ids = mention_ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(ids))
        sql = f"""SELECT c.mention_id, c.digest_id
            FROM digest_content AS c JOIN delivery AS d ON d.digest_id = c.digest_id
            WHERE c.mention_id IN ({marks}) AND d.recipient = ?"""  # noqa: S608 - marks only
        found |= dict(db.execute(sql, [*ids, recipient]).fetchall())
    return found


def _add(db: Database, business: str, recipient: str, since: datetime, at: datetime) -> None:
    db.execute(
        """INSERT INTO digest_reader (business, recipient, since, after, added_at)
        VALUES (?, ?, ?, coalesce((SELECT max(number) FROM mention), 0), ?)""",
        [business, recipient, format_instant(since), format_instant(at)],
    )
