"""Promises 3, 9, 12, 13 and 19 under ``kill -9``, at random moments and at named points.

``python bench/crashes.py`` does the same a thousand times.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from promises.crashing import crash

KILLS, SHOPS = 26, 2
"""50 kills and a few, in shops side by side."""


def test_promise_19_kills_at_any_moment_lose_and_double_nothing(tmp_path: Path) -> None:
    def crash_one(seed: int) -> list[str]:
        folder = tmp_path / str(seed)
        folder.mkdir()
        faults, kills = crash(folder, seed, KILLS)
        assert kills.total() >= KILLS
        return faults

    with ThreadPoolExecutor(SHOPS) as pool:
        assert list(pool.map(crash_one, range(SHOPS))) == [[]] * SHOPS
