from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.errors import Code, FetchError
from monitor.fetching.pacing import Pacing

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
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


async def test_a_held_host_is_asked_nothing_until_then() -> None:
    pacing = Pacing()
    pacing.hold("a", NOW + timedelta(minutes=1))
    with pytest.raises(FetchError) as failed:
        pacing.check_held("a", NOW)
    assert failed.value.code is Code.RATE_LIMITED
    assert failed.value.retry_at == NOW + timedelta(minutes=1)
    pacing.check_held("b", NOW)
    pacing.check_held("a", NOW + timedelta(minutes=1))
    pacing.check_held("a", NOW)
