"""The daemon's plan, with a clock that the test moves; real processes are in end_to_end/."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes import NOW, SHOP, FakeSource, page, state, watched
from fixed_clock import FixedClock

from monitor import daemon as daemon_module
from monitor.daemon import Daemon
from monitor.digest_settings import DigestSettings
from monitor.digesting import Digester
from monitor.errors import StoreCode, StoreError
from monitor.fetching.client import Client
from monitor.matching.matcher import Matcher
from monitor.model import ClosedDigest, MentionQuery
from monitor.pipeline import Pipeline
from monitor.polling import Poller
from monitor.sentiment.registry import make_scorer
from monitor.store.sqlite import SqliteStore
from monitor.wording import Wording

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def digester(store: SqliteStore, clock: FixedClock, folder: Path, schedule: str) -> Digester:
    settings = DigestSettings(
        language="fr",
        zone=ZoneInfo("Europe/Paris"),
        schedule=schedule,
        recipients=(),
        sender=None,
        items=12,
        lines=60,
        when_empty=True,
        reports=folder / "reports",
    )
    return Digester(
        store=store, businesses=(SHOP.name,), settings=settings, mailer=None, clock=clock
    )


@asynccontextmanager
async def daemon(
    folder: Path, clock: FixedClock, source: FakeSource, schedule: str = "weekly"
) -> AsyncIterator[Daemon]:
    store = SqliteStore.open(folder / "mentions.db", clock=clock)
    store.register_sources([replace(state(), id="a")])
    async with Client(user_agent="test") as client:
        poller = Poller(
            store=store,
            client=client,
            pipeline=Pipeline(
                matcher=Matcher([SHOP]), scorer=make_scorer("textblob"), businesses=(SHOP,)
            ),
            watched={"a": watched(source, "a")},
            words=Wording("fr"),
            clock=clock,
        )
        yield Daemon(
            store=store,
            poller=poller,
            digester=digester(store, clock, folder, schedule),
            keep=timedelta(days=720),
            clock=clock,
        )
    store.close()


async def until(condition: asyncio.Event) -> None:
    await asyncio.wait_for(condition.wait(), timeout=20)


async def test_a_second_daemon_on_one_database_says_so(tmp_path: Path, clock: FixedClock) -> None:
    async with daemon(tmp_path, clock, FakeSource(page(1))) as second:
        with second.store.hold("daemon"), pytest.raises(StoreError) as raised:
            await second.run()
    assert raised.value.code is StoreCode.ALREADY_RUNNING


async def test_a_stop_during_a_poll_ends_at_once_and_stores_nothing(
    tmp_path: Path, clock: FixedClock
) -> None:
    asked = asyncio.Event()

    class Hanging(FakeSource):
        async def pages(self, session, cursor):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            asked.set()
            await asyncio.Event().wait()
            yield page(1)

    async with daemon(tmp_path, clock, Hanging()) as running:
        task = asyncio.create_task(running.run())
        await until(asked)
        running.stop()
        await asyncio.wait_for(task, timeout=5)
        assert running.store.find(MentionQuery()) == []
        with running.store.hold("daemon") as free, running.store.hold("poll:a") as also_free:
            assert free
            assert also_free


async def test_a_fault_of_ours_costs_one_beat_and_shows_until_it_goes_well(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []
    mended = asyncio.Event()
    monkeypatch.setattr(daemon_module, "HEARTBEAT", timedelta(milliseconds=20))

    async with daemon(tmp_path, clock, FakeSource(page(1))) as running:

        async def _deliver() -> None:
            seen.append(dict(running.vitals.ailments))
            if len(seen) == 1:
                raise ZeroDivisionError
            if len(seen) > 2:  # after one that went well
                mended.set()

        monkeypatch.setattr(running, "_deliver", _deliver)
        task = asyncio.create_task(running.run())
        await until(mended)
        running.stop()
        await asyncio.wait_for(task, timeout=5)
    assert "deliver" not in seen[0]
    assert seen[1]["deliver"] == "internal"
    assert "deliver" not in seen[2]


async def test_a_clock_set_back_stops_no_heartbeat(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = timedelta()

    class MovedClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + moved

    beats: asyncio.Queue[None] = asyncio.Queue()

    async def _deliver() -> None:
        beats.put_nowait(None)

    for module in ("schedulers.base", "triggers.date", "executors.base"):
        monkeypatch.setattr(f"apscheduler.{module}.datetime", MovedClock)
    monkeypatch.setattr(daemon_module, "HEARTBEAT", timedelta(milliseconds=20))
    async with daemon(tmp_path, clock, FakeSource(page(1))) as running:
        monkeypatch.setattr(running, "_deliver", _deliver)
        task = asyncio.create_task(running.run())
        await asyncio.wait_for(beats.get(), timeout=20)
        moved = timedelta(days=-400)
        beats = asyncio.Queue()
        for _ in range(3):
            await asyncio.wait_for(beats.get(), timeout=20)
        running.stop()
        await asyncio.wait_for(task, timeout=5)


def test_a_digest_falls_due_once_a_week_and_late_after_downtime(
    tmp_path: Path, clock: FixedClock
) -> None:
    clock.at = NOW - timedelta(days=3)  # a Friday
    store = SqliteStore.open(tmp_path / "mentions.db", clock=clock)
    digests = digester(store, clock, tmp_path, "weekly")
    assert digests.close_due() == []
    clock.at = NOW
    assert len(digests.close_due()) == 1
    assert digests.close_due() == []
    clock.advance(timedelta(days=30, hours=5))
    assert len(digests.close_due()) == 1
    assert digests.close_due() == []
    store.close()


def test_a_clock_that_was_years_ahead_does_not_silence_the_digests(
    tmp_path: Path, clock: FixedClock
) -> None:
    store = SqliteStore.open(tmp_path / "mentions.db", clock=clock)
    digests = digester(store, clock, tmp_path, "daily")
    clock.advance(timedelta(days=700))
    assert len(digests.close_due()) == 1
    clock.at = NOW + timedelta(minutes=1)
    assert len(digests.close_due()) == 1
    assert digests.close_due() == []
    clock.advance(timedelta(days=1))
    assert len(digests.close_due()) == 1
    store.close()


@pytest.mark.parametrize(("schedule", "expected"), [("daily", 365), ("weekly", 52)])
def test_a_year_of_heartbeats_closes_each_digest_once(
    tmp_path: Path, clock: FixedClock, schedule: str, expected: int
) -> None:
    clock.at = NOW.replace(year=2026, month=1, day=1, hour=12)
    store = SqliteStore.open(tmp_path / "mentions.db", clock=clock)
    digests = digester(store, clock, tmp_path, schedule)
    closed = 0
    for _ in range(365 * 24):
        clock.advance(timedelta(hours=1))
        if digests.is_due(SHOP.name):
            closed += len(digests.close_due())
    assert closed == expected
    store.close()


def test_a_due_digest_that_another_process_closes_is_not_closed_again(
    tmp_path: Path, clock: FixedClock
) -> None:
    store = SqliteStore.open(tmp_path / "mentions.db", clock=clock)
    ours, theirs = (digester(store, clock, tmp_path, "daily") for _ in range(2))
    clock.advance(timedelta(days=1))
    fix = store.close_digest

    def beaten(digest: ClosedDigest) -> bool:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "close_digest", fix)
            theirs.close_due()
        return fix(digest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "close_digest", beaten)
        assert ours.close_due() == []
    assert len(store.unarchived()) == 1
    store.close()
