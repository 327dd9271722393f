"""What alerts are decided by: how many mentions each hour had, what was told, what is a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from monitor.clock import format_instant, parse_instant
from monitor.matching.relevance import RELEVANT_FROM
from monitor.model import (
    AlertReason,
    AlertRule,
    HourCount,
    Period,
    Record,
    Tempo,
    ToldReason,
)

_LATE_DAYS = 3
"""What was found this long after it was published says nothing of how much is said now."""
_MOST_AT_ONCE = 500  # SQLite takes 32,766 values a statement; searches are no longer than this


def tempo(
    db: Database, business: str, since: datetime, *, sure_from: float, settled: datetime
) -> Tempo:
    """Return a business's relevant news by hour; see ``Store.tempo``."""
    begun = db.execute(
        "SELECT max(added_at) FROM source WHERE configured AND added_at <= ?",
        [format_instant(settled)],
    ).fetchone()[0]
    if begun is None:
        return Tempo(since=settled, hours=())
    start = max(since, parse_instant(begun) + timedelta(days=1))  # the first poll reads the past
    found = db.query(
        """SELECT substr(m.published_at, 1, 13) AS hour, count(*) AS total,
          sum(m.sentiment = 'negative' AND (m.corrected OR m.confidence >= :sure)) AS negative
        FROM mention AS m JOIN source AS s ON s.id = m.source
        WHERE m.business = :business AND m.competitor_of IS NULL AND NOT m.backfilled
          AND m.found_at >= :since AND m.published_at >= :since
          AND julianday(m.found_at) - julianday(m.published_at) <= :late
          AND m.relevance >= :relevant AND s.configured AND s.added_at <= :begun
        GROUP BY 1 ORDER BY 1""",
        {
            "business": business,
            "since": format_instant(start),
            "late": _LATE_DAYS,
            "relevant": RELEVANT_FROM,
            "sure": sure_from,
            "begun": begun,
        },
    )
    hours = tuple(
        HourCount(
            hour=datetime.fromisoformat(f"{row['hour']}:00").replace(tzinfo=UTC),
            total=row["total"],
            negative=row["negative"] or 0,
        )
        for row in found
    )
    return Tempo(since=start, hours=hours)


def sources_added(db: Database) -> dict[str, datetime]:
    """Return when each configured source was first made known, by id."""
    found = db.query("SELECT id, added_at FROM source WHERE configured")
    return {row["id"]: parse_instant(row["added_at"]) for row in found}


def record(db: Database, business: str, platform: str, period: Period) -> Record:
    """Return the most that a business's mentions found in a period on a platform had."""
    (mentions, engagement, audience) = db.execute(
        """SELECT count(*),
          max(ifnull(likes, 0) + ifnull(shares, 0) + ifnull(comments, 0)),
          max(max(ifnull(reach, 0), ifnull(views, 0), ifnull(author_followers, 0)))
        FROM mention
        WHERE business = ? AND platform = ? AND competitor_of IS NULL AND relevance >= ?
          AND found_at >= ? AND found_at < ?""",
        [
            business,
            platform,
            RELEVANT_FROM,
            format_instant(period.start),
            format_instant(period.end),
        ],
    ).fetchone()
    return Record(mentions=mentions, engagement=engagement or 0, audience=audience or 0)


def told_reasons(db: Database, since: datetime) -> list[ToldReason]:
    """Return the reasons of alerts fixed since then, oldest first."""
    found = db.query(
        """SELECT r.*, a.closed_at FROM alert_reason AS r JOIN alert AS a ON a.id = r.alert_id
        WHERE a.closed_at >= ? ORDER BY a.closed_at, a.rowid, r.position""",
        [format_instant(since)],
    )
    return [
        ToldReason(
            reason=AlertReason(
                rule=AlertRule(row["rule"]),
                key=row["key"],
                business=row["business"],
                mention_id=row["mention_id"],
                source=row["source"],
                count=row["count"],
            ),
            told_at=parse_instant(row["closed_at"]),
        )
        for row in found
    ]


def alerts_closed(db: Database, business: str, since: datetime) -> int:
    """Return how many alerts of a business were fixed since then."""
    sql = "SELECT count(*) FROM alert WHERE business = ? AND closed_at >= ?"
    return int(db.execute(sql, [business, format_instant(since)]).fetchone()[0])


def alerted(db: Database, mention_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when each of these mentions was first told by an alert."""
    told: dict[str, datetime] = {}
    for start in range(0, len(mention_ids), _MOST_AT_ONCE):
        part = list(mention_ids[start : start + _MOST_AT_ONCE])
        found = db.query(
            f"""SELECT r.mention_id, min(a.closed_at) AS told_at
            FROM alert_reason AS r JOIN alert AS a ON a.id = r.alert_id
            WHERE r.mention_id IN ({", ".join("?" * len(part))}) GROUP BY 1""",  # noqa: S608 - marks only
            part,
        )
        told |= {row["mention_id"]: parse_instant(row["told_at"]) for row in found}
    return told
