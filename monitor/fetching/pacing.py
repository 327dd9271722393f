"""Politeness to one host: few requests at once, a breath between them, silence when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.errors import Code, FetchError

AT_ONCE = 2
"""Requests at once to one host (promise 1)."""

SPACING = timedelta(milliseconds=100)
"""Between two request starts to one host.

Ten a second is below the burst limits that the notes on platforms record, and 20 pages of one
API still start within 2 s.
"""


@dataclass(slots=True)
class _Lane:
    """What is under way at one host; ``next_start`` is on the loop's clock, in seconds."""

    turns: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0


class Pacing:
    """The turns of all hosts, for the requests of one event loop."""

    def __init__(self, *, at_once: int = AT_ONCE, spacing: timedelta = SPACING) -> None:
        self._at_once = at_once
        self._spacing_s = spacing.total_seconds()
        self._lanes: dict[str, _Lane] = {}
        self._held_until: dict[str, datetime] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host (``host:port``) and hold it; cancelling gives it back."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(asyncio.Semaphore(self._at_once))
        async with lane.turns:
            async with lane.door:
                await self._breathe(lane)
            yield

    async def _breathe(self, lane: _Lane) -> None:
        clock = asyncio.get_running_loop().time
        wait_s = lane.next_start - clock()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        lane.next_start = clock() + self._spacing_s

    def hold(self, host: str, until: datetime) -> None:
        """Ask nothing more of a host until an instant it named."""
        self._held_until[host] = until

    def check_held(self, host: str, now: datetime) -> None:
        """Raise ``FetchError(rate_limited)`` if a host asked to be left alone until later."""
        until = self._held_until.get(host)
        if until is None:
            return
        if until <= now:
            del self._held_until[host]
            return
        raise FetchError(
            Code.RATE_LIMITED, f"{host} limits another source of ours too", retry_at=until
        )
