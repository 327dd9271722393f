"""What readers answered to digests: applied once, confirmed once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.model import (
    Action,
    Answer,
    AppliedAnswer,
    ClosedDigest,
    KeptReply,
    MailboxState,
    RepliedDigest,
    Reply,
    Sentiment,
    Status,
)
from monitor.store.sqlite.correcting import correct, set_status
from monitor.store.sqlite.kept import instant, texts_of, told_damaged
from monitor.store.sqlite.rows import Row, dump, written

_TITLE = 120
_KINDS = {
    **dict.fromkeys((Action.NEW, Action.HANDLED, Action.IGNORED), "status"),
    Action.NOTE: "note",
}
"""Answers of one kind replace each other; all others say what a mention is."""


def keep_items(db: Database, digest: ClosedDigest) -> None:
    """Keep which mentions stand behind the codes of a digest, and that it confirms replies."""
    db.conn.executemany(
        "INSERT INTO digest_item (digest_id, code, position, mention_id) VALUES (?, ?, ?, ?)",
        [
            (digest.id, code, position, mention_id)
            for code, mention_ids in digest.items.items()
            for position, mention_id in enumerate(mention_ids)
        ],
    )
    # What was not understood is quoted in the digest, which is fixed now: it need not stay here.
    db.conn.executemany(
        "UPDATE reply SET confirmed_in = ?, unclear = '[]' WHERE id = ? AND confirmed_in IS NULL",
        [(digest.id, reply_id) for reply_id in digest.reply_ids],
    )


def items_of(db: Database, digest_id: str) -> dict[int, tuple[str, ...]]:
    """Return the mentions behind each code of a digest, the one shown first."""
    found: dict[int, tuple[str, ...]] = {}
    sql = "SELECT code, mention_id FROM digest_item WHERE digest_id = ? ORDER BY code, position"
    for code, mention_id in db.execute(sql, [digest_id]):
        found[code] = (*found.get(code, ()), mention_id)
    return found


def replied_digest(db: Database, digest_id: str) -> RepliedDigest | None:
    """Return what a reply to a digest is read with; ``None``: there is no such digest."""
    row = next(iter(db.query("SELECT * FROM digest WHERE id = ?", [digest_id])), None)
    if row is None:
        return None
    recipients = db.execute(
        "SELECT recipient FROM delivery WHERE digest_id = ? ORDER BY number", [digest_id]
    )
    return RepliedDigest(
        id=row["id"],
        business=row["business"],
        message_id=row["message_id"],
        recipients=tuple(recipient for (recipient,) in recipients),
        items=items_of(db, digest_id),
        text=row["text"],
        html=row["html"],
    )


def apply_reply(db: Database, reply: Reply) -> int | None:
    """Apply a reply, unless it was; returns how many of its answers changed something."""
    if db.execute("SELECT 1 FROM reply WHERE id = ?", [reply.id]).fetchone():
        return None
    db.table("reply").insert(
        {
            "id": reply.id,
            "digest_id": reply.digest_id,
            "sender": reply.sender,
            "read_at": format_instant(reply.read_at),
            "unclear": dump(list(reply.unclear)),
        }
    )
    items = items_of(db, reply.digest_id)
    count = 0
    for answer in reply.answers:
        said_before = _last_said(db, reply.digest_id, answer) == (answer.action, _note_key(answer))
        mention_ids = items.get(answer.code, ())
        applied = not said_before and _apply(db, answer, mention_ids, reply.read_at)
        db.table("reply_answer").insert(
            {
                "reply_id": reply.id,
                "code": answer.code,
                "action": answer.action,
                "note_key": _note_key(answer),
                "applied": int(applied),
            }
        )
        count += applied
    return count


def unconfirmed(db: Database, business: str) -> list[KeptReply]:
    """Return the replies about a business that no digest confirmed, oldest first."""
    found = db.query(
        """SELECT r.id, r.unclear, r.sender FROM reply AS r JOIN digest AS g ON g.id = r.digest_id
        WHERE g.business = ? AND r.confirmed_in IS NULL ORDER BY r.rowid""",
        [business],
    )
    return [_kept_of(db, row) for row in list(found)]


def _kept_of(db: Database, row: Row) -> KeptReply:
    with told_damaged("reply", row["id"]):
        unclear = texts_of(row["unclear"])
    applied = tuple(_applied_by(db, row["id"]))
    return KeptReply(id=row["id"], applied=applied, unclear=unclear, sender=row["sender"])


def mailbox_state(db: Database, name: str) -> MailboxState | None:
    """Return how far a mailbox was read; ``None``: never."""
    row = next(iter(db.query("SELECT * FROM mailbox WHERE name = ?", [name])), None)
    if row is None:
        return None
    with told_damaged("mailbox", name):
        times = {key: instant(row[key]) for key in ("looked_at", "last_ok_at", "next_look_at")}
    return MailboxState(**row | times)


def note_mailbox(db: Database, state: MailboxState) -> None:
    """Record how a look at a mailbox ended."""
    times = {
        key: written(getattr(state, key)) for key in ("looked_at", "last_ok_at", "next_look_at")
    }
    db.table("mailbox").upsert(asdict(state) | times, pk="name")


def _apply(db: Database, answer: Answer, mention_ids: Iterable[str], at: datetime) -> bool:
    """Do what an answer says; False where the mentions are gone.

    What is off topic, or done with, is so for every mention told in that item; how good or bad
    was judged by the words of the one shown.
    """
    all_ids = tuple(mention_ids)
    shown, action = all_ids[:1], answer.action
    match action:
        case Action.NEGATIVE | Action.NEUTRAL | Action.POSITIVE:
            tone = Sentiment(action.value)
            done = [correct(db, one, tone, at, relevant=True) for one in shown]
        case Action.IRRELEVANT | Action.RELEVANT:
            is_relevant = action is Action.RELEVANT
            done = [correct(db, one, None, at, relevant=is_relevant) for one in all_ids]
        case Action.NOTE:
            done = [set_status(db, one, _status_of(db, one), answer.note) for one in shown]
        case Action.NEW | Action.HANDLED | Action.IGNORED:
            done = [set_status(db, one, Status(action.value), None) for one in all_ids]
    return any(done)


def _status_of(db: Database, mention_id: str) -> Status:
    row = db.execute("SELECT status FROM mention WHERE id = ?", [mention_id]).fetchone()
    with told_damaged("mention", mention_id):
        return Status(row[0]) if row else Status.NEW


def _last_said(db: Database, digest_id: str, answer: Answer) -> tuple[str, str | None] | None:
    """Return what was last said of an item, of the same kind: the same again changes nothing."""
    found = db.execute(
        """SELECT a.number, a.action, a.note_key
        FROM reply_answer AS a JOIN reply AS r ON r.id = a.reply_id
        WHERE r.digest_id = ? AND a.code = ? ORDER BY a.number DESC""",
        [digest_id, answer.code],
    )
    kind = _KINDS.get(answer.action)
    said = ((_action_of(number, action), note) for number, action, note in found)
    return next(((action, note) for action, note in said if _KINDS.get(action) == kind), None)


def _action_of(number: int, text: str) -> Action:
    with told_damaged("reply_answer", number):
        return Action(text)


def _note_key(answer: Answer) -> str | None:
    return None if answer.note is None else sha256(answer.note.encode()).hexdigest()


def _applied_by(db: Database, reply_id: str) -> Iterable[AppliedAnswer]:
    rows: Iterable[Row] = db.query(
        """SELECT a.number, a.action, m.title, substr(m.text, 1, :most) AS text
        FROM reply_answer AS a
        JOIN reply AS r ON r.id = a.reply_id
        LEFT JOIN digest_item AS i
          ON i.digest_id = r.digest_id AND i.code = a.code AND i.position = 0
        LEFT JOIN mention AS m ON m.id = i.mention_id
        WHERE a.reply_id = :reply AND a.applied ORDER BY a.number""",
        {"reply": reply_id, "most": _TITLE},
    )
    for row in rows:
        action = _action_of(row["number"], row["action"])
        yield AppliedAnswer(action=action, title=row["title"] or row["text"] or "")
