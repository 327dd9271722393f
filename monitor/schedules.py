"""When a digest falls due: cron expressions on the owner's wall clock, across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

_NAMED = {"daily": "0 8 * * *", "weekly": "0 8 * * mon", "monthly": "0 8 1 * *"}


def cron_of(schedule: str) -> str:
    """Return the cron expression of ``daily``, ``weekly``, ``monthly`` or of itself."""
    return _NAMED.get(schedule.strip().lower(), schedule)


def last_occurrence(schedule: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the last time, at or before ``now``, at which the schedule fell due (UTC)."""
    # CronSim steps back strictly from its start, by whole minutes: start at the next one.
    start = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    return _utc(next(CronSim(cron_of(schedule), start.astimezone(zone), reverse=True)))


def next_occurrence(schedule: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the next time after ``now`` at which the schedule falls due (UTC)."""
    # In the hour that the clock repeats, CronSim may name its first pass, already gone by.
    moments = (_utc(moment) for moment in CronSim(cron_of(schedule), now.astimezone(zone)))
    return next(moment for moment in moments if moment > now)


def is_due(schedule: str, zone: ZoneInfo, now: datetime, since: datetime) -> bool:
    """Tell whether the schedule fell due after ``since``; many missed times are one."""
    return last_occurrence(schedule, zone, now) > since


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
