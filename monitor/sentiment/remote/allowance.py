"""What a day may cost, in tokens. Remembered by this process alone: a new one begins at nothing.

A scorer has no store to remember in. Who starts many processes a day (``poll`` from a timetable)
has the allowance in each; the daemon is one process.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta

from monitor.clock import Clock
from monitor.errors import Code, FetchError


class Allowance:
    """Counts tokens before they are used, a UTC day at a time; may be shared by threads."""

    def __init__(self, tokens_per_day: int, clock: Clock) -> None:
        self._limit = tokens_per_day
        self._clock = clock
        self._lock = threading.Lock()
        self._day = date.min
        self._used = 0

    def take(self, tokens: int) -> None:
        """Count tokens that are about to be used.

        Raises ``FetchError(rate_limited)``, until midnight UTC, when the day's would be passed.
        """
        with self._lock:
            today = self._clock().date()
            if today != self._day:
                self._day, self._used = today, 0
            if self._used + tokens > self._limit:
                detail = f"{self._used} of the day's {self._limit} tokens used"
                raise FetchError(Code.RATE_LIMITED, detail, retry_at=_end_of(today))
            self._used += tokens

    def settle(self, taken: int, used: int) -> None:
        """Put what was used in the place of what was taken for it."""
        with self._lock:
            self._used = max(self._used + used - taken, 0)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
