"""Spans of time as people write them: ``15m``, ``90d``, ``24 months``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "heure": 3600,
    "d": 86400,
    "j": 86400,
    "day": 86400,
    "jour": 86400,
    "w": 7 * 86400,
    "week": 7 * 86400,
    "semaine": 7 * 86400,
    "month": 30 * 86400,
    "mois": 30 * 86400,
    "y": 365 * 86400,
    "year": 365 * 86400,
    "an": 365 * 86400,
}
_SPAN = re.compile(r"\s*(\d{1,6})\s*([a-z]+)\s*", re.ASCII | re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """Read a span of time. Raises ValueError saying what is accepted.

    A month is 30 days, a year 365.

    >>> parse_duration("15m"), parse_duration("24 months")
    (datetime.timedelta(seconds=900), datetime.timedelta(days=720))
    """
    found = _SPAN.fullmatch(text)
    unit = found[2].lower() if found else ""
    seconds = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if found is None or seconds is None:
        raise ValueError(f'"{text}" is not a duration; write for instance 30s, 15m, 2h, 7d, 4w')
    return timedelta(seconds=int(found[1]) * seconds)


def _read_duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,6}\s*[A-Za-z]+\s*$"}),
]
"""A pydantic field that takes ``15m``."""
