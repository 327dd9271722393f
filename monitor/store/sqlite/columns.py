"""Every cell of text of every table, whatever version made it: where a person may stand."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP
from itertools import count
from typing import NamedTuple

from sqlite_utils import Database

from monitor.traces import Traces

_numbers = count()
# The full-text index is made from mention; the others hold digests only.
_NO_WORDS = ("mention_fts", "sqlite_", "_sqlite", "forgotten", "erased_key", "story_key")


def text_columns(db: Database) -> Iterator[tuple[str, str]]:
    """Yield table and column of all that may hold words."""
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (table,) in tables.fetchall():
        if not table.startswith(_NO_WORDS):
            for _, column, kind, *_ in db.execute(f"PRAGMA table_info([{table}])").fetchall():
                if kind in {"TEXT", "BLOB"}:
                    yield table, column


def count_bearing(db: Database, traces: Traces) -> dict[str, int]:
    """Return how many cells bear what is looked for, by ``table.column``."""
    found = {}
    bears = asking(db, traces).bears
    for table, column in text_columns(db):
        sql = f"SELECT count(*) FROM [{table}] WHERE {bears}([{column}])"  # noqa: S608 - names of our schema
        found[f"{table}.{column}"] = int(db.execute(sql).fetchone()[0])
    return {place: count for place, count in found.items() if count}


class Asking(NamedTuple):
    """The names of functions of SQL that know one person; they stay while the connection does."""

    bears: str
    without: str


def asking(db: Database, traces: Traces) -> Asking:
    """Let SQL ask whether a cell bears what is looked for, and for the cell without it.

    Each asking has functions of its own: SQLite replaces none while any statement is under way.
    """
    number = next(_numbers)
    names = Asking(f"ecoute_bears_{number}", f"ecoute_without_{number}")
    db.conn.create_function(
        names.bears, 1, lambda cell: cell is not None and traces.bears(_text_of(cell))
    )
    db.conn.create_function(names.without, 1, lambda cell: cell and traces.without(_text_of(cell)))
    return names


def _text_of(cell: str | bytes) -> str:
    """Return a cell as text; a mail decoded."""
    if isinstance(cell, str):
        return cell
    mail = message_from_bytes(cell, policy=SMTP)
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(str(value) for value in mail.values()), *parts])
