"""Instants that platforms write as seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.sources.entry_parts import count_of


def instant_at(seconds: object) -> datetime | None:
    """Return the instant of a count of seconds, as a number or digits; ``None`` of other things.

    Parts of a second are left out.

    >>> instant_at("1490376472")
    datetime.datetime(2017, 3, 24, 17, 27, 52, tzinfo=datetime.timezone.utc)
    """
    try:
        counted = count_of(int(seconds) if isinstance(seconds, float) else seconds)
        return None if counted is None else datetime.fromtimestamp(counted, UTC)
    except (ValueError, OverflowError, OSError):
        return None
