"""Numbers that platforms give of the owner's own accounts, one a day."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.clock import format_instant, midnight
from monitor.model import DatedFigure, Period, PollOutcome
from monitor.store.sqlite.kept import kept_instant, told_damaged
from monitor.store.sqlite.rows import Row


def save_figures(db: Database, outcome: PollOutcome) -> None:
    """Keep a poll's figures; the last of a day stands."""
    day = format_instant(midnight(outcome.at))
    db.table("figure").upsert_all(
        (
            {
                "source": outcome.state.id,
                "name": figure.name,
                "day": day,
                "value": figure.value,
            }
            for figure in outcome.figures
        ),
        pk=("source", "name", "day"),
    )


def figures(db: Database, period: Period) -> list[DatedFigure]:
    """Return the figures of the days that begin within a period, by source, name and day."""
    rows = db.query(
        "SELECT * FROM figures WHERE day >= ? AND day < ?",
        [format_instant(period.start), format_instant(period.end)],
    )
    return [DatedFigure(**row | {"day": _day_of(row)}) for row in rows]


def _day_of(row: Row) -> datetime:
    with told_damaged("figure", f"{row['source']} {row['name']}"):
        return kept_instant(row["day"])
