"""Stories as they are shown, and as a person puts them right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.dedupe.likeness import Bond
from monitor.dedupe.stories import bond_between
from monitor.model import Story
from monitor.store.sqlite.rows import Row, dump, mention_of
from monitor.store.sqlite.story_index import told_of

_TOLD = """
SELECT v.*, m.follows FROM mentions AS v JOIN mention AS m ON m.id = v.id
WHERE m.story IN (SELECT value FROM json_each(?)) ORDER BY v.published_at, v.id
"""


def stories(db: Database, story_ids: Sequence[str]) -> dict[str, Story]:
    """Return stories by their id, each with its mentions in the order of their publication."""
    told: dict[str, list[Row]] = {}
    for row in db.query(_TOLD, [dump(list(story_ids))]):
        told.setdefault(row["story"], []).append(row)
    return {story_id: _story_of(story_id, rows) for story_id, rows in told.items()}


def story_of(db: Database, mention_id: str) -> Story | None:
    """Return the story that a mention stands in; ``None``: no such id."""
    row = _row(db, mention_id)
    if row is None or row["competitor_of"] is not None:
        return None
    return stories(db, [row["story"]])[row["story"]]


def split(db: Database, mention_id: str, at: datetime) -> bool:
    """Take a mention out of its story, and note that it stands apart from all that stays."""
    row = _row(db, mention_id)
    others = [] if row is None else _others(db, row)
    if not others:
        return False
    for other in others:
        _note_apart(db, mention_id, other["id"], at)
    if others[0]["story"] == mention_id:  # named by the one that leaves
        _move(db, [other["id"] for other in others], others[0]["id"])
    _move(db, [mention_id], mention_id)
    db.execute("UPDATE mention SET follows = 0 WHERE id = ?", [mention_id])
    return True


def join_by_hand(db: Database, mention_id: str, other_id: str, at: datetime) -> bool:
    """Put a mention into the story of another, and forget what was taken apart of the two."""
    del at  # Known limit: only what was taken apart bears its time.
    row, other = _row(db, mention_id), _row(db, other_id)
    if row is None or other is None or row["story"] == other["story"]:
        return False
    if (row["business"], row["competitor_of"]) != (other["business"], other["competitor_of"]):
        return False
    left, found = _others(db, row), [other, *_others(db, other)]
    if left and row["story"] == mention_id:
        _move(db, [one["id"] for one in left], left[0]["id"])
    _move(db, [mention_id], other["story"])
    new = told_of(row)
    follows = any(
        bond_between(new, told_of(one)) is Bond.FOLLOWS
        and one["published_at"] < row["published_at"]
        for one in found
    )
    db.execute("UPDATE mention SET follows = ? WHERE id = ?", [int(follows), mention_id])
    for one in found:
        db.execute(
            "DELETE FROM story_apart WHERE one = ? AND other = ?", _pair(mention_id, one["id"])
        )
    return True


def _story_of(story_id: str, rows: Sequence[Row]) -> Story:
    follow_ups = frozenset(row["id"] for row in rows if row.pop("follows"))
    return Story(
        id=story_id, mentions=tuple(mention_of(row) for row in rows), follow_ups=follow_ups
    )


def _row(db: Database, mention_id: str) -> Row | None:
    return next(db.query("SELECT * FROM mention WHERE id = ?", [mention_id]), None)


def _others(db: Database, row: Row) -> list[Row]:
    """Return what else stands in its story, the first published first."""
    sql = "SELECT * FROM mention WHERE story = ? AND id <> ? ORDER BY published_at, id"
    return list(db.query(sql, [row["story"], row["id"]]))


def _move(db: Database, mention_ids: Sequence[str], story: str) -> None:
    sql = "UPDATE mention SET story = ? WHERE id IN (SELECT value FROM json_each(?))"
    db.execute(sql, [story, dump(list(mention_ids))])


def _note_apart(db: Database, one: str, other: str, at: datetime) -> None:
    db.execute(
        "INSERT OR IGNORE INTO story_apart (one, other, decided_at) VALUES (?, ?, ?)",
        [*_pair(one, other), format_instant(at)],
    )


def _pair(one: str, other: str) -> list[str]:
    return sorted((one, other))
