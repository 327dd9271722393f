"""Dates and JSON read out of a row as they were kept; what no value of ours can be is damage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from monitor.clock import parse_instant
from monitor.errors import StoreCode, StoreError


@contextmanager
def told_damaged(table: str, key: object) -> Iterator[None]:
    """Turn what no value of ours can be into ``db_corrupt``: SQLite sees no damage within one.

    Whatever reads a date, JSON or a word of an enumeration out of a row does it within this.
    ``key`` is what a person finds the row by. Any ``ValueError`` counts, and nothing else: what
    reads JSON raises no other.
    """
    try:
        yield
    except ValueError as error:
        what = f"{table} {key}: a value of it is damaged"
        raise StoreError(StoreCode.DB_CORRUPT, what, "restore a backup") from error


@contextmanager
def of_its_shape() -> Iterator[None]:
    """Turn what JSON of another shape, or a date beyond all dates, raises into ``ValueError``."""
    try:
        yield
    except (TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError("not of the shape that was written") from error


def kept_instant(text: str) -> datetime:
    """Read an instant. Raises ``ValueError``."""
    with of_its_shape():
        return parse_instant(text)


def instant(text: str | None) -> datetime | None:
    """Read an instant that may be unknown. Raises ``ValueError``."""
    return None if text is None else kept_instant(text)


def texts_of(text: str) -> tuple[str, ...]:
    """Read a list of texts. Raises ``ValueError``."""
    read = json_of(text)
    if not isinstance(read, list) or not all(isinstance(one, str) for one in read):
        raise ValueError("no list of texts")
    return tuple(read)


def mapping_of(text: str) -> dict[str, Any]:
    """Read a mapping. Raises ``ValueError``."""
    read = json_of(text)
    if not isinstance(read, dict):
        raise ValueError("no mapping")  # noqa: TRY004 - a damaged value, not a caller's mistake
    return read


def json_of(text: str) -> Any:  # noqa: ANN401 - whatever was written
    """Read JSON. Raises ``ValueError`` only."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
