"""When to look for alerts: once polls that bring things side by side have settled, and hourly.

Sources answer seconds apart; one mail should tell what they found together. The clock is one that
nobody can set.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

SETTLED_S = 10.0
"""Seconds without the end of a poll after which a round of them is over."""
LONGEST_S = 60.0
"""Seconds that a look is put off at most, where polls never cease."""
HOURLY_S = 3600.0
"""Seconds after which one looks although nothing was polled: a source may have fallen silent."""


@dataclass(kw_only=True)
class Settling:
    """Hears polls end; ``is_time`` then tells when to look. A start is heard as a poll."""

    seconds: Callable[[], float] = time.monotonic
    _first: float | None = field(init=False)
    _last: float = field(init=False)
    _looked: float = field(init=False)

    def __post_init__(self) -> None:
        self._first = self._last = self._looked = self.seconds()

    def hear(self) -> None:
        """Note that a poll ended."""
        self._last = self.seconds()
        if self._first is None:
            self._first = self._last

    def is_time(self) -> bool:
        """Tell whether to look now."""
        now = self.seconds()
        if self._first is None:
            return now - self._looked >= HOURLY_S
        return now - self._last >= SETTLED_S or now - self._first >= LONGEST_S

    def begin(self) -> None:
        """Note that one looks from now on: polls that end meanwhile ask for another look."""
        self._first, self._looked = None, self.seconds()
