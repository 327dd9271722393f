"""Digests, fixed for good when they are closed, and the outbox of their mails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.model import (
    ClosedDigest,
    DeliveryResult,
    DeliveryState,
    OutboxItem,
    Period,
)
from monitor.store.sqlite.kept import kept_instant, told_damaged
from monitor.store.sqlite.readers import note_told, told_in
from monitor.store.sqlite.replying import items_of, keep_items
from monitor.store.sqlite.rows import Row, written

_FAR = timedelta(days=1)
"""No try is ever put off this long: one that is was written by a clock since set back."""


def close_digest(db: Database, digest: ClosedDigest) -> bool:
    """Fix a digest, mark its mentions, queue its mail. False: nothing done, it stands already."""
    if _stands(db, digest):
        return False
    when = format_instant(digest.closed_at)
    db.table("digest").insert(
        {
            "id": digest.id,
            "business": digest.business,
            "period_start": format_instant(digest.period.start),
            "period_end": format_instant(digest.period.end),
            "closed_at": when,
            "subject": digest.subject,
            "text": digest.text,
            "html": digest.html,
            "message_id": digest.message_id,
            "message": digest.message,
            "sender": digest.sender,
            "report": digest.report,
            "archived": int(digest.archived),
            "lane": digest.lane,
        }
    )
    table = "lane_mention" if digest.lane else "digest_mention"
    db.conn.executemany(
        f"INSERT INTO {table} (mention_id, digest_id, position) VALUES (?, ?, ?)",  # noqa: S608 - names of ours
        [(mention_id, digest.id, n) for n, mention_id in enumerate(digest.mention_ids)],
    )
    db.conn.executemany(
        "INSERT INTO delivery (digest_id, recipient, next_try_at) VALUES (?, ?, ?)",
        [(digest.id, recipient, when) for recipient in dict.fromkeys(digest.recipients)],
    )
    keep_items(db, digest)
    note_told(db, digest)
    return True


def digested_until(db: Database, business: str) -> datetime | None:
    """Return where the period of its own digest closed last ends; ``None``: none was.

    The last one is the newest row: by its times, one closed by a clock that was ahead would hide
    those that follow.
    """
    sql = """SELECT id, period_end FROM digest WHERE business = ? AND lane = ''
        ORDER BY rowid DESC LIMIT 1"""
    row = next(iter(db.query(sql, [business])), None)
    if row is None:
        return None
    with told_damaged("digest", row["id"]):
        return kept_instant(row["period_end"])


def unarchived(db: Database) -> list[ClosedDigest]:
    """Return digests whose report files are not known to be written, oldest first."""
    found = list(db.query("SELECT * FROM digest WHERE NOT archived ORDER BY closed_at, rowid"))
    return [_digest_of(db, row) for row in found]


def claim_outbox(db: Database, now: datetime, *, force: bool) -> list[OutboxItem]:
    """Return mails with recipients due for a try, oldest first. Changes nothing by itself."""
    found = db.query(
        """SELECT g.id, g.message_id, g.message, g.sender, g.closed_at, d.recipient, d.attempts
        FROM delivery AS d JOIN digest AS g ON g.id = d.digest_id
        WHERE d.state = 'waiting'
          AND (:force OR d.next_try_at IS NULL OR d.next_try_at <= :now OR d.next_try_at > :far)
        ORDER BY g.closed_at, g.rowid, d.number""",
        {"force": force, "now": format_instant(now), "far": format_instant(now + _FAR)},
    )
    mails: dict[str, list[Row]] = {}
    for row in found:
        mails.setdefault(row["id"], []).append(row)
    return [_item_of(rows) for rows in mails.values()]


def record_delivery(
    db: Database, digest_id: str, results: Sequence[DeliveryResult], at: datetime
) -> None:
    """Record what one try did; a copy once sent stays sent."""
    for result in results:
        db.execute(
            """UPDATE delivery SET state = :state, attempts = attempts + 1, last_error = :error,
                 next_try_at = :retry_at, sent_at = :sent_at
            WHERE digest_id = :digest_id AND recipient = :recipient AND state <> 'sent'""",
            {
                "state": result.state,
                "error": result.error,
                "retry_at": written(result.retry_at),
                "sent_at": written(at if result.state is DeliveryState.SENT else None),
                "digest_id": digest_id,
                "recipient": result.recipient,
            },
        )


def undelivered(db: Database, business: str, since: datetime) -> list[DeliveryResult]:
    """Return the copies that will not be tried again, of digests closed since; oldest first."""
    found = db.query(
        """SELECT d.recipient, d.state, d.last_error
        FROM delivery AS d JOIN digest AS g ON g.id = d.digest_id
        WHERE g.business = ? AND g.closed_at >= ? AND d.state IN ('refused', 'expired')
        ORDER BY g.closed_at, g.rowid, d.number""",
        [business, format_instant(since)],
    )
    return [
        DeliveryResult(
            recipient=row["recipient"], state=DeliveryState(row["state"]), error=row["last_error"]
        )
        for row in found
    ]


def _stands(db: Database, digest: ClosedDigest) -> bool:
    if db.execute("SELECT 1 FROM digest WHERE id = ?", [digest.id]).fetchone():
        return True
    if any(told_in(db, recipient, digest.mention_ids) for recipient in digest.recipients):
        return True
    taken = "SELECT 1 FROM digest_mention WHERE mention_id = ?"
    ids = () if digest.lane else digest.mention_ids
    return any(db.execute(taken, [mention_id]).fetchone() for mention_id in ids)


def _digest_of(db: Database, row: Row) -> ClosedDigest:
    mentions = db.execute(
        "SELECT mention_id FROM digest_content WHERE digest_id = ? ORDER BY position", [row["id"]]
    )
    recipients = db.execute(
        "SELECT recipient FROM delivery WHERE digest_id = ? ORDER BY number", [row["id"]]
    )
    with told_damaged("digest", row["id"]):
        period = Period(
            start=kept_instant(row["period_start"]), end=kept_instant(row["period_end"])
        )
        closed_at = kept_instant(row["closed_at"])
    return ClosedDigest(
        id=row["id"],
        business=row["business"],
        period=period,
        closed_at=closed_at,
        subject=row["subject"],
        text=row["text"],
        html=row["html"],
        message_id=row["message_id"],
        message=row["message"],
        sender=row["sender"],
        recipients=tuple(recipient for (recipient,) in recipients),
        mention_ids=tuple(mention_id for (mention_id,) in mentions),
        report=row["report"],
        archived=bool(row["archived"]),
        items=items_of(db, row["id"]),
        lane=row["lane"],
    )


def _item_of(rows: list[Row]) -> OutboxItem:
    first = rows[0]
    with told_damaged("digest", first["id"]):
        created_at = kept_instant(first["closed_at"])
    return OutboxItem(
        digest_id=first["id"],
        message_id=first["message_id"],
        message=first["message"],
        sender=first["sender"],
        recipients=tuple(row["recipient"] for row in rows),
        created_at=created_at,
        attempts=max(row["attempts"] for row in rows),
    )
