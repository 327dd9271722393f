"""Moments as people write them on the command line: ``7d``, ``2026-11-01``, ``monday``."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.durations import parse_duration
from monitor.text import fold

_WEEKDAYS = (
    ("monday", "lundi"),
    ("tuesday", "mardi"),
    ("wednesday", "mercredi"),
    ("thursday", "jeudi"),
    ("friday", "vendredi"),
    ("saturday", "samedi"),
    ("sunday", "dimanche"),
)
_FIRST_YEAR = 1970
"""Nothing was said on the web before; and far from here time zones leave the calendar."""


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Read a moment; days begin at midnight in ``zone``. Raises ValueError saying what is accepted.

    A span is that long ago, a weekday the last such day (today included), a date its midnight.
    """
    word = fold(text).strip()
    today = now.astimezone(zone).date()
    days = {"today": 0, "aujourd'hui": 0, "yesterday": 1, "hier": 1}
    for number, names in enumerate(_WEEKDAYS):
        days |= dict.fromkeys(names, (today.weekday() - number) % 7)
    if word in days:
        return datetime.combine(today - timedelta(days=days[word]), time(), zone)
    try:
        return now - parse_duration(word)
    except (ValueError, OverflowError):
        return _parse_date(text.strip(), zone)


def _parse_date(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.year < _FIRST_YEAR:
        raise ValueError(f'"{text}" is not a moment; write for instance 7d, 2026-11-01, monday')
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
