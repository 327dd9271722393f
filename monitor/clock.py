"""What time it is, and how instants are written: UTC, ISO 8601 with ``Z``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def now() -> datetime:
    """Return the instant, aware, in UTC."""
    return datetime.now(UTC)


def format_instant(at: datetime) -> str:
    """Write an aware instant in UTC, to the second: written instants sort as text.

    >>> format_instant(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    '2026-11-22T08:00:00Z'
    """
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def format_end(at: datetime) -> str:
    """Write an exclusive end, to the second after: what was written within that second is before.

    >>> format_end(datetime(2026, 11, 22, 8, 0, 0, 5, tzinfo=UTC))
    '2026-11-22T08:00:01Z'
    """
    return format_instant(at + timedelta(seconds=1) if at.microsecond else at)


def parse_instant(text: str) -> datetime:
    """Read what ``format_instant`` wrote.

    >>> parse_instant("2026-11-22T08:00:00Z")
    datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.timezone.utc)
    """
    return datetime.fromisoformat(text).astimezone(UTC)


def midnight(at: datetime) -> datetime:
    """Return the beginning of an instant's day.

    >>> midnight(datetime(2026, 11, 22, 8, 0, tzinfo=UTC)).isoformat()
    '2026-11-22T00:00:00+00:00'
    """
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def next_midnight(at: datetime) -> datetime:
    """Return the end of an instant's day."""
    return midnight(at) + timedelta(days=1)


def next_month(at: datetime) -> datetime:
    """Return the end of an instant's calendar month.

    >>> next_month(datetime(2026, 12, 31, 8, 0, tzinfo=UTC)).isoformat()
    '2027-01-01T00:00:00+00:00'
    """
    return (midnight(at).replace(day=1) + timedelta(days=32)).replace(day=1)
