"""All that is held of a person, as they may ask to have it: the same set that ``forget`` clears."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from monitor.model import Json
from monitor.store.sqlite.columns import asking, text_columns
from monitor.store.sqlite.kept import json_of, told_damaged
from monitor.store.sqlite.rows import Row, dump
from monitor.store.sqlite.trailing import Found
from monitor.traces import Traces

_OURS = {"number", "title_key", "text_key", "outlet_key", "backfilled"}
"""Columns of a mention by which it is found and known again; they say nothing more."""
_PARSED = ("matched", "signals", "themes")
_SHOWN = {"mention", "place", "revision", "label", "block", "digest", "alert"}


def holdings(db: Database, found: Found) -> dict[str, Json]:
    """Return what was found, table by table; times in UTC."""
    person = found.trail.person
    return {
        "mentions": [_mention(db, one) for one in found.theirs],
        "named_in": [_mention(db, one) for one in found.naming],
        "digests": [*_mails(db, "digest", "delivery", found, person)],
        "alerts": [*_mails(db, "alert", "alert_delivery", found, person)],
        "blocks": [
            row
            for row in [*db.query("SELECT * FROM block")]
            if person.bears(row["value"]) or person.leads_to(row["value"])
        ],
        "other": [*_others(db, person)],
    }


def _mention(db: Database, mention_id: str) -> Json:
    (row,) = db.query("SELECT * FROM mention WHERE id = ?", [mention_id])
    whole = {name: value for name, value in row.items() if name not in _OURS}
    with told_damaged("mention", mention_id):
        parsed = {name: json_of(row[name]) for name in _PARSED}
    return (
        whole
        | parsed
        | {
            "places": _beside(db, "SELECT source, url, external_id FROM place", mention_id),
            "earlier": _beside(db, "SELECT title, text, replaced_at FROM revision", mention_id),
            "labels": _beside(db, "SELECT sentiment, relevant, labelled_at FROM label", mention_id),
        }
    )


def _beside(db: Database, select: str, mention_id: str) -> Sequence[Row]:
    return [*db.query(f"{select} WHERE mention_id = ? ORDER BY number", [mention_id])]


def _mails(db: Database, table: str, outbox: str, found: Found, person: Traces) -> Iterator[Json]:
    """Yield the mails that tell them, and to whom each went or goes."""
    content = "digest_content" if table == "digest" else "alert_reason"
    telling = db.execute(
        f"""SELECT DISTINCT {table}_id FROM {content}
        WHERE mention_id IN (SELECT value FROM json_each(?))""",  # noqa: S608 - names of ours
        [dump([*found.theirs, *found.naming])],
    )
    ids = {one for (one,) in telling}
    for row in [*db.query(f"SELECT * FROM {table} ORDER BY closed_at")]:  # noqa: S608 - likewise
        if row["id"] in ids or person.bears(f"{row['subject']}\n{row['text']}\n{row['html']}"):
            sent = f"SELECT recipient, state, sent_at FROM {outbox} WHERE {table}_id = ?"  # noqa: S608 - likewise
            yield {name: row[name] for name in ("id", "business", "closed_at", "subject")} | {
                "recipients": [*db.query(sent, [row["id"]])]
            }


def _others(db: Database, person: Traces) -> Iterator[Json]:
    bears = asking(db, person).bears
    for table, column in text_columns(db):
        if table not in _SHOWN:
            sql = f"SELECT [{column}] FROM [{table}] WHERE {bears}([{column}])"  # noqa: S608 - names of our schema
            for (value,) in db.execute(sql).fetchall():
                yield {"table": table, "column": column, "value": value}
