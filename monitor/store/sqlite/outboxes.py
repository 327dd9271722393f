"""What waits in the outboxes of digests and alerts, for those who watch over them."""

from __future__ import annotations

from sqlite_utils import Database

from monitor.model import Waiting
from monitor.store.sqlite.kept import instant, told_damaged
from monitor.store.sqlite.rows import Row

# Beside a minimum, SQLite gives the other columns of its row.
_WAITING = """
SELECT 'digest' AS kind, count(*) AS copies, min(g.closed_at) AS since, g.id
FROM delivery AS d JOIN digest AS g ON g.id = d.digest_id WHERE d.state = 'waiting'
UNION ALL SELECT 'alert', count(*), min(a.closed_at), a.id FROM alert_delivery AS d
JOIN alert AS a ON a.id = d.alert_id WHERE d.state = 'waiting' AND d.lane = 'mail'
UNION ALL SELECT 'notice', count(*), min(a.closed_at), a.id FROM alert_delivery AS d
JOIN alert AS a ON a.id = d.alert_id WHERE d.state = 'waiting' AND d.lane = 'notice'
"""


def waiting(db: Database) -> dict[str, Waiting]:
    """Count the copies that wait, by kind; the kinds without any too."""
    return {row["kind"]: _waiting_of(row) for row in db.query(_WAITING)}


def _waiting_of(row: Row) -> Waiting:
    with told_damaged("digest" if row["kind"] == "digest" else "alert", row["id"]):
        return Waiting(copies=row["copies"], since=instant(row["since"]))
