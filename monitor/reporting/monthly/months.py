"""Months as they are asked for (``2026-10``), and the weeks that they are drawn by."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.model import Period

_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
_YEARS = range(1970, 9999)
"""Nothing was said on the web before; after, the calendar ends."""
_WEEK = timedelta(days=7)


def parse_month(text: str) -> date:
    """Return the first of the month that a text names. Raises ValueError.

    >>> parse_month("2026-10")
    datetime.date(2026, 10, 1)
    """
    found = _MONTH.fullmatch(text.strip())
    if not found or int(found[1]) not in _YEARS:
        raise ValueError(f'"{text}" is not a month; write for instance 2026-10')
    return date(int(found[1]), int(found[2]), 1)


def last_month(now: datetime, zone: ZoneInfo) -> date:
    """Return the first of the last month that is over."""
    return (now.astimezone(zone).date().replace(day=1) - timedelta(days=1)).replace(day=1)


def month_period(first: date, zone: ZoneInfo) -> Period:
    """Return a month from its first midnight in ``zone`` to the next one's."""
    after = (first + timedelta(days=31)).replace(day=1)
    return Period(start=_midnight(first, zone), end=_midnight(after, zone))


def weeks_of(period: Period, zone: ZoneInfo) -> list[Period]:
    """Cut a period at each Monday: its first and last weeks may be short."""
    day = period.start.astimezone(zone).date()
    monday = _midnight(day - timedelta(days=day.weekday()) + _WEEK, zone)
    cuts = [period.start]
    while monday < period.end:
        cuts.append(monday)
        monday = _midnight(monday.astimezone(zone).date() + _WEEK, zone)
    return [
        Period(start=start, end=end)
        for start, end in zip(cuts, [*cuts[1:], period.end], strict=True)
    ]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
