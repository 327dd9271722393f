"""What persons said of mentions' relevance, and what they blocked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.model import Block, BlockKind, Entry, Judgement, Kind, Match
from monitor.store.sqlite.kept import kept_instant, told_damaged
from monitor.store.sqlite.rows import Row, signals_of, signals_text

# The newest label of each mention is a person's last word.
_JUDGEMENTS = """
SELECT m.*, l.relevant FROM label AS l JOIN mention AS m ON m.id = l.mention_id
WHERE m.business = ? AND m.competitor_of IS NULL AND m.erased_at IS NULL
  AND l.number = (SELECT max(number) FROM label WHERE mention_id = m.id)
ORDER BY l.number DESC LIMIT ?
"""


def version(db: Database) -> int:
    """Return a number that grows with every label and block."""
    return int(db.execute("SELECT version FROM lesson").fetchone()[0])


def judgements(db: Database, business: str, most: int) -> list[Judgement]:
    """Return the last word of persons on a business's mentions, newest first."""
    return [_judgement_of(row) for row in db.query(_JUDGEMENTS, [business, most])]


def blocks(db: Database) -> list[Block]:
    """Return what is blocked, oldest first."""
    return [_block_of(row) for row in db.query("SELECT * FROM block ORDER BY id")]


def block(db: Database, business: str, kind: BlockKind, value: str, at: datetime) -> Block:
    """Block something, unless it is."""
    db.execute(
        "INSERT INTO block (business, kind, value, blocked_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [business, kind, value, format_instant(at)],
    )
    (row,) = db.query(
        "SELECT * FROM block WHERE business = ? AND kind = ? AND value = ?", [business, kind, value]
    )
    return _block_of(row)


def unblock(db: Database, block_id: int) -> Block | None:
    """Take a block back."""
    found = list(db.query("SELECT * FROM block WHERE id = ?", [block_id]))
    db.execute("DELETE FROM block WHERE id = ?", [block_id])
    return _block_of(found[0]) if found else None


def rejudge(db: Database, judged: Mapping[str, Match]) -> int:
    """Set the relevance and signals of mentions that no person spoke of."""
    changed = 0
    for mention_id, match in judged.items():
        changed += db.execute(
            """UPDATE mention SET relevance = :relevance, signals = :signals, reason = :reason
            WHERE id = :id AND (relevance <> :relevance OR signals <> :signals)
              AND NOT EXISTS (SELECT 1 FROM label WHERE mention_id = :id)""",
            {
                "id": mention_id,
                "relevance": match.relevance,
                "reason": match.reason,
                "signals": signals_text(match.signals),
            },
        ).rowcount
    return changed


def _block_of(row: Row) -> Block:
    with told_damaged("block", row["id"]):
        read = {"kind": BlockKind(row["kind"]), "blocked_at": kept_instant(row["blocked_at"])}
    return Block(**row | read)


def _judgement_of(row: Row) -> Judgement:
    with told_damaged("mention", row["id"]):
        entry, signals = _entry_of(row), signals_of(row["signals"])
    return Judgement(
        business=row["business"],
        entry=entry,
        signals=tuple(one for one in signals if not one.name.startswith("learnt")),
        is_relevant=bool(row["relevant"]),
    )


def _entry_of(row: Row) -> Entry:
    return Entry(
        external_id=row["external_id"],
        url=row["url"],
        title=row["title"],
        text=row["text"],
        kind=Kind(row["kind"]),
        author=row["author"],
        author_url=row["author_url"],
    )
