"""Sources' states, and the storing of polls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.dedupe.decide import New, Update
from monitor.model import (
    IMPORT,
    FetchMemory,
    Period,
    PollOutcome,
    PollStatus,
    Saved,
    SourceState,
    Spent,
)
from monitor.store.sqlite.figures import save_figures
from monitor.store.sqlite.rows import Row, configured_row, dump, polled_row, spent_of, state_of
from monitor.store.sqlite.screening import Screen
from monitor.store.sqlite.sightings import store_sighting


def are_registered(db: Database, states: Sequence[SourceState]) -> bool:
    """Tell whether these are the configured sources already, so that nothing need be written."""
    columns = ", ".join(configured_row(states[0])) if states else "id"
    configured = list(db.query(f"SELECT {columns} FROM source WHERE configured"))  # noqa: S608 - our own names
    wanted = [configured_row(state) for state in states]
    return sorted(configured, key=_id_of) == sorted(wanted, key=_id_of)


def _id_of(row: Row) -> str:
    return str(row["id"])


def register_sources(db: Database, states: Sequence[SourceState], at: datetime) -> None:
    """Make known the configured sources; see ``Store.register_sources``."""
    known = {row["id"]: row for row in db.query("SELECT id, options_hash, memory FROM source")}
    db.execute("UPDATE source SET configured = 0 WHERE configured")
    for state in states:
        row = configured_row(state) | {"configured": 1}
        if state.id not in known:
            db.table("source").insert(row | {"added_at": format_instant(at)})
            continue
        if known[state.id]["options_hash"] != state.options_hash:
            # A fresh start: due now, and nothing remembered of what was earned with other options.
            # What was spent was spent.
            row |= polled_row(_as_if_never_polled(state, spent_of(known[state.id]["memory"])))
            for kept in ("last_ok_at", "polled_at"):
                row.pop(kept)
        db.table("source").update(state.id, row)


_SELECT = """SELECT s.*, (SELECT count(*) FROM mention AS m
                        WHERE m.source = s.id AND m.competitor_of IS NULL) AS mentions
        FROM source AS s WHERE s.configured"""


def source_state(db: Database, source_id: str) -> SourceState:
    """Return one configured source's state."""
    (row,) = db.query(f"{_SELECT} AND s.id = ?", [source_id])
    return state_of(row)


def spent_elsewhere(db: Database, source_id: str, at: datetime) -> Mapping[str, int]:
    """Return what other sources spent of allowances not renewed yet, those at rest too."""
    total = Counter[str]()
    sql = "SELECT memory FROM source WHERE id <> ? AND memory LIKE '%renews_at%'"
    for (memory,) in db.execute(sql, [source_id]):
        for name, spent in spent_of(memory).items():
            total[name] += spent.units if spent.renews_at > at else 0
    return total


def import_states(db: Database) -> list[SourceState]:
    """Return the states of what was imported, by id: of sources that are in no configuration."""
    sql = _SELECT.replace("WHERE s.configured", "WHERE NOT s.configured AND s.type = ?")
    return [state_of(row) for row in db.query(f"{sql} ORDER BY s.id", [IMPORT])]


def source_states(db: Database) -> list[SourceState]:
    """Return the configured sources' states, by id, each with the mentions it found first."""
    found = db.query(f"{_SELECT} ORDER BY s.id")
    return [state_of(row) for row in found]


def save_poll(db: Database, outcome: PollOutcome, screen: Screen | None = None) -> Saved:
    """Store a poll's sightings, in their order, then its source's state and the hour's sums.

    What is of a forgotten person is not stored; it counts as met before.
    """
    new: list[str] = []
    updated: list[str] = []
    duplicates = 0
    unchanged: list[int] = []
    met: set[str] = set()
    for place, met_one in enumerate(outcome.sightings):
        sighting = screen(met_one) if screen is not None else met_one
        if sighting is None:
            unchanged.append(place)
            duplicates += met_one.match.competitor_of is None
            continue
        verdict, new_id = store_sighting(
            db, sighting, outcome.at, met=met, is_backfill=outcome.is_backfill
        )
        stored_id = new_id if isinstance(verdict, New) else verdict.id
        if stored_id is not None:
            met.add(stored_id)
        if new_id is None and not isinstance(verdict, Update):
            unchanged.append(place)
        if sighting.match.competitor_of is not None:
            continue  # counted for share of voice, told to nobody
        if new_id is not None:
            new.append(new_id)
        elif isinstance(verdict, Update):
            updated.append(verdict.id)
        else:
            duplicates += 1
    _note_removed(db, outcome)
    save_figures(db, outcome)
    _save_state(db, outcome)
    if not outcome.is_backfill:
        _count_poll(db, outcome)
    edited = tuple(dict.fromkeys(i for i in updated if i not in new))
    return Saved(new=tuple(new), updated=edited, duplicates=duplicates, unchanged=tuple(unchanged))


def known_ids(db: Database, source_id: str, external_ids: Sequence[str]) -> set[str]:
    """Return those of a source's identifiers under which a mention was met before."""
    sql = """SELECT external_id FROM place
        WHERE source = ? AND external_id IN (SELECT value FROM json_each(?))"""
    return {row["external_id"] for row in db.query(sql, [source_id, dump(list(external_ids))])}


def young_ids(db: Database, source_id: str, since: datetime, limit: int) -> list[str]:
    """Return identifiers of a source's mentions found since then, not removed, newest first."""
    sql = """SELECT DISTINCT external_id FROM mention
        WHERE source = ? AND found_at >= ? AND removed_at IS NULL AND erased_at IS NULL
        ORDER BY number DESC LIMIT ?"""
    found = db.query(sql, [source_id, format_instant(since), limit])
    return [row["external_id"] for row in found]


def _note_removed(db: Database, outcome: PollOutcome) -> None:
    """Note what the platform has deleted; a mention met elsewhere too is still there."""
    db.execute(
        """UPDATE mention SET removed_at = :at
        WHERE source = :source AND removed_at IS NULL
          AND external_id IN (SELECT value FROM json_each(:ids))
          AND NOT EXISTS (SELECT 1 FROM place
            WHERE mention_id = mention.id AND source <> :source)""",
        {
            "at": format_instant(outcome.at),
            "source": outcome.state.id,
            "ids": dump(list(outcome.removed)),
        },
    )


def articles_read(db: Database, period: Period) -> int:
    """Return how many entries polls read, of the hours that begin within a period."""
    bounds = [format_instant(period.start), format_instant(period.end)]
    sql = "SELECT coalesce(sum(fetched), 0) FROM poll_hour WHERE hour >= ? AND hour < ?"
    return int(db.execute(sql, bounds).fetchone()[0])


def _as_if_never_polled(state: SourceState, spent: Mapping[str, Spent]) -> SourceState:
    """Return the state of a source as if it had never been polled."""
    return SourceState(
        id=state.id,
        type=state.type,
        address=state.address,
        businesses=state.businesses,
        options_hash=state.options_hash,
        memory=FetchMemory(spent=spent),
    )


def _save_state(db: Database, outcome: PollOutcome) -> None:
    state = outcome.state
    row = configured_row(state) | polled_row(state)
    if not db.execute("UPDATE source SET id = id WHERE id = ?", [state.id]).rowcount:
        row |= {"added_at": format_instant(outcome.at)}
        db.table("source").insert(row | {"configured": int(state.type != IMPORT)})
    else:
        db.table("source").update(state.id, row)


def _count_poll(db: Database, outcome: PollOutcome) -> None:
    hour = outcome.at.replace(minute=0, second=0, microsecond=0)
    db.execute(
        """INSERT INTO poll_hour (source, hour, polls, failed, fetched) VALUES (?, ?, 1, ?, ?)
        ON CONFLICT DO UPDATE SET polls = polls + 1, failed = failed + excluded.failed,
                                  fetched = fetched + excluded.fetched""",
        [
            outcome.state.id,
            format_instant(hour),
            int(outcome.state.status is PollStatus.FAILED),
            outcome.fetched,
        ],
    )
