"""What a person says of a mention; it wins over any scorer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.model import Score, Sentiment, Status
from monitor.store.sqlite.rows import Row, dump

_POLARITY = {Sentiment.NEGATIVE: -1.0, Sentiment.NEUTRAL: 0.0, Sentiment.POSITIVE: 1.0}


def correct(
    db: Database, mention_id: str, sentiment: Sentiment | None, at: datetime, *, relevant: bool
) -> bool:
    """Record a sentiment, that it concerns the business, or that it does not."""
    old = _mention(db, mention_id)
    if old is None:
        return False
    db.table("label").insert(
        {
            "mention_id": mention_id,
            "sentiment": sentiment if relevant else None,
            "relevant": int(relevant),
            "labelled_at": format_instant(at),
        }
    )
    new = _corrected(old, sentiment, relevant=relevant)
    if relevant and sentiment is None:
        told = "SELECT 1 FROM label WHERE mention_id = ? AND sentiment IS NOT NULL"
        new["corrected"] = int(db.execute(told, [mention_id]).fetchone() is not None)
    db.table("mention").update(old["number"], new)
    return True


def uncorrect(db: Database, mention_id: str) -> bool:
    """Forget the labels of a mention; what was dismissed waits anew."""
    old = _mention(db, mention_id)
    if (
        old is None
        or not db.execute("DELETE FROM label WHERE mention_id = ?", [mention_id]).rowcount
    ):
        return False
    new: Row = {"corrected": 0}
    if old["relevance"] == 0 and old["status"] == Status.IGNORED:
        new["status"] = Status.NEW
    db.table("mention").update(old["number"], new)
    return True


def rescore(db: Database, scores: Mapping[str, Score]) -> int:
    """Set the scores of mentions that no person corrected."""
    changed = 0
    for mention_id, score in scores.items():
        changed += db.execute(
            """UPDATE mention SET sentiment = :sentiment, polarity = :polarity,
              confidence = :confidence, scorer = :scorer, themes = :themes
            WHERE id = :id AND NOT corrected AND erased_at IS NULL
              AND (sentiment IS NOT :sentiment OR polarity IS NOT :polarity
                   OR confidence IS NOT :confidence OR scorer <> :scorer
                   OR themes <> :themes)""",
            {
                "id": mention_id,
                "sentiment": score.sentiment,
                "polarity": score.polarity,
                "confidence": score.confidence,
                "scorer": score.scorer,
                "themes": dump(dict(score.themes)),
            },
        ).rowcount
    return changed


def set_status(db: Database, mention_id: str, status: Status, note: str | None) -> bool:
    """Record what the owner did with a mention; without a note the old one stays."""
    old = _mention(db, mention_id)
    if old is None:
        return False
    kept = old["note"] if note is None else note
    db.table("mention").update(old["number"], {"status": status, "note": kept})
    return True


def _corrected(old: Row, sentiment: Sentiment | None, *, relevant: bool) -> Row:
    if not relevant:
        return {"corrected": 1, "relevance": 0.0, "status": Status.IGNORED}
    # Whoever says how a text speaks of a shop says that it does.
    new: Row = {"relevance": 1.0}
    if old["relevance"] == 0 and old["status"] == Status.IGNORED:
        new["status"] = Status.NEW
    if sentiment is None:
        return new
    new |= {"corrected": 1, "sentiment": sentiment, "confidence": 1.0}
    if sentiment != old["sentiment"]:
        new["polarity"] = _POLARITY[sentiment]
    return new


def _mention(db: Database, mention_id: str) -> Row | None:
    sql = "SELECT * FROM mention WHERE id = ? AND competitor_of IS NULL"
    return next(iter(db.query(sql, [mention_id])), None)
