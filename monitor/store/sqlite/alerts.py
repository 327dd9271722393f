"""Alerts, fixed for good when they are closed, and their outbox; the twin of ``digests.py``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.model import ClosedAlert, DeliveryResult, DeliveryState, Lane, OutboxItem
from monitor.store.sqlite.kept import kept_instant, told_damaged
from monitor.store.sqlite.rows import Row, written

_FAR = timedelta(days=1)
"""No try is ever put off this long: one that is was written by a clock since set back."""


def close_alert(db: Database, alert: ClosedAlert) -> bool:
    """Fix an alert and queue it. False: nothing done, one of its reasons was told before."""
    told = "SELECT 1 FROM alert_reason WHERE key = ?"
    if any(db.execute(told, [reason.key]).fetchone() for reason in alert.reasons):
        return False
    if db.execute("SELECT 1 FROM alert WHERE id = ?", [alert.id]).fetchone():
        return False
    when = format_instant(alert.closed_at)
    db.table("alert").insert(
        {
            "id": alert.id,
            "business": alert.business,
            "closed_at": when,
            "subject": alert.subject,
            "text": alert.text,
            "html": alert.html,
            "notice": alert.notice,
            "message_id": alert.message_id,
            "message": alert.message,
            "sender": alert.sender,
        }
    )
    db.conn.executemany(
        """INSERT INTO alert_reason
          (key, alert_id, position, rule, business, mention_id, source, count)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (r.key, alert.id, n, r.rule, r.business, r.mention_id, r.source, r.count)
            for n, r in enumerate(alert.reasons)
        ],
    )
    lanes = [(Lane.MAIL, alert.recipients), (Lane.NOTICE, alert.channels)]
    db.conn.executemany(
        "INSERT INTO alert_delivery (alert_id, lane, recipient, next_try_at) VALUES (?, ?, ?, ?)",
        [(alert.id, lane, name, when) for lane, names in lanes for name in dict.fromkeys(names)],
    )
    return True


def claim_alerts(db: Database, now: datetime, lane: Lane, *, force: bool) -> list[OutboxItem]:
    """Return alerts with recipients due for a try, oldest first. Changes nothing by itself."""
    found = db.query(
        """SELECT a.id, a.message_id, a.message, a.notice, a.sender, a.closed_at,
          d.recipient, d.attempts
        FROM alert_delivery AS d JOIN alert AS a ON a.id = d.alert_id
        WHERE d.state = 'waiting' AND d.lane = :lane
          AND (:force OR d.next_try_at IS NULL OR d.next_try_at <= :now OR d.next_try_at > :far)
        ORDER BY a.closed_at, a.rowid, d.number""",
        {
            "lane": lane,
            "force": force,
            "now": format_instant(now),
            "far": format_instant(now + _FAR),
        },
    )
    waiting: dict[str, list[Row]] = {}
    for row in found:
        waiting.setdefault(row["id"], []).append(row)
    return [_item_of(rows, lane) for rows in waiting.values()]


def record_delivery(
    db: Database, alert_id: str, results: Sequence[DeliveryResult], at: datetime
) -> None:
    """Record what one try did; a copy once sent stays sent."""
    for result in results:
        db.execute(
            """UPDATE alert_delivery SET state = :state, attempts = attempts + 1,
                 last_error = :error, next_try_at = :retry_at, sent_at = :sent_at
            WHERE alert_id = :alert_id AND recipient = :recipient AND state <> 'sent'""",
            {
                "state": result.state,
                "error": result.error,
                "retry_at": written(result.retry_at),
                "sent_at": written(at if result.state is DeliveryState.SENT else None),
                "alert_id": alert_id,
                "recipient": result.recipient,
            },
        )


def _item_of(rows: list[Row], lane: Lane) -> OutboxItem:
    first = rows[0]
    with told_damaged("alert", first["id"]):
        created_at = kept_instant(first["closed_at"])
    return OutboxItem(
        digest_id=first["id"],
        message_id=first["message_id"],
        message=first["message"] if lane is Lane.MAIL else first["notice"].encode(),
        sender=first["sender"],
        recipients=tuple(row["recipient"] for row in rows),
        created_at=created_at,
        attempts=max(row["attempts"] for row in rows),
    )
