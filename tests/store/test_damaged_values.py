"""Whatever date or JSON of whatever table is damaged, each method tells so, or is not concerned.

No method may end in an error of Python's own: nobody knows then which row to look at.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils import Database
from store.samples import DAY, GOOD, SHOP, digest, outcome, sighting, state
from store.upgrade_rows import ROWS

from monitor.clock import parse_instant
from monitor.errors import StoreCode, StoreError
from monitor.model import (
    Action,
    AlertReason,
    AlertRule,
    Answer,
    BlockKind,
    ClosedAlert,
    DeliveryResult,
    DeliveryState,
    Lane,
    MailboxState,
    MentionQuery,
    Period,
    Reply,
    Sentiment,
    Status,
)
from monitor.store.sqlite import SqliteStore
from monitor.store.sqlite.kept import json_of
from monitor.store.sqlite.migrations import MIGRATIONS
from monitor.subjects import Subject, SubjectKind

AT = parse_instant("2026-01-07T07:00:00Z")
SINCE = AT - 30 * DAY
PERIOD = Period(start=SINCE, end=AT)
READERS = {"b@example.fr": SINCE, "c@example.fr": SINCE}

LEA = Subject(SubjectKind.AUTHOR, "Léa Petit")
PRESS = state("press", options_hash="h")
POLL = outcome(
    sighting(1, source_id="press", external_id="guid-1"), sighting(9), at=AT, state=PRESS
)
DIGEST = digest("m3", id="d3", message_id="<d3@ecoute.example>", reply_ids=("r1",))
SENT = [DeliveryResult(recipient="a@example.fr", state=DeliveryState.SENT)]
ALERT = ClosedAlert(
    id="a2",
    business=SHOP,
    closed_at=AT,
    subject="s",
    text="t",
    html="h",
    notice="n",
    message_id="<a2@ecoute.example>",
    message=b"",
    sender="ecoute@example.fr",
    recipients=("a@example.fr",),
    channels=(),
    reasons=(
        AlertReason(rule=AlertRule.NEGATIVE, key="negative:m2", business=SHOP, mention_id="m2"),
    ),
)
REPLY = Reply(
    id="r2",
    digest_id="d1",
    sender="a@example.fr",
    read_at=AT,
    answers=(Answer(code=3, action=Action.HANDLED), Answer(code=3, action=Action.NOTE, note="n")),
    unclear=(),
)
ALL = MentionQuery()
UNTOLD = MentionQuery(untold_to="b@example.fr", since=SINCE, text="bouquet")

Call = Callable[[SqliteStore], object]

READS: dict[str, Call] = {
    "source_states": lambda s: s.source_states(),
    "import_states": lambda s: s.import_states(),
    "source_state": lambda s: s.source_state("press"),
    "spent_elsewhere": lambda s: s.spent_elsewhere("other", AT),
    "figures": lambda s: s.figures(PERIOD),
    "known_ids": lambda s: s.known_ids("press", ["guid-1"]),
    "young_ids": lambda s: s.young_ids("press", SINCE, 5),
    "articles_read": lambda s: s.articles_read(PERIOD),
    "find": lambda s: s.find(ALL),
    "find, untold": lambda s: s.find(UNTOLD),
    "get": lambda s: [s.get(f"m{n}") for n in range(5)],
    "count": lambda s: [s.count(ALL, by) for by in ("day", "week", "source", "all")],
    "count, published": lambda s: s.count(replace(ALL, by_published=True), "week"),
    "share_of_voice": lambda s: s.share_of_voice(SHOP, PERIOD),
    "story_of": lambda s: s.story_of("m1"),
    "stories": lambda s: s.stories(["m1", "m2"]),
    "lessons_version": lambda s: s.lessons_version(),
    "judgements": lambda s: s.judgements(SHOP, 5),
    "corrected": lambda s: s.corrected(SHOP, 5),
    "blocks": lambda s: s.blocks(),
    "digested_until": lambda s: s.digested_until(SHOP),
    "told_in": lambda s: s.told_in("a@example.fr", ["m1"]),
    "unarchived": lambda s: s.unarchived(),
    "claim_outbox": lambda s: s.claim_outbox(AT, force=True),
    "undelivered": lambda s: s.undelivered(SHOP, SINCE),
    "tempo": lambda s: s.tempo(SHOP, SINCE, sure_from=0.6, settled=AT),
    "sources_added": lambda s: s.sources_added(),
    "record": lambda s: s.record(SHOP, "feed", PERIOD),
    "told_reasons": lambda s: s.told_reasons(SINCE),
    "alerts_closed": lambda s: s.alerts_closed(SHOP, SINCE),
    "alerted": lambda s: s.alerted(["m1"]),
    "claim_alerts": lambda s: [s.claim_alerts(AT, lane, force=True) for lane in Lane],
    "digest_recipients": lambda s: s.digest_recipients(),
    "replied_digest": lambda s: s.replied_digest("d1"),
    "unconfirmed_replies": lambda s: s.unconfirmed_replies(SHOP),
    "mailbox_state": lambda s: s.mailbox_state("imap:x"),
    "created_at": lambda s: s.created_at(),
    "waiting": lambda s: s.waiting(),
    "ask": lambda s: s.ask("SELECT * FROM mentions"),
    "check": lambda s: s.check(),
    "trail": lambda s: s.trail(LEA),
    "held": lambda s: s.held(LEA),
    "veil": lambda s: s.veil([]),
}
WRITES: dict[str, Call] = {
    "register_sources": lambda s: s.register_sources([replace(PRESS, options_hash="other")]),
    "save_poll": lambda s: s.save_poll(POLL),
    "save_polls": lambda s: s.save_polls([POLL]),
    "correct": lambda s: s.correct("m1", Sentiment.POSITIVE, AT),
    "uncorrect": lambda s: s.uncorrect("m1"),
    "set_status": lambda s: s.set_status("m1", Status.HANDLED, "n", AT),
    "join_story": lambda s: s.join_story("m1", "m2", AT),
    "split_story": lambda s: s.split_story("m2", AT),
    "rescore": lambda s: s.rescore({"m1": GOOD}),
    "rejudge": lambda s: s.rejudge({"m1": POLL.sightings[0].match}),
    "block": lambda s: s.block(SHOP, BlockKind.WORD, "foot", AT),
    "unblock": lambda s: s.unblock(1),
    "close_digest": lambda s: s.close_digest(DIGEST),
    "enrol_readers": lambda s: s.enrol_readers(SHOP, READERS, AT),
    "pass_digest": lambda s: s.pass_digest(SHOP, ["", "b@example.fr"], AT),
    "mark_archived": lambda s: s.mark_archived("d1"),
    "record_delivery": lambda s: s.record_delivery("d2", SENT, AT),
    "close_alert": lambda s: s.close_alert(ALERT),
    "record_alert_delivery": lambda s: s.record_alert_delivery("a1", SENT, AT),
    "apply_reply": lambda s: s.apply_reply(REPLY),
    "note_mailbox": lambda s: s.note_mailbox(MailboxState(name="imap:y")),
    "pseudonymise": lambda s: s.pseudonymise(s.veil([])),
    "expire": lambda s: s.expire(AT, 7 * DAY, {"feed": DAY}),
    "forget": lambda s: s.forget(LEA, AT),
    "forget, business": lambda s: s.forget(Subject(SubjectKind.BUSINESS, SHOP), AT),
    "lose_key": lambda s: s.lose_key(),
}
ELSEWHERE = {"open", "hold", "backup", "close"}
"""What reads no value."""

DATES = {"since", "period_start", "period_end", "day", "hour"}
"""Besides those whose name ends with ``_at``."""
JSON = {"businesses", "error", "cursor", "memory", "history"}
JSON |= {"matched", "signals", "themes", "unclear"}
ONLY_COMPARED = {
    ("alert_delivery", "next_try_at"),
    ("alert_delivery", "sent_at"),
    ("delivery", "next_try_at"),
    ("delivery", "sent_at"),
    ("forgotten", "forgotten_at"),
    ("label", "labelled_at"),
    ("mention", "erased_at"),
    ("mention", "faded_at"),
    ("poll_hour", "hour"),
    ("reply", "read_at"),
    ("revision", "replaced_at"),
    ("story_apart", "decided_at"),
}
"""What no method reads as a date: compared within SQL, or shown as it stands."""
BAD_DATES = ("2026-01-05T07:00:0X", "now", "0001-01-01T00:00:00+14:00")
BAD_JSON = ("{", "[7]", '{"validators": [1], "spent": {"x": {"units": 1, "renews_at": "7"}}}', "7")
WORST = {BAD_DATES[0], BAD_JSON[0]}


def is_date(column: str) -> bool:
    return column.endswith("_at") or column in DATES


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with rows in all tables but one: nobody was forgotten, there is no key."""
    file = tmp_path_factory.mktemp("sound") / "sound.db"
    SqliteStore.open(file, clock=lambda: AT).close()
    with closing(sqlite3.connect(file)) as db, db:
        db.executescript("DELETE FROM lesson; DELETE FROM upkeep; PRAGMA foreign_keys = OFF;")
        for table, told in ROWS.items():
            for row in told if table != "forgotten" else ():
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours
                db.execute(sql, list(row.values()))
        db.execute("INSERT INTO upkeep SELECT 'expire', done_at FROM upkeep")
        db.execute("UPDATE digest SET archived = 0")
        db.execute('UPDATE mention SET signals = \'[["name", 1.5, "Léa Petit"]]\'')
    return file


def columns() -> Iterator[tuple[str, str]]:
    database = Database(memory=True)
    MIGRATIONS.apply(database)
    for table in database.tables:
        if not table.name.startswith(("mention_fts", "sqlite_", "_sqlite")):
            yield from (
                (table.name, column.name) for column in table.columns if column.type == "TEXT"
            )


def damages() -> Iterator[tuple[str, str, str]]:
    for table, column in COLUMNS:
        # A mailbox's error is a sentence.
        is_json = column in JSON and (table, column) != ("mailbox", "error")
        for value in BAD_DATES if is_date(column) else BAD_JSON if is_json else ():
            yield table, column, value


COLUMNS = list(columns())
DAMAGES = list(damages())


def damaged(sound: Path, place: Path, table: str, column: str, value: str) -> Path:
    """Damage a column of the first row alone: keys stay apart."""
    file = place / "damaged.db"
    shutil.copy(sound, file)
    with closing(sqlite3.connect(file)) as db, db:
        (key,) = next(row[1:2] for row in db.execute(f"PRAGMA table_info({table})") if row[5])
        first = f"(SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)"  # noqa: S608 - names of ours
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = {first}", [value])  # noqa: S608 - likewise
    return file


@pytest.mark.parametrize(("table", "column", "value"), DAMAGES)
def test_each_method_tells_damage_or_is_not_concerned(
    sound: Path, tmp_path: Path, table: str, column: str, value: str
) -> None:
    try:
        store = SqliteStore.open(damaged(sound, tmp_path, table, column, value), clock=lambda: AT)
    except StoreError as error:
        assert_told(error, table)
        return
    with closing(store):
        # What is written takes longer: one value of each kind is enough.
        calls = READS | (WRITES if value in WORST else {})
        for call in calls.values():
            try:
                call(store)
            except StoreError as error:
                assert_told(error, table)


def test_a_mail_that_cannot_be_read_is_told_before_anybody_is_forgotten(
    sound: Path, tmp_path: Path
) -> None:
    file = tmp_path / "damaged.db"
    shutil.copy(sound, file)
    mail = b"Subject: x\r\nContent-Type: text/plain; charset=udf-8\r\n\r\nBonjour"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE digest SET message = ? WHERE id = 'd2'", [mail])
    with closing(SqliteStore.open(file, clock=lambda: AT)) as store:
        with pytest.raises(StoreError, match=r"^db_corrupt: digest d2"):
            store.forget(LEA, AT)
        mention = store.get("m1")
        assert mention is not None
        assert mention.author == LEA.value


def assert_told(error: StoreError, table: str) -> None:
    assert error.code is StoreCode.DB_CORRUPT
    assert str(error).startswith(f"db_corrupt: {table} ")


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_each_method_does_its_work_where_nothing_is_damaged(
    sound: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "sound.db"
    shutil.copy(sound, file)
    with closing(SqliteStore.open(file, clock=lambda: AT)) as store:
        (READS | WRITES)[name](store)


def test_each_method_is_called() -> None:
    public = {name for name in vars(SqliteStore) if not name.startswith("_")}
    assert public - ELSEWHERE == {name.partition(",")[0] for name in (*READS, *WRITES)}


def test_each_column_of_dates_or_json_is_damaged(sound: Path) -> None:
    known = {(table, column) for table, column, _ in DAMAGES}
    with closing(sqlite3.connect(sound)) as db:
        for table, column in COLUMNS:
            values = db.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608 - names of ours
            if any(is_kept(text) for (text,) in values.fetchall()):
                assert (table, column) in known


def is_kept(text: str) -> bool:
    with suppress(ValueError):
        return isinstance(parse_instant(text), datetime)
    with suppress(ValueError):
        return isinstance(json_of(text), list | dict)
    return False


def test_all_but_what_is_only_compared_is_told_by_what_reads_it(
    sound: Path, tmp_path: Path
) -> None:
    told = {
        (table, column)
        for table, column, value in DAMAGES
        if value in WORST and tells(damaged(sound, tmp_path, table, column, value))
    }
    assert {(table, column) for table, column, _ in DAMAGES} - told == ONLY_COMPARED


def tells(file: Path) -> bool:
    try:
        with closing(SqliteStore.open(file, clock=lambda: AT)) as store:
            for call in (*READS.values(), WRITES["enrol_readers"]):
                call(store)
    except StoreError:
        return True
    return False
