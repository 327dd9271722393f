"""Pseudonyms for the authors of what was stored before they were asked for."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.dedupe.fingerprint import fingerprint
from monitor.model import Entry, Kind
from monitor.names import PREFIX, Veil, own_traces
from monitor.store.sqlite.forgetting import rebuild_index
from monitor.store.sqlite.kept import told_damaged
from monitor.store.sqlite.rows import Row
from monitor.store.sqlite.story_index import index_again
from monitor.store.sqlite.upkeep import done_at, note_done

_DONE = "pseudonyms"


def are_given(db: Database) -> bool:
    """Tell whether all that is stored has pseudonyms, and so has all that comes."""
    return done_at(db, _DONE) is not None


def give(db: Database, veil: Veil | None, now: datetime) -> int:
    """Give them to all mentions and blocks; ``None``: note that those that come keep names.

    Digests fixed before keep the names: they go with their time.
    """
    if veil is None:
        db.execute("DELETE FROM upkeep WHERE name = ?", [_DONE])
        return 0
    note_done(db, _DONE, now)
    rows = db.query(
        f"""SELECT * FROM mention WHERE erased_at IS NULL
        AND (author_url IS NOT NULL OR author NOT LIKE '{PREFIX}%')"""  # noqa: S608 - ours
    )
    changed = sum(_give(db, row, veil) for row in [*rows])
    for number, value in db.execute("SELECT id, value FROM block WHERE kind = 'author'").fetchall():
        db.execute(
            "UPDATE OR REPLACE block SET value = ? WHERE id = ?",
            [_entry_author(veil, value), number],
        )
    db.execute("UPDATE lesson SET version = version + 1")
    rebuild_index(db)
    return changed


def _give(db: Database, row: Row, veil: Veil) -> bool:
    with told_damaged("mention", row["id"]):
        kind = Kind(row["kind"])
    entry = Entry(
        external_id=row["external_id"],
        url=row["url"],
        kind=kind,
        title=row["title"],
        text=row["text"],
        author=row["author"],
        author_url=row["author_url"],
        outlet=row["outlet"],
    )
    veiled = veil(entry)
    if veiled == entry:
        return False
    known_by = fingerprint(veiled)
    changed = {
        name: getattr(veiled, name) for name in ("title", "text", "author", "author_url")
    } | {name: getattr(known_by, name) for name in ("title_key", "text_key", "outlet_key")}
    db.table("mention").update(row["number"], changed)
    index_again(db, row | changed)
    _rewrite_earlier(db, row)
    return True


def _rewrite_earlier(db: Database, row: Row) -> None:
    """Take the author's name out of what the mention said before it was edited."""
    traces = own_traces(row["author"] or "")
    for old in [*db.query("SELECT * FROM revision WHERE mention_id = ?", [row["id"]])]:
        clean = {name: old[name] and traces.without(old[name]) for name in ("title", "text")}
        db.table("revision").update(old["number"], clean)


def _entry_author(veil: Veil, value: str) -> str:
    plain = Entry(external_id="", url=None, text="", kind=Kind.POST, author=value)
    return veil(plain).author or value
