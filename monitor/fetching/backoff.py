"""When to ask again: what a server wishes, and what we choose when it says nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)
"""No wait is longer, whoever asks for it (promise 6)."""

_JITTER = 0.1
_SECONDS = re.compile(r"\d+", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)
# Longer than any wait we keep, and short enough that int() and timedelta() take it.
_MOST_DIGITS = 9
# A reset that is written as a number is a delta (RateLimit-Reset, Reddit), an epoch in seconds
# (GitHub) or in milliseconds: 2001 in either unit is far more than any delta.
_EPOCH_S = 1e9
_EPOCH_MS = 1e12
_RESET_HEADERS = ("x-ratelimit-reset", "ratelimit-reset")


def parse_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Return the instant a ``Retry-After`` names (RFC 9110 §10.2.3), at most 24 h ahead.

    ``None`` when it names none in the future: absent, zero, negative, past or unreadable.

    >>> parse_retry_after("120", datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    datetime.datetime(2026, 11, 22, 8, 2, tzinfo=datetime.timezone.utc)
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return _future(now + _capped_seconds(text), now)
    try:
        return _future(_aware(parsedate_to_datetime(text)), now)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def read_retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when a server that limits us takes requests again; ``None`` if it does not say.

    ``headers`` have lower-case names or ignore case.
    """
    wishes = [parse_retry_after(headers.get("retry-after"), now)]
    wishes += [_parse_reset(headers.get(name), now) for name in _RESET_HEADERS]
    return next((at for at in wishes if at is not None), None)


def backoff_delay(failures: int, every: timedelta, random: float) -> timedelta:
    """Return how long to wait after ``failures`` in a row: doubling from ``every``, jittered.

    ``random`` is in 0..1. The first failure waits ``every``; no wait is over 24 h.
    """
    doublings = min(max(failures - 1, 0), 32)
    seconds = min(every.total_seconds() * 2**doublings, LONGEST.total_seconds())
    return min(jittered(timedelta(seconds=seconds), random), LONGEST)


def jittered(every: timedelta, random: float) -> timedelta:
    """Return a span within 10 % of ``every``, so that sources do not fall due together.

    ``random`` is in 0..1.
    """
    return every * (1 - _JITTER + 2 * _JITTER * random)


def _parse_reset(value: str | None, now: datetime) -> datetime | None:
    text = (value or "").strip()
    try:
        if _NUMBER.fullmatch(text):
            return _future(_reset_instant(float(text), now), now)
        # Mastodon writes an ISO date: docs.joinmastodon.org/api/rate-limits, read 2026-11.
        return _future(_aware(datetime.fromisoformat(text)), now)
    except (ValueError, OverflowError):
        return None


def _reset_instant(number: float, now: datetime) -> datetime:
    if number >= _EPOCH_MS:
        return datetime.fromtimestamp(number / 1000, UTC)
    if number >= _EPOCH_S:
        return datetime.fromtimestamp(number, UTC)
    return now + min(timedelta(seconds=number), LONGEST)


def _capped_seconds(digits: str) -> timedelta:
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        return LONGEST
    return min(timedelta(seconds=int(digits)), LONGEST)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _future(at: datetime, now: datetime) -> datetime | None:
    return min(at, now + LONGEST) if at > now else None
