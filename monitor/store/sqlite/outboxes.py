"""What waits in the outboxes of digests and alerts, for those who watch over them."""

from __future__ import annotations

from sqlite_utils import Database

from monitor.clock import parse_instant
from monitor.model import Waiting

_WAITING = """
SELECT 'digest' AS kind, count(*) AS copies, min(g.closed_at) AS since
FROM delivery AS d JOIN digest AS g ON g.id = d.digest_id WHERE d.state = 'waiting'
UNION ALL SELECT 'alert', count(*), min(a.closed_at) FROM alert_delivery AS d
JOIN alert AS a ON a.id = d.alert_id WHERE d.state = 'waiting' AND d.lane = 'mail'
UNION ALL SELECT 'notice', count(*), min(a.closed_at) FROM alert_delivery AS d
JOIN alert AS a ON a.id = d.alert_id WHERE d.state = 'waiting' AND d.lane = 'notice'
"""


def waiting(db: Database) -> dict[str, Waiting]:
    """Count the copies that wait, by kind; the kinds without any too."""
    return {
        row["kind"]: Waiting(
            copies=row["copies"],
            since=None if row["since"] is None else parse_instant(row["since"]),
        )
        for row in db.query(_WAITING)
    }
