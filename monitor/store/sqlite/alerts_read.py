"""What alerts are decided by: how many mentions each hour had, what was told, what is a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from monitor.clock import format_instant
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
from monitor.store.sqlite.kept import kept_instant, told_damaged
from monitor.store.sqlite.rows import Row

_LATE_DAYS = 3
"""What was found this long after it was published says nothing of how much is said now."""
_MOST_AT_ONCE = 500  # SQLite takes 32,766 values a statement; searches are no longer than this


def tempo(
    db: Database, business: str, since: datetime, *, sure_from: float, settled: datetime
) -> Tempo:
    """Return a business's relevant news by hour; see ``Store.tempo``."""
    # Beside a maximum, SQLite gives the other columns of its row.
    (source,) = db.query(
        "SELECT id, max(added_at) AS added_at FROM source WHERE configured AND added_at <= ?",
        [format_instant(settled)],
    )
    begun = source["added_at"]
    if begun is None:
        return Tempo(since=settled, hours=())
    # The first poll reads the past.
    start = max(since, _added_at(source) + timedelta(days=1))
    found = db.query(
        """SELECT substr(m.published_at, 1, 13) AS hour, min(m.id) AS id, count(*) AS total,
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
    return Tempo(since=start, hours=tuple(_hour_of(row) for row in found))


def _hour_of(row: Row) -> HourCount:
    with told_damaged("mention", row["id"]):
        hour = datetime.fromisoformat(f"{row['hour']}:00").replace(tzinfo=UTC)
    return HourCount(hour=hour, total=row["total"], negative=row["negative"] or 0)


def sources_added(db: Database) -> dict[str, datetime]:
    """Return when each configured source was first made known, by id."""
    found = db.query("SELECT id, added_at FROM source WHERE configured")
    return {row["id"]: _added_at(row) for row in found}


def _added_at(source: Row) -> datetime:
    with told_damaged("source", source["id"]):
        return kept_instant(source["added_at"])


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
    return [_told_of(row) for row in found]


def _told_of(row: Row) -> ToldReason:
    with told_damaged("alert_reason", row["key"]):
        rule = AlertRule(row["rule"])
    reason = AlertReason(
        rule=rule,
        key=row["key"],
        business=row["business"],
        mention_id=row["mention_id"],
        source=row["source"],
        count=row["count"],
    )
    return ToldReason(reason=reason, told_at=_closed_at(row["alert_id"], row["closed_at"]))


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
            f"""SELECT r.mention_id, a.id, min(a.closed_at) AS told_at
            FROM alert_reason AS r JOIN alert AS a ON a.id = r.alert_id
            WHERE r.mention_id IN ({", ".join("?" * len(part))}) GROUP BY 1""",  # noqa: S608 - marks only
            part,
        )
        told |= {row["mention_id"]: _closed_at(row["id"], row["told_at"]) for row in found}
    return told


def _closed_at(alert_id: str, text: str) -> datetime:
    with told_damaged("alert", alert_id):
        return kept_instant(text)
