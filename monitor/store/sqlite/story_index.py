"""Finds the mentions that may tell what a new one tells, and gives each its story."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from sqlite_utils import Database

from monitor.dedupe.stories import WINDOW, Joined, Told, join, story_keys
from monitor.model import Kind
from monitor.store.sqlite.kept import kept_instant, told_damaged
from monitor.store.sqlite.rows import Row

_PER_KEY = 60
"""Mentions that are looked at of those that share one key, the newest first: a word of the trade
may stand in all that is said of a business."""

_MOST = 12
"""Mentions that are compared in all, those with most keys in common first."""

_EPOCH = date(1970, 1, 1)
_ONE_KEY = """SELECT mention FROM (SELECT mention FROM story_key
  WHERE key = ? AND day BETWEEN ? AND ? ORDER BY day DESC LIMIT ?)"""
_COLUMNS = """id, business, story, kind, title, text, published_at, canonical_url, outlet_key,
  author, follows"""


def enter_story(db: Database, row: Row) -> None:
    """Give a new mention, a row of ``mention``, the story it tells; index it for those to come.

    A competitor's is counted only, and stands in none.
    """
    if row["competitor_of"] is not None:
        return
    new = told_of(row)
    keys = _numbers(new)
    joined = join(new, _candidates(db, keys, row["number"], new.published_at))
    if joined is not None:
        _join(db, new, joined)
    _index(db, keys, row["number"], new.published_at)


def index_again(db: Database, row: Row) -> None:
    """Index an edited mention by its new words; it stays in its story."""
    if row["competitor_of"] is None:
        db.execute("DELETE FROM story_key WHERE mention = ?", [row["number"]])
        told = told_of(row)
        _index(db, _numbers(told), row["number"], told.published_at)


def told_of(row: Row) -> Told:
    """Read what stories are told from of a row of ``mention``."""
    with told_damaged("mention", row["id"]):
        kind, published_at = Kind(row["kind"]), kept_instant(row["published_at"])
    return Told(
        id=row["id"],
        business=row["business"],
        story=row["story"],
        kind=kind,
        title=row["title"],
        text=row["text"],
        published_at=published_at,
        canonical_url=row["canonical_url"],
        outlet_key=row["outlet_key"],
        author=row["author"],
        is_follow_up=bool(row["follows"]),
    )


def are_apart(db: Database, story: str, other: str) -> bool:
    """Tell whether a person took mentions of two stories apart."""
    sql = """SELECT 1 FROM story_apart AS s
        JOIN mention AS a ON a.id = s.one JOIN mention AS b ON b.id = s.other
        WHERE (a.story = :story AND b.story = :other) OR (a.story = :other AND b.story = :story)"""
    return db.execute(sql, {"story": story, "other": other}).fetchone() is not None


def _join(db: Database, new: Told, joined: Joined) -> None:
    db.execute(
        "UPDATE mention SET story = ?, follows = ? WHERE id = ?",
        [joined.story, int(joined.is_follow_up), new.id],
    )
    for story in joined.merged:
        if not are_apart(db, story, joined.story):
            db.execute("UPDATE mention SET story = ? WHERE story = ?", [joined.story, story])
    for mention_id in joined.follow_ups:
        db.execute("UPDATE mention SET follows = 1 WHERE id = ?", [mention_id])


def _candidates(db: Database, keys: Iterable[int], number: int, at: datetime) -> list[Told]:
    first, last = _day(at - WINDOW), _day(at + WINDOW)
    parts = [(_ONE_KEY, [key, first, last, _PER_KEY]) for key in keys]
    if not parts:
        return []
    union = " UNION ALL ".join(sql for sql, _ in parts)
    sql = f"""SELECT {_COLUMNS} FROM mention WHERE erased_at IS NULL AND number IN (
        SELECT mention FROM ({union}) WHERE mention <> ?
        GROUP BY mention ORDER BY count(*) DESC, mention DESC LIMIT ?)"""  # noqa: S608 - clauses of ours, values bound
    values = [value for _, bound in parts for value in bound]
    return [told_of(row) for row in db.query(sql, [*values, number, _MOST])]


def _index(db: Database, keys: Iterable[int], number: int, at: datetime) -> None:
    db.conn.executemany(
        "INSERT OR IGNORE INTO story_key (key, day, mention) VALUES (?, ?, ?)",
        [(key, _day(at), number) for key in keys],
    )


def _numbers(told: Told) -> list[int]:
    """Return its keys as numbers of 63 bits: a third of the room, and no word can be read."""
    seeds = (f"{told.business}\n{key}".encode() for key in story_keys(told))
    digests = (hashlib.blake2b(seed, digest_size=8).digest() for seed in seeds)
    return [int.from_bytes(digest) >> 1 for digest in digests]


def _day(at: datetime) -> int:
    return (at.date() - _EPOCH).days
