"""What sort of period a digest covers, and the ones before it, as a calendar on the wall tells.

Digests close at an hour of the day, so a period's ends are taken at the nearest midnight: from
Monday 8:00 to Monday 8:00 is that week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.model import Period

_HALF_DAY = timedelta(hours=12)
_DAY = timedelta(days=1)
_DAYS_OF_WEEK = 7


class Span(StrEnum):
    """How a period is named."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Days:
    """A period as whole days of one time zone, both inclusive; ``start``/``end`` as on the wall."""

    span: Span
    first: date
    last: date
    start: datetime
    end: datetime


def to_days(period: Period, timezone: str) -> Days:
    """Tell a period in whole days, and what sort it is."""
    zone = ZoneInfo(timezone)
    start, end = (at.astimezone(zone).replace(tzinfo=None) for at in (period.start, period.end))
    first, after = (start + _HALF_DAY).date(), (end + _HALF_DAY).date()
    span = _span(first, after)
    if span is Span.HOURS:  # the nearest midnight may be tomorrow's
        return Days(span, start.date(), start.date(), start, end)
    return Days(span, first, max(first, after - _DAY), start, end)


def period_back(period: Period, timezone: str, steps: int = 1) -> Period:
    """Return the period of the same sort that lies ``steps`` before; each ends where one begins.

    A month's is the calendar month before; any other is as long as this one on the wall clock, so
    that a week across a clock change still begins at the same hour.
    """
    days = to_days(period, timezone)
    zone = ZoneInfo(timezone)

    def start_of(step: int) -> datetime:
        if not step:
            return period.start
        if days.span is Span.MONTH:
            start = _months_back(days.start, step)
        else:
            start = days.start - (days.end - days.start) * step
        return start.replace(tzinfo=zone).astimezone(UTC)

    return Period(start=start_of(steps), end=start_of(steps - 1))


def _span(first: date, after: date) -> Span:
    length = (after - first).days
    if length <= 0:
        return Span.HOURS
    if length == 1:
        return Span.DAY
    if length == _DAYS_OF_WEEK and first.weekday() == 0:
        return Span.WEEK
    if first.day == after.day == 1 and (after - _DAY).month == first.month:
        return Span.MONTH
    return Span.DAYS


def _months_back(at: datetime, steps: int) -> datetime:
    # An end is near a first of the month, on either side of midnight: move that first, keep the
    # distance to it.
    first = datetime.combine((at + _HALF_DAY).date(), datetime.min.time())
    months = first.year * 12 + first.month - 1 - steps
    return first.replace(year=months // 12, month=months % 12 + 1) + (at - first)
