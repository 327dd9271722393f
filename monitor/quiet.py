"""Quiet hours on the owner's wall clock: ``21h-8h``, also across midnight and clock changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOURS = re.compile(
    r"\s*(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?\s*(?:-|–|—|\.\.|à|to)\s*(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?\s*"
)
_OFF = frozenset({"off", "false", "no", "none", "never", "jamais", "non"})
_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` (inclusive) to ``end`` (exclusive) of each day; equal: no quiet at all."""

    start: time
    end: time

    def hold(self, at: datetime, zone: ZoneInfo) -> bool:
        """Tell whether an instant is in them, by the clock on the owner's wall."""
        local = at.astimezone(zone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def end_after(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Return when the quiet that holds at an instant ends (UTC); the instant where none does.

        An end that the clock skips in spring is when it has jumped.
        """
        if not self.hold(at, zone):
            return at
        local = at.astimezone(zone)
        day = local.date() + timedelta(days=local.time() >= self.end)
        end = datetime.combine(day, self.end, zone).astimezone(UTC)
        # In the hour that the clock repeats, the first pass may be gone by.
        return end if end > at else end + timedelta(hours=1)


def parse_quiet(text: str) -> QuietHours:
    """Read quiet hours. Raises ValueError saying what is accepted.

    >>> parse_quiet("21h-8h"), parse_quiet("22:30 - 07:00") == parse_quiet("22h30–7h")
    (QuietHours(start=datetime.time(21, 0), end=datetime.time(8, 0)), True)
    >>> parse_quiet("off").hold(datetime(2026, 11, 25, tzinfo=UTC), ZoneInfo("Europe/Paris"))
    False
    """
    if text.strip().lower() in _OFF:
        return QuietHours(time(), time())
    found = _HOURS.fullmatch(text)
    ends = [int(part or 0) for part in found.groups()] if found else [_MINUTES] * 4
    start, end = ends[0] * 60 + ends[1], ends[2] * 60 + ends[3]
    if not found or max(start, end) > _MINUTES or max(ends[1], ends[3]) > 59:  # noqa: PLR2004 - minutes
        raise ValueError(f'"{text}" is not a span of hours; write for instance 21h-8h, or off')
    return QuietHours(_time(start), _time(end))


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
