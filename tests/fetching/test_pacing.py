from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from monitor.fetching import pacing as pacing_module
from monitor.fetching.pacing import Pacing

pytestmark = pytest.mark.anyio

SPACING = timedelta(milliseconds=20)


async def start_times(pacing: Pacing, *hosts: str) -> list[float]:
    starts: list[float] = []

    async def ask(host: str) -> None:
        async with pacing.turn(host):
            starts.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(ask(host) for host in hosts))
    return starts


async def test_starts_at_one_host_are_spaced() -> None:
    starts = await start_times(Pacing(spacing=SPACING), *["a"] * 4)
    gaps = [later - sooner for sooner, later in pairwise(starts)]
    assert min(gaps) >= 0.019


async def test_a_host_that_allows_fewer_is_asked_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pacing_module.SLOWER, "slow", 10 * SPACING)
    first, second = await start_times(Pacing(spacing=SPACING), "slow", "slow")
    assert second - first >= 0.19


async def test_hosts_do_not_wait_for_each_other() -> None:
    pacing = Pacing(spacing=timedelta(hours=1))
    assert len(await start_times(pacing, "a", "b", "c")) == 3


async def test_a_cancelled_wait_leaves_the_turn_to_others() -> None:
    pacing = Pacing(at_once=1, spacing=timedelta(0))
    async with pacing.turn("a"):
        waiting = asyncio.create_task(start_times(pacing, "a"))
        await asyncio.sleep(0)
        waiting.cancel()
    assert len(await start_times(pacing, "a")) == 1


async def test_a_wait_cancelled_in_the_door_opens_it_again() -> None:
    pacing = Pacing(spacing=timedelta(hours=1))
    await start_times(pacing, "a")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(start_times(pacing, "a"), 0.01)
    lane = pacing._lanes["a"]  # noqa: SLF001 - an hour's wait cannot be sat out
    assert not lane.door.locked()
    assert not lane.turns.locked()


async def test_patience_shrinks_while_turns_of_a_host_run_out_of_time() -> None:
    pacing = Pacing(at_once=2, spacing=timedelta(0))
    async with pacing.turn("a"):
        seen = []
        for _ in range(16):
            seen.append(pacing.patience("a"))
            pacing.note_jam("a")
    assert seen[:6] == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert seen[-1] == 1 / 64


async def test_170_silent_sources_of_one_host_take_less_than_two_minutes() -> None:
    pacing = Pacing(spacing=timedelta(0))
    spent_s = 0.0
    async with pacing.turn("a"):
        for _ in range(170):
            spent_s += 30 * pacing.patience("a") / 2
            pacing.note_jam("a")
    assert spent_s < 115


async def test_patience_returns_once_nobody_waits_at_a_host() -> None:
    pacing = Pacing(at_once=1, spacing=timedelta(0))
    async with pacing.turn("a"):
        pacing.note_jam("a")
    async with pacing.turn("a"):
        assert pacing.patience("a") == 1
