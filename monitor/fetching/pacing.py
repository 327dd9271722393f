"""Politeness to one host: few requests at once, a breath between them, less patience with a jam.

What a server says of one source (``Retry-After`` too) is that source's own affair: the others of
its host go on (promise 1).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

AT_ONCE = 2
"""Requests at once to one host (promise 1)."""

SPACING = timedelta(milliseconds=100)
"""Between two request starts to one host.

Ten a second is below the burst limits that the notes on platforms record, and 20 pages of one
API still start within 2 s.
"""


SLOWER = {"api.search.brave.com:443": timedelta(seconds=1.1)}
"""Hosts that allow fewer: Brave one a second (its header ``X-RateLimit-Policy``, read 2026-11)."""

SHORTEST_PATIENCE = 1 / 64
"""Of an exchange's limit: half a second of 30 s, in which any server in health answers."""


@dataclass(slots=True)
class _Lane:
    """What is under way at one host; ``next_start`` is on the loop's clock, in seconds.

    ``crowd`` counts those who have a turn or wait for one, ``jams`` the turns that ran out of time
    since nobody did.
    """

    turns: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    crowd: int = 0
    jams: int = 0


class Pacing:
    """The turns of all hosts, for the requests of one event loop."""

    def __init__(self, *, at_once: int = AT_ONCE, spacing: timedelta = SPACING) -> None:
        self._at_once = at_once
        self._spacing_s = spacing.total_seconds()
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host (``host:port``) and hold it; cancelling gives it back."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(asyncio.Semaphore(self._at_once))
        lane.crowd += 1
        try:
            async with lane.turns:
                async with lane.door:
                    await self._breathe(lane, host)
                yield
        finally:
            lane.crowd -= 1
            lane.jams *= lane.crowd > 0

    def note_jam(self, host: str) -> None:
        """Take note that a turn at a host, still held, ran out of time."""
        self._lanes[host].jams += 1

    def patience(self, host: str) -> float:
        """Return what share (0..1) of an exchange's limit the turn held at a host may take.

        Half for each pair of turns that ran out of time while others waited: 170 sources of one
        host that never answers are through within two minutes (promise 1), and a good one among
        them has its turn.
        """
        return max(0.5 ** (self._lanes[host].jams // self._at_once), SHORTEST_PATIENCE)

    async def _breathe(self, lane: _Lane, host: str) -> None:
        clock = asyncio.get_running_loop().time
        wait_s = lane.next_start - clock()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        spacing = SLOWER.get(host)
        spacing_s = spacing.total_seconds() if spacing else self._spacing_s
        lane.next_start = clock() + spacing_s
