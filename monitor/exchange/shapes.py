"""The public JSON shapes of the contract, as plain dicts ready to write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from monitor.clock import format_instant
from monitor.model import (
    Match,
    Mention,
    Place,
    PollError,
    Score,
    SourceReport,
    SourceState,
)

_NO_SIGN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]")
"""Controls that JSON leaves as they are, what turns a line's direction, halves of pairs: any may
lead a terminal astray (promise 28)."""
_INTERNAL = {"reason", "outlet", "digest_id", "signals"}
"""Fields of a mention that its JSON does not have (``explain`` and the digest use them)."""

MENTION_FIELDS = tuple(f.name for f in fields(Mention) if f.name not in _INTERNAL)


def dump(value: object) -> str:
    r"""Write one JSON document on one line, accents as they are, what is no sign as its escape.

    >>> dump("été \x9b2J\u202e")
    '"été \\u009b2J\\u202e"'
    """
    written = json.dumps(value, ensure_ascii=False, default=_plain)
    return _NO_SIGN.sub(lambda found: json.dumps(found[0])[1:-1], written)


def mention_json(mention: Mention) -> dict[str, object]:
    """Return a mention with exactly the fields of the contract."""
    shape: dict[str, object] = {name: getattr(mention, name) for name in MENTION_FIELDS}
    return shape | {
        "matched": list(mention.matched),
        "themes": dict(mention.themes),
        "places": [_place_json(place) for place in mention.places],
    }


def error_json(error: PollError | None) -> dict[str, object] | None:
    """Return why a poll failed."""
    if error is None:
        return None
    return {
        "code": error.code,
        "message": error.message,
        "http_status": error.http_status,
        "retry_at": error.retry_at,
    }


def report_json(report: SourceReport) -> dict[str, object]:
    """Return one source's line of ``poll --json``."""
    return {
        "id": report.id,
        "type": report.type,
        "status": report.status,
        "fetched": report.fetched,
        "matched": report.matched,
        "new": report.new,
        "updated": report.updated,
        "duplicates": report.duplicates,
        "error": error_json(report.error),
        "next_poll_at": report.next_poll_at,
    }


def state_json(state: SourceState, figures: Mapping[str, float]) -> dict[str, object]:
    """Return one source's line of ``sources --json``; ``figures`` are its newest, by name."""
    return {
        "id": state.id,
        "type": state.type,
        "url": state.address,
        "businesses": list(state.businesses),
        "status": state.status,
        "state": state.health,
        "error": error_json(state.error),
        "last_ok_at": state.last_ok_at,
        "next_poll_at": state.next_poll_at,
        "failures": state.failures,
        "paused": state.paused,
        "mentions": state.mentions,
        "figures": dict(figures),
    }


def score_json(score: Score, language: str | None) -> dict[str, object]:
    """Return one line of ``score --ndjson``."""
    return {
        "sentiment": score.sentiment,
        "polarity": score.polarity,
        "confidence": score.confidence,
        "language": language,
        "scorer": score.scorer,
    }


def match_json(match: Match) -> dict[str, object]:
    """Return one match of ``match --ndjson``."""
    return {
        "business": match.business,
        "relevance": match.relevance,
        "terms": list(match.terms),
        "reason": match.reason,
    }


def _place_json(place: Place) -> dict[str, object]:
    return {"source": place.source, "url": place.url}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return format_instant(value)
    raise TypeError(f"{type(value).__name__} has no JSON shape")
