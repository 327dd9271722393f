"""Every cell of text of every table, whatever version made it: where a person may stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import SMTP

from sqlite_utils import Database

from monitor.traces import Traces

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
    with functions(db, traces):
        for table, column in text_columns(db):
            sql = f"SELECT count(*) FROM [{table}] WHERE ecoute_bears([{column}])"  # noqa: S608 - names of our schema
            found[f"{table}.{column}"] = int(db.execute(sql).fetchone()[0])
    return {place: count for place, count in found.items() if count}


@contextmanager
def functions(db: Database, traces: Traces) -> Iterator[None]:
    """Let SQL ask ``ecoute_bears(cell)`` and ``ecoute_without(cell)`` within."""
    known: dict[str, Callable[[str | bytes | None], str | bytes | bool | None]] = {
        "ecoute_bears": lambda cell: cell is not None and traces.bears(_text_of(cell)),
        "ecoute_without": lambda cell: cell and traces.without(_text_of(cell)),
    }
    try:
        for name, function in known.items():
            db.conn.create_function(name, 1, function)
        yield
    finally:
        for name in known:
            db.conn.create_function(name, 1, None)


def _text_of(cell: str | bytes) -> str:
    """Return a cell as text; a mail decoded."""
    if isinstance(cell, str):
        return cell
    mail = message_from_bytes(cell, policy=SMTP)
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(str(value) for value in mail.values()), *parts])
