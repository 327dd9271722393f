"""The daemon: each source at its own time, digests and mail on theirs, until told to stop.

All that must survive a restart is in the store; APScheduler only wakes us. A heartbeat sets right
what a sleeping machine, a moved clock or another process changed meanwhile. It beats by a clock
that nobody can set: APScheduler's own stands still for as long as the wall clock was set back.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.alerting import Alerter
from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.digesting import Digester
from monitor.due import due_at
from monitor.errors import EcouteError, StoreCode, StoreError
from monitor.model import PollStatus
from monitor.operations.memory import give_back
from monitor.operations.ping import Pinger
from monitor.operations.server import StatusServer
from monitor.operations.supervisor import ALIVE, READY, STOPPING, tell_supervisor
from monitor.operations.vitals import Vitals
from monitor.polling import Poller
from monitor.replies.collecting import Collector
from monitor.settling import Settling
from monitor.store.base import Store

if TYPE_CHECKING:
    from monitor.receiving.listener import Listener

log = structlog.get_logger(__name__)

HEARTBEAT = timedelta(seconds=15)
"""How soon a due digest, a waiting mail or a changed clock is noticed."""
RETENTION = timedelta(hours=6)
"""How often old texts are erased; they are kept for months."""
REST = timedelta(seconds=30)
"""How long a poll waits when our own store would not take it, or another process has the source."""
STOP_WITHIN = 5.0
"""Seconds that work under way gets to end after a stop; it is safe to cut at any moment."""


@dataclass(kw_only=True)
class Daemon:
    """Runs until ``stop`` is called or a signal comes."""

    store: Store
    poller: Poller
    digester: Digester
    keep: timedelta
    limits: Mapping[str, timedelta] = field(default_factory=dict)
    alerter: Alerter | None = None
    collector: Collector | None = None
    vitals: Vitals = field(default_factory=Vitals)
    status: StatusServer | None = None
    pinger: Pinger | None = None
    receiver: Listener | None = None
    clock: Clock = wall_clock
    _settling: Settling = field(default_factory=Settling)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _polling: set[str] = field(default_factory=set)
    _working: set[str] = field(default_factory=set)
    _is_untidy: bool = False
    _hearts: set[asyncio.Task[None]] = field(default_factory=set)
    _scheduler: AsyncIOScheduler = field(
        default_factory=lambda: AsyncIOScheduler(
            timezone="UTC",
            # 2: a poll that plans its next one for this very moment has not quite ended itself.
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
        )
    )

    async def run(self) -> None:
        """Hold the database's daemon lock and work. Raises ``StoreError(already_running)``."""
        with self.store.hold("daemon") as held:
            if not held:
                raise StoreError(
                    StoreCode.ALREADY_RUNNING,
                    "another `ecoute run` works on this database",
                    "stop that one first; `ecoute sources` shows what it does",
                )
            with self.status or nullcontext():
                not_ours = asyncio.all_tasks()
                self._listen_to_signals()
                if self.receiver is not None:
                    self.receiver.tell(self._note_pushes)
                async with self.receiver or nullcontext():
                    self._start()
                    tell_supervisor(READY)
                    await self._stopping.wait()
                    tell_supervisor(STOPPING)
                await self._end(not_ours)

    def stop(self) -> None:
        """Ask it to end."""
        self._stopping.set()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self.stop)

    def _start(self) -> None:
        self._scheduler.start()
        for work, every in (
            (self._plan_polls, HEARTBEAT),
            (self._close_digests, HEARTBEAT),
            (self._deliver, HEARTBEAT),
            (self._alert, HEARTBEAT),
            (self._retain, RETENTION),
            (self._tidy, HEARTBEAT),
            *([(self._collect, self.collector.every)] if self.collector else []),
            *([(self._ping, self.pinger.every)] if self.pinger else []),
        ):
            self._hearts.add(asyncio.create_task(self._beat(work, every)))
        log.info("daemon started", sources=len(self.poller.watched))

    async def _beat(self, work: Callable[[], Awaitable[None]], every: timedelta) -> None:
        """Have a work done now and every so often, left out while it is still under way."""
        name = work.__name__
        while True:
            if name not in self._working:
                self._scheduler.add_job(self._do, id=name, args=[name, work], replace_existing=True)
            await asyncio.sleep(every.total_seconds())

    async def _do(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._working.add(name)
        try:
            await work()
            self.vitals.note(name.strip("_"), None)
        except Exception as surprise:
            # A fault of ours costs this beat of this work: the next tries again, and /healthz is
            # red until one goes well.
            self.vitals.note(name.strip("_"), surprise)
            log.exception("a work failed in a way we did not foresee; trying again", work=name)
        finally:
            self._working.discard(name)

    async def _end(self, not_ours: set[asyncio.Task[object]]) -> None:
        self._scheduler.shutdown(wait=False)
        under_way = asyncio.all_tasks() - not_ours
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way, timeout=STOP_WITHIN)
        log.info("daemon stopped")

    async def _plan_polls(self) -> None:
        """Plan each source's next poll by what the store says, and wake up to the wall clock."""
        try:
            states = await asyncio.to_thread(self.store.source_states)
        except StoreError as trouble:
            self._alive("plan", trouble)
            log.error("cannot read our own store; trying again", error=str(trouble))
            return
        self._alive("plan", None)
        at = self.clock()
        for state in states:
            watched = self.poller.watched.get(state.id)
            is_asked = watched is not None and watched.source.is_polled
            due = due_at(state, watched.every, at) if watched and is_asked else None
            if due is not None and state.id not in self._polling:
                self._plan(state.id, due)
        self._scheduler.wakeup()

    def _alive(self, work: str, trouble: EcouteError | None) -> None:
        """Note a heartbeat; systemd hears of it. A restart would mend no trouble of the store."""
        self.vitals.note(work, trouble)
        self.vitals.beat()
        tell_supervisor(ALIVE)

    def _plan(self, source_id: str, at: datetime) -> None:
        self._scheduler.add_job(
            self._poll,
            "date",
            id=source_id,
            run_date=at if at > self.clock() else None,  # None: now
            args=[source_id],
            replace_existing=True,
        )

    async def _poll(self, source_id: str) -> None:
        if source_id in self._polling:
            return
        again_at: datetime | None = self.clock() + REST
        self._polling.add(source_id)
        try:
            async with self.poller.slots:
                report = await self.poller.poll(source_id)
            if report.status is not PollStatus.SKIPPED:
                again_at = report.next_poll_at  # None: paused
                self._settling.hear()
                self.vitals.count(report)
                self.vitals.note("poll", None)
        except StoreError as trouble:
            self.vitals.note("poll", trouble)
            log.error("poll not stored; trying again", source=source_id, error=str(trouble))
        finally:
            self._polling.discard(source_id)
            self._is_untidy = True
        if again_at is not None:
            self._plan(source_id, again_at)

    def _note_pushes(self, trouble: StoreError | None) -> None:
        """Note how the storing of pushes ended: it is to alerts and to memory what a poll is."""
        self.vitals.note("pushes", trouble)
        if trouble is None:
            self._settling.hear()
        self._is_untidy = True

    async def _close_digests(self) -> None:
        """Close the digests that fell due and write their reports."""
        try:
            await run_detached(self._close_and_archive)
            self.vitals.note("digest", None)
        except EcouteError as trouble:
            self.vitals.note("digest", trouble)
            log.error("digest not written; trying again", error=str(trouble))

    def _close_and_archive(self) -> None:
        self.digester.close_due()
        self.digester.archive_waiting()

    async def _deliver(self) -> None:
        """Send what waits and is due."""
        try:
            await run_detached(self.digester.deliver)
            self.vitals.note("mail", None)
        except EcouteError as trouble:
            self.vitals.note("mail", trouble)
            log.error("mail not sent; trying again", error=str(trouble))

    async def _alert(self) -> None:
        """Raise alerts once the polls under way have settled, and hourly; send those that wait."""
        if self.alerter is None:
            return
        try:
            if self._settling.is_time():
                self._settling.begin()
                await run_detached(self.alerter.raise_due)
            await run_detached(self.alerter.deliver)
            self.vitals.note("alerts", None)
        except EcouteError as trouble:
            self.vitals.note("alerts", trouble)
            self._settling.hear()
            log.error("alerts not sent; trying again", error=str(trouble))

    async def _collect(self) -> None:
        """Take in what readers answered."""
        if self.collector is None:
            return
        try:
            await run_detached(self.collector.collect)
        except EcouteError as trouble:
            log.error("replies not taken in; trying again", error=str(trouble))

    async def _ping(self) -> None:
        """Give a sign of life, while all is well with us."""
        if self.pinger is not None and not self.vitals.ailments:
            await self.pinger()

    async def _tidy(self) -> None:
        """Give memory back once the polls under way have ended."""
        if self._is_untidy and not self._polling:
            self._is_untidy = False
            await asyncio.to_thread(give_back)

    async def _retain(self) -> None:
        """Erase texts kept long enough."""
        try:
            erased = await asyncio.to_thread(
                self.store.expire, self.clock(), self.keep, self.limits
            )
        except StoreError as trouble:
            log.error("old texts not erased; trying again", error=str(trouble))
        else:
            if erased:
                log.info("old texts erased", mentions=erased)


async def run_detached(work: Callable[[], object]) -> None:
    """Run work in a thread that does not hold up our end: a mail server may be slow to answer."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if not done.done():
            done.set_exception(error) if error else done.set_result(None)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:  # noqa: BLE001 - handed over whole to the waiting task
            error = raised
        with suppress(RuntimeError):  # the loop may have ended meanwhile
            loop.call_soon_threadsafe(finish, error)

    threading.Thread(target=run, daemon=True, name="digests").start()
    await done
