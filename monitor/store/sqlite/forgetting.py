"""Erase a person, an address or a business from every table, for good.

What they wrote goes as what is past its time does: only counts stay, and it is known again by
digests. Where others name them, the name goes and the rest stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.dedupe.fingerprint import fingerprint
from monitor.mails import mail_without
from monitor.model import Entry, Kind
from monitor.names import KeyedNames
from monitor.store.sqlite.columns import asking, count_bearing, text_columns
from monitor.store.sqlite.erasing import erase, keep_away
from monitor.store.sqlite.kept import texts_of, told_damaged
from monitor.store.sqlite.rows import Row, dump
from monitor.store.sqlite.story_index import index_again
from monitor.store.sqlite.trailing import WORDS, Found
from monitor.subjects import Removal
from monitor.traces import Traces, shingles_of, traces_of

_JSON = {"signals", "matched", "themes"}
_TOLD = {"mention", "digest", "alert", "block"}
"""Tables that are cleared by what they hold; all others cell by cell."""
_NAMED = {"id", "source", "business", "businesses", "type", "url", "recipient", "sender", "key"}
"""Columns that name things of the configuration, or that other rows point at."""
GRACE = timedelta(days=2)
"""How long what a platform deleted may come back: some lose sight of a post for hours."""
_OUTBOXES = (
    ("digest", "digest_content", "delivery"),
    ("alert", "alert_reason", "alert_delivery"),
)
_AFFECTED = """
SELECT DISTINCT {key} FROM {table} WHERE mention_id IN (SELECT value FROM json_each(?))
"""


def forget(db: Database, found: Found, names: KeyedNames, now: datetime) -> Removal:
    """Erase what was found of a person, and remember by digests not to keep them again."""
    trail = found.trail
    told = _ids_telling(db, "digest_content", "digest_id", found.theirs)
    alerted = _ids_telling(db, "alert_reason", "alert_id", found.theirs)
    erased = erase(db, found.theirs, now)
    person, everything = trail.person, trail.all
    for mention_id in found.naming:
        _redact(db, mention_id, person)
    digests = _redact_mails(db, "digest", told, person, everything)
    alerts = _redact_mails(db, "alert", alerted, person, everything)
    blocks = _unblock(db, person)
    others = _redact_cells(db, person)
    _remember(db, found, names, now)
    if erased or found.naming:
        rebuild_index(db)
    return Removal(
        erased=erased,
        redacted=len(found.naming),
        digests=digests,
        alerts=alerts,
        blocks=blocks,
        others=others,
        left=count_bearing(db, person),
    )


def withdraw(db: Database, now: datetime) -> int:
    """Erase what its platform deleted, once it stayed away for a while; returns how many mentions.

    Digests that told it keep the rest; a mail that still waits is not touched.
    """
    rows = [
        *db.query(
            "SELECT id, title, text FROM mention WHERE removed_at < ? AND erased_at IS NULL",
            [format_instant(now - GRACE)],
        )
    ]
    if not rows:
        return 0
    erased = erase(db, [row["id"] for row in rows], now)
    _take_back(db, rows)
    return erased


def fade(db: Database, now: datetime, limits: Mapping[str, timedelta]) -> int:
    """Take the words out of what was found longer ago than its platform lets it be kept.

    ``limits`` are by source type or platform. Address, score and dates stay, as does what was met
    elsewhere too, by a source without such a limit; returns how many mentions.
    """
    rows = [
        row
        for source_type, limit in limits.items()
        for row in db.query(
            """SELECT m.id, m.number, m.title, m.text FROM mention AS m
            WHERE m.found_at < :limit AND m.faded_at IS NULL AND m.erased_at IS NULL
              AND (m.platform = :type OR m.source IN (SELECT id FROM source WHERE type = :type))
              AND NOT EXISTS (SELECT 1 FROM place AS p JOIN source AS s ON s.id = p.source
                WHERE p.mention_id = m.id
                  AND s.type NOT IN (SELECT value FROM json_each(:limited))
                  AND p.platform NOT IN (SELECT value FROM json_each(:limited)))""",
            {
                "limit": format_instant(now - limit),
                "type": source_type,
                "limited": dump(list(limits)),
            },
        )
    ]
    if not rows:
        return 0
    when = format_instant(now)
    for row in rows:
        gone = dict.fromkeys(("title", "title_key", "text_key", "outlet_key"))
        db.table("mention").update(row["number"], gone | {"text": "", "faded_at": when})
    ids = dump([row["id"] for row in rows])
    among = "(SELECT value FROM json_each(?))"
    db.execute(f"DELETE FROM revision WHERE mention_id IN {among}", [ids])  # noqa: S608 - ours
    numbers = f"SELECT number FROM mention WHERE id IN {among}"  # noqa: S608 - ours
    db.execute(f"DELETE FROM story_key WHERE mention IN ({numbers})", [ids])  # noqa: S608 - ours
    _take_back(db, rows)
    return len(rows)


def _take_back(db: Database, rows: Sequence[Row]) -> None:
    """Take words out of the mails that told them, and out of the index."""
    ids = [row["id"] for row in rows]
    traces = traces_of(
        shingles_of(text for row in rows for text in (row["title"] or "", row["text"]))
    )
    for table, content, outbox in _OUTBOXES:
        telling = _ids_telling(db, content, f"{table}_id", ids)
        waiting = db.execute(f"SELECT {table}_id FROM {outbox} WHERE state = 'waiting'")  # noqa: S608 - names of ours
        _redact_mails(db, table, telling - {one for (one,) in waiting}, traces_of(), traces)
    db.execute("INSERT INTO mention_fts (mention_fts) VALUES ('optimize')")


def forget_business(db: Database, name: str, found: Found) -> Removal:
    """Erase all that is held of a business, its figures too; what was found stays away."""
    keep_away(db, found.theirs)
    ids = dump(list(found.theirs))
    db.execute(
        "DELETE FROM story_key WHERE mention IN (SELECT number FROM mention"
        " WHERE id IN (SELECT value FROM json_each(?)))",
        [ids],
    )
    its = "SELECT id FROM digest WHERE business = :name"
    confirmed = f"UPDATE reply SET confirmed_in = NULL WHERE confirmed_in IN ({its})"  # noqa: S608 - ours
    db.execute(confirmed, {"name": name})
    db.execute(f"DELETE FROM digest_mention WHERE digest_id IN ({its})", {"name": name})  # noqa: S608 - ours
    counts = {table: _delete_of(db, table, name) for table in ("digest", "alert", "block")}
    others = {}
    for table, column in [*text_columns(db)]:
        if column == "business" and table not in {*counts, "mention"}:
            others[f"{table}.{column}"] = _delete_of(db, table, name)
    erased = db.execute(
        "DELETE FROM mention WHERE id IN (SELECT value FROM json_each(?))", [ids]
    ).rowcount
    _drop_from_sources(db, name)
    rebuild_index(db)
    return Removal(
        erased=erased,
        digests=counts["digest"],
        alerts=counts["alert"],
        blocks=counts["block"],
        others={place: count for place, count in others.items() if count},
    )


def rebuild_index(db: Database) -> None:
    """Make the full-text index anew: words once deleted stay in its older parts."""
    db.execute("INSERT INTO mention_fts (mention_fts) VALUES ('rebuild')")


def redacted_row(row: Row, traces: Traces, names: Sequence[str] = WORDS) -> Row:
    """Return the changed columns of a mention's row, and the keys that follow from its words."""
    with told_damaged("mention", row["id"]):
        kind = Kind(row["kind"])
        clean = {
            name: traces.without_json(row[name]) if name in _JSON else traces.without(row[name])
            for name in names
            if row[name] and traces.bears(row[name])
        }
    if not clean:
        return {}
    whole = row | clean
    known_by = fingerprint(
        Entry(
            external_id=whole["external_id"],
            url=whole["url"],
            kind=kind,
            title=whole["title"],
            text=whole["text"],
            author_url=whole["author_url"],
            outlet=whole["outlet"],
        )
    )
    keys = {name: getattr(known_by, name) for name in ("title_key", "text_key", "outlet_key")}
    return clean | keys


def _redact(db: Database, mention_id: str, person: Traces) -> None:
    (row,) = db.query("SELECT * FROM mention WHERE id = ?", [mention_id])
    if changed := redacted_row(row, person):
        db.table("mention").update(row["number"], changed)
        index_again(db, row | changed)


def _ids_telling(db: Database, table: str, key: str, mention_ids: Sequence[str]) -> set[str]:
    sql = _AFFECTED.format(key=key, table=table)
    return {one for (one,) in db.execute(sql, [dump(list(mention_ids))])}


def _redact_mails(
    db: Database, table: str, telling: set[str], person: Traces, everything: Traces
) -> int:
    """Clear the fixed mails: those that wait go out without the person, and with their own id."""
    changed = 0
    for row in [*db.query(f"SELECT * FROM {table}")]:  # noqa: S608 - a name of ours
        traces = everything if row["id"] in telling else person
        with told_damaged(table, row["id"]):
            new = _mail_row(row, traces)
        if any(row[name] != value for name, value in new.items()):
            db.table(table).update(row["id"], new)
            changed += 1
    return changed


def _mail_row(row: Row, traces: Traces) -> Row:
    plain = [name for name in ("subject", "text", "notice") if name in row]
    return {name: traces.without(row[name]) for name in plain} | {
        "html": traces.without(row["html"], html=True),
        "message": _mail_without(row["message"], traces),
    }


def _mail_without(message: bytes, traces: Traces) -> bytes:
    try:
        return mail_without(message, traces)
    except LookupError as error:  # signs of no known encoding
        raise ValueError("no mail of ours") from error


def _unblock(db: Database, person: Traces) -> int:
    named = [
        number
        for number, value in db.execute("SELECT id, value FROM block").fetchall()
        if person.bears(value) or person.leads_to(value)
    ]
    db.conn.executemany("DELETE FROM block WHERE id = ?", [(number,) for number in named])
    return len(named)


def _redact_cells(db: Database, person: Traces) -> dict[str, int]:
    changed = {}
    bears, without = asking(db, person)
    # A source that remembers them begins anew: it is asked what it holds, and we know them.
    changed["source.cursor"] = db.execute(
        "UPDATE source SET cursor = '{}', memory = '{}', history = '{}'"  # noqa: S608 - a name of ours
        f" WHERE {bears}(cursor) OR {bears}(memory) OR {bears}(history)"
    ).rowcount
    changed["mention.outlet"] = db.execute(
        f"UPDATE mention SET outlet = {without}(outlet) WHERE {bears}(outlet)"  # noqa: S608 - likewise
    ).rowcount
    for table, column in [*text_columns(db)]:
        if table in _TOLD or column in _NAMED or column.endswith("_id"):
            continue
        changed[f"{table}.{column}"] = db.execute(
            f"UPDATE OR IGNORE [{table}] SET [{column}] = {without}([{column}])"  # noqa: S608 - names of our schema
            f" WHERE {bears}([{column}])"
        ).rowcount
    return {place: count for place, count in changed.items() if count > 0}


def _remember(db: Database, found: Found, names: KeyedNames, now: datetime) -> None:
    when = format_instant(now)
    trail = found.trail
    rows = [(names.of_run(run), "name", len(run), when) for run in trail.runs]
    rows += [(names.of_url(url), "address", 0, when) for url in trail.urls]
    rows.append((names.digest("key", ""), "key", 0, when))
    db.conn.executemany("INSERT OR IGNORE INTO forgotten VALUES (?, ?, ?, ?)", rows)


def _delete_of(db: Database, table: str, business: str) -> int:
    sql = f"DELETE FROM [{table}] WHERE business = ?"  # noqa: S608 - a name of our schema
    return int(db.execute(sql, [business]).rowcount)


def _drop_from_sources(db: Database, name: str) -> None:
    """Take a business off the sources that are no longer configured."""
    for row in [*db.query("SELECT id, businesses FROM source WHERE NOT configured")]:
        with told_damaged("source", row["id"]):
            kept = [one for one in texts_of(row["businesses"]) if one != name]
        changed: Mapping[str, str] = {"businesses": dump(kept)}
        db.table("source").update(row["id"], dict(changed))
