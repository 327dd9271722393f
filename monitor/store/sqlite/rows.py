"""Values as rows and rows as values. Times are ISO 8601 UTC text, lists and mappings JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeAlias

from monitor.clock import format_instant
from monitor.model import (
    FetchMemory,
    Health,
    Json,
    Kind,
    Mention,
    Moved,
    Place,
    PollError,
    PollStatus,
    Sentiment,
    Signal,
    SourceState,
    Spent,
    Status,
    Validators,
)
from monitor.store.sqlite.kept import (
    instant,
    json_of,
    kept_instant,
    mapping_of,
    of_its_shape,
    texts_of,
    told_damaged,
)

Row: TypeAlias = dict[str, Any]
"""One row by column; what a column holds is known by the schema, not by types."""


def mention_of(row: Row) -> Mention:
    """Read one row of the columns of the view ``mentions``. Raises ``StoreError``: db_corrupt."""
    with told_damaged("mention", row["id"]):
        return _mention_of(row)


def _mention_of(row: Row) -> Mention:
    return Mention(
        **row
        | {
            "kind": Kind(row["kind"]),
            "published_at": kept_instant(row["published_at"]),
            "found_at": kept_instant(row["found_at"]),
            "updated_at": instant(row["updated_at"]),
            "sentiment": row["sentiment"] and Sentiment(row["sentiment"]),
            "corrected": bool(row["corrected"]),
            "matched": texts_of(row["matched"]),
            "signals": signals_of(row["signals"]),
            "themes": mapping_of(row["themes"]),
            "places": tuple(Place(**place) for place in json.loads(row["places"])),
            "status": Status(row["status"]),
            "removed_at": instant(row["removed_at"]),
        }
    )


def state_of(row: Row) -> SourceState:
    """Read one row of ``source``, with ``mentions`` counted beside it. Raises as ``mention_of``."""
    with told_damaged("source", row["id"]):
        return _state_of(row)


def _state_of(row: Row) -> SourceState:
    return SourceState(
        id=row["id"],
        type=row["type"],
        address=row["url"],
        businesses=texts_of(row["businesses"]),
        options_hash=row["options_hash"],
        status=PollStatus(row["status"]) if row["status"] else None,
        health=Health(row["state"]),
        error=_error_of(row["error"]),
        notice=row["notice"],
        polled_at=instant(row["polled_at"]),
        last_ok_at=instant(row["last_ok_at"]),
        next_poll_at=instant(row["next_poll_at"]),
        retry_at=instant(row["retry_at"]),
        failures=row["failures"],
        paused=bool(row["paused"]),
        cursor=mapping_of(row["cursor"]),
        memory=_memory_of(mapping_of(row["memory"])),
        rechecked_at=instant(row["rechecked_at"]),
        history=mapping_of(row["history"]),
        mentions=row["mentions"],
    )


def signals_of(text: str) -> tuple[Signal, ...]:
    """Read the signals of a mention. Raises ``ValueError``."""
    with of_its_shape():
        return tuple(Signal(str(n), float(weight), str(d)) for n, weight, d in json_of(text))


def signals_text(signals: Iterable[Signal]) -> str:
    """Write the signals of a mention."""
    return dump([[one.name, one.weight, one.detail] for one in signals])


def configured_row(state: SourceState) -> Row:
    """Write what ``sources.yaml`` says of a source."""
    return {
        "id": state.id,
        "type": state.type,
        "url": state.address,
        "businesses": dump(list(state.businesses)),
        "options_hash": state.options_hash,
    }


def polled_row(state: SourceState) -> Row:
    """Write what polls learnt of a source."""
    return {
        "status": state.status,
        "state": state.health,
        "error": _error_text(state.error),
        "notice": state.notice,
        "polled_at": written(state.polled_at),
        "last_ok_at": written(state.last_ok_at),
        "next_poll_at": written(state.next_poll_at),
        "retry_at": written(state.retry_at),
        "failures": state.failures,
        "paused": int(state.paused),
        "cursor": dump(state.cursor),
        "rechecked_at": written(state.rechecked_at),
        "history": dump(state.history),
        "memory": dump(_memory_json(state.memory)),
    }


def dump(value: Json) -> str:
    """Write JSON as people read it, in one fixed order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def written(at: datetime | None) -> str | None:
    """Write an instant that may be unknown."""
    return None if at is None else format_instant(at)


def _error_of(text: str | None) -> PollError | None:
    if text is None:
        return None
    with of_its_shape():
        error = mapping_of(text)
        return PollError(**error | {"retry_at": instant(error["retry_at"])})


def _error_text(error: PollError | None) -> str | None:
    if error is None:
        return None
    return dump(asdict(error) | {"retry_at": written(error.retry_at)})


def spent_of(memory: str) -> Mapping[str, Spent]:
    """Read what was spent of allowances from a source's memory; what is damaged counts nothing."""
    try:
        return _memory_of(mapping_of(memory)).spent
    except ValueError:
        return {}


def _memory_of(read: Mapping[str, Mapping[str, Any]]) -> FetchMemory:
    with of_its_shape():
        return FetchMemory(
            validators={url: Validators(**v) for url, v in read.get("validators", {}).items()},
            moved={url: Moved(**m) for url, m in read.get("moved", {}).items()},
            spent={
                name: Spent(units=int(s["units"]), renews_at=kept_instant(s["renews_at"]))
                for name, s in read.get("spent", {}).items()
            },
        )


def _memory_json(memory: FetchMemory) -> Json:
    return {
        "validators": {url: asdict(v) for url, v in memory.validators.items()},
        "moved": {url: asdict(m) for url, m in memory.moved.items()},
        "spent": {
            name: {"units": s.units, "renews_at": format_instant(s.renews_at)}
            for name, s in memory.spent.items()
        },
    }
