"""A business's mentions by the day of their reader, as ``usual/`` wants them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from monitor.model import Tempo
from monitor.usual.rates import DayCounts


def count_days(tempo: Tempo, zone: ZoneInfo, last: date, *, negative: bool) -> DayCounts | None:
    """Count mentions by day, up to and with ``last``; ``None`` where no day was seen whole."""
    by_day = Counter[int]()
    for hour in tempo.hours:
        day = hour.hour.astimezone(zone).date().toordinal()
        by_day[day] += hour.negative if negative else hour.total
    first = tempo.since.astimezone(zone).date() + timedelta(days=1)
    days = range(first.toordinal(), last.toordinal() + 1)
    counts = tuple(by_day[day] for day in days)
    return DayCounts(first=first, counts=counts) if counts else None
