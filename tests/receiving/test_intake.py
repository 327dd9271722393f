"""How pushes are stored: together, each once, and none at another's cost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from fixed_clock import FixedClock
from receiving.pushing import FRENCH, Pushing, hook, pushing

from monitor.model import Json, PollOutcome, PollStatus, Saved
from monitor.receiving.base import Busy, Push, Taken
from monitor.receiving.forms import read_push

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def one(number: int, text: str = "Bel accueil.") -> Push:
    item: Json = {"id": number, "url": f"https://forum.example/{number}", "text": text}
    return read_push("mentions", item, FRENCH)


async def test_those_who_wait_share_a_transaction(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pushing(tmp_path, clock) as here:
        sizes: list[int] = []
        go_on = threading.Event()
        save = here.store.save_polls

        def counted(outcomes: Sequence[PollOutcome]) -> list[Saved]:
            sizes.append(len(outcomes))
            assert go_on.wait(20)
            return save(outcomes)

        monkeypatch.setattr(here.store, "save_polls", counted)
        pushes = [asyncio.create_task(take(here, one(n % 30))) for n in range(60)]
        await asyncio.sleep(0)
        go_on.set()
        taken = [await push for push in pushes]
        assert sum(sizes) == 60
        assert len(sizes) <= 3
        assert (sum(t.accepted for t in taken), sum(t.duplicates for t in taken)) == (30, 30)
        assert len(here.mentions()) == 30


async def take(here: Pushing, push: Push) -> Taken:
    return await here.intake.take(hook("zapier"), push)


async def test_a_fault_of_ours_costs_one_push_alone(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pushing(tmp_path, clock) as here:
        save = here.store.save_polls

        def choosy(outcomes: Sequence[PollOutcome]) -> list[Saved]:
            if any("poison" in s.entry.text for o in outcomes for s in o.sightings):
                raise RuntimeError
            return save(outcomes)

        monkeypatch.setattr(here.store, "save_polls", choosy)
        pushes = (take(here, one(n, "poison" if n == 2 else "Bel accueil.")) for n in range(5))
        taken = await asyncio.gather(*pushes, return_exceptions=True)
        assert [isinstance(t, RuntimeError) for t in taken] == [False, False, True, False, False]
        assert len(here.mentions()) == 4
        status, said = await here.push({"text": "poison"})
        assert (status, said) == (500, {"error": "a fault of ours"})


async def test_who_waits_too_long_is_told_to_come_again(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pushing(tmp_path, clock, within_s=0.05) as here:
        go_on = threading.Event()
        save = here.store.save_polls

        def slow(outcomes: Sequence[PollOutcome]) -> list[Saved]:
            assert go_on.wait(20)
            return save(outcomes)

        monkeypatch.setattr(here.store, "save_polls", slow)
        with pytest.raises(Busy):
            await take(here, one(1))
        assert (await here.push({"id": 2, "text": "Bel accueil"}))[0] == 503
        here.intake.within_s = 20
        go_on.set()
        assert (await here.push({"id": 1, "url": "https://forum.example/1"}))[0] == 202
        assert len(here.mentions()) == 1  # the first was stored after all; the second was let go


async def test_a_push_is_remembered_and_no_silence_is_trouble(
    tmp_path: Path, clock: FixedClock
) -> None:
    async with pushing(tmp_path, clock) as here:
        assert here.state().last_ok_at is None
        await here.push([])
        state = here.state()
    assert (state.status, state.last_ok_at) == (PollStatus.OK, clock())
    assert (state.next_poll_at, state.error, state.failures) == (None, None, 0)


async def test_an_owner_may_say_how_long_is_too_long(tmp_path: Path, clock: FixedClock) -> None:
    week = timedelta(days=7)
    async with pushing(tmp_path, clock, every={"zapier": week}) as here:
        await here.push([])
        assert here.state().next_poll_at == clock() + week
