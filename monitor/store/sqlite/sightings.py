"""What one sighting changes: a new mention, an edited one, or one more place where it was met."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.dedupe.decide import Duplicate, New, Update, Verdict, decide
from monitor.model import Entry, Sighting, Status
from monitor.store.sqlite.erasing import is_erased
from monitor.store.sqlite.known import find_known
from monitor.store.sqlite.rows import Row, dump, signals_text
from monitor.store.sqlite.story_index import enter_story, index_again

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # promise 8
_AHEAD = timedelta(days=1)
_PLACES = 20
"""Places kept of one mention at one source: some feeds give an article a new address each poll."""
_ENGAGEMENT = ("author_followers", "likes", "shares", "comments", "views")


def store_sighting(
    db: Database, sighting: Sighting, at: datetime, *, met: AbstractSet[str], is_backfill: bool
) -> tuple[Verdict, str | None]:
    """Store a sighting; returns what it was, and the new mention's id if it is one.

    An erased mention met again stays erased: it counts as a duplicate without an id.
    """
    verdict = decide(sighting, find_known(db, sighting))
    if isinstance(verdict, Update) and (verdict.id in met or _is_faded(db, verdict.id)):
        # Told twice by one poll, in other words (a page indexed again): the first one's stand.
        # And words that had to go do not come back.
        verdict = Duplicate(verdict.id)
    if not isinstance(verdict, New):
        if isinstance(verdict, Update):
            _update(db, verdict.id, sighting, at)
        else:
            _refresh_engagement(db, verdict.id, sighting)
        _add_place(db, verdict.id, sighting, is_origin=isinstance(verdict, Update))
        _note_back(db, verdict.id, sighting)
        _note_answered(db, verdict.id, sighting)
        return verdict, None
    if is_erased(db, sighting):
        return verdict, None
    return verdict, _insert(db, sighting, at, is_backfill=is_backfill)


def _insert(db: Database, sighting: Sighting, at: datetime, *, is_backfill: bool) -> str:
    entry = sighting.entry
    mention_id = next(i for i in _ids(sighting) if not _exists(db, i))
    db.table("mention").insert(
        {
            "id": mention_id,
            "business": sighting.match.business,
            "competitor_of": sighting.match.competitor_of,
            "source": sighting.source_id,
            "platform": sighting.platform,
            "kind": entry.kind,
            "external_id": entry.external_id,
            "author": entry.author,
            "author_url": entry.author_url,
            "published_at": format_instant(_published(entry, at)),
            "found_at": format_instant(at),
            "outlet": entry.outlet,
            "backfilled": int(is_backfill),
            "story": mention_id,  # a story of one, until another tells the same
        }
        | {name: getattr(entry, name) for name in _ENGAGEMENT}
        | ({"status": Status.HANDLED} if entry.answered else {})
        | _words(sighting)
        | _judgement(sighting)
    )
    _add_place(db, mention_id, sighting, is_origin=True)
    enter_story(db, _row(db, mention_id))
    return mention_id


def _update(db: Database, mention_id: str, sighting: Sighting, at: datetime) -> None:
    """Renew the words and what was made of them; the earlier words stay in ``revision``."""
    old = _row(db, mention_id)
    when = format_instant(at)
    db.table("revision").insert(
        {name: old[name] for name in ("title", "text", "rating")}
        | {"mention_id": mention_id, "replaced_at": when}
    )
    new = _words(sighting) | _judgement(sighting) | {"updated_at": when}
    if old["corrected"]:
        for name in ("sentiment", "polarity", "confidence", "scorer"):
            new[name] = old[name]
    if db.execute("SELECT 1 FROM label WHERE mention_id = ?", [mention_id]).fetchone():
        new["relevance"] = old["relevance"]
    db.table("mention").update(old["number"], new | _engagement(sighting.entry))
    index_again(db, old | new)


def _is_faded(db: Database, mention_id: str) -> bool:
    sql = "SELECT 1 FROM mention WHERE id = ? AND faded_at IS NOT NULL"
    return db.execute(sql, [mention_id]).fetchone() is not None


def _refresh_engagement(db: Database, mention_id: str, sighting: Sighting) -> None:
    """Take newer counts, from the source that found it only: two may count differently."""
    counted = _engagement(sighting.entry)
    if not counted:
        return
    old = _row(db, mention_id)
    if old["source"] == sighting.source_id and any(old[k] != v for k, v in counted.items()):
        db.table("mention").update(old["number"], counted)


def _note_back(db: Database, mention_id: str, sighting: Sighting) -> None:
    """Note that what was gone from its source is there again."""
    db.execute(
        "UPDATE mention SET removed_at = NULL"
        " WHERE id = ? AND source = ? AND removed_at IS NOT NULL",
        [mention_id, sighting.source_id],
    )


def _note_answered(db: Database, mention_id: str, sighting: Sighting) -> None:
    """Note that the owner has answered it on the platform: it waits for nobody any more."""
    if sighting.entry.answered:
        db.execute(
            "UPDATE mention SET status = ? WHERE id = ? AND source = ? AND status = ?",
            [Status.HANDLED, mention_id, sighting.source_id, Status.NEW],
        )


def _add_place(db: Database, mention_id: str, sighting: Sighting, *, is_origin: bool) -> None:
    """Note where it was met, unless that is known; a known place may get a new identifier."""
    met = _place(sighting)
    known = list(
        db.query(
            "SELECT * FROM place WHERE mention_id = ? AND source = ? ORDER BY number",
            [mention_id, met["source"]],
        )
    )
    here = next((p for p in known if p["canonical_url"] == met["canonical_url"]), None)
    if here is None and len(known) >= _PLACES:
        if not is_origin:
            return
        here = known[-1]
    if is_origin and not (here and here["is_origin"]):
        db.execute(
            "UPDATE place SET is_origin = 0 WHERE mention_id = ? AND is_origin", [mention_id]
        )
    if here is None:
        db.table("place").insert(met | {"mention_id": mention_id, "is_origin": int(is_origin)})
    elif here["external_id"] != met["external_id"] or is_origin:
        db.table("place").update(
            here["number"], met | {"is_origin": int(is_origin or here["is_origin"])}
        )


def _place(sighting: Sighting) -> Row:
    return {
        "source": sighting.source_id,
        "platform": sighting.platform,
        "external_id": sighting.entry.external_id,
        "url": sighting.entry.url,
        "canonical_url": sighting.fingerprint.canonical_url,
    }


def _words(sighting: Sighting) -> Row:
    """Return what an edit renews of the entry itself."""
    entry, known_by = sighting.entry, sighting.fingerprint
    return {
        "url": entry.url,
        "canonical_url": known_by.canonical_url,
        "title": entry.title,
        "text": entry.text,
        "rating": entry.rating,
        "title_key": known_by.title_key,
        "text_key": known_by.text_key,
        "outlet_key": known_by.outlet_key,
    }


def _judgement(sighting: Sighting) -> Row:
    """Return what we made of the words."""
    match, score = sighting.match, sighting.score
    return {
        "language": sighting.language,
        "sentiment": score.sentiment,
        "polarity": score.polarity,
        "confidence": score.confidence,
        "scorer": score.scorer,
        "themes": dump(dict(score.themes)),
        "relevance": match.relevance,
        "matched": dump(list(match.terms)),
        "reason": match.reason,
        "signals": signals_text(match.signals),
    }


def _engagement(entry: Entry) -> Row:
    counted = {name: getattr(entry, name) for name in _ENGAGEMENT}
    return {name: value for name, value in counted.items() if value is not None}


def _published(entry: Entry, at: datetime) -> datetime:
    """Return when it was published, or first seen where that cannot be (promise 8)."""
    said = entry.published_at
    return at if said is None or not _EARLIEST <= said <= at + _AHEAD else said


def _ids(sighting: Sighting) -> Iterator[str]:
    """Yield ids made from what does not change: the same in every database, 64 bits each."""
    match = sighting.match
    parts = [
        match.business,
        match.competitor_of,
        sighting.platform,
        sighting.entry.external_id,
        sighting.fingerprint.canonical_url,
    ]
    for number in count():
        # A number only for different articles that a feed gives under one identifier.
        seed = dump(parts if number == 0 else [*parts, number])
        yield hashlib.sha256(seed.encode()).hexdigest()[:16]


def _row(db: Database, mention_id: str) -> Row:
    (row,) = db.query("SELECT * FROM mention WHERE id = ?", [mention_id])
    return row


def _exists(db: Database, mention_id: str) -> bool:
    return db.execute("SELECT 1 FROM mention WHERE id = ?", [mention_id]).fetchone() is not None
