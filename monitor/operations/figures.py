"""The figures of a running daemon: of its process, its sources, its mentions and its outbox.

No text, author or address is among them; names of businesses and ids of sources are.
"""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor import __version__
from monitor.errors import StoreError
from monitor.model import MentionQuery, SourceState
from monitor.operations.prometheus import Metric, Sample
from monitor.operations.vitals import Vitals
from monitor.store.base import Store

_KEEP_COUNTS = timedelta(minutes=1)
"""How long counts of mentions are given again: a large database takes its time to count them."""
_STATUSES = ("ok", "not_modified", "failed")


@dataclass(kw_only=True)
class Figures:
    """Gathers them when asked; ``database`` is the file whose size is told."""

    vitals: Vitals
    store: Store
    businesses: tuple[str, ...]
    database: Path
    passing: Callable[[], float] = time.monotonic
    _counts: tuple[float, Mapping[str, int]] | None = field(default=None, repr=False)

    def __call__(self) -> list[Metric]:
        """Return all that can be had: a store that is unusable is told by a figure of its own."""
        found = [*self._of_process(), *self._of_vitals()]
        usable = True
        try:
            states = self.store.source_states()
            found += [*_of_sources(states), *self._of_polls(states)]
            found += [*self._of_mentions(), *self._of_digests(), *self._of_outbox()]
        except StoreError:
            usable = False
        return [
            *found,
            _one("ecoute_store_usable", "1 if the database could be read just now.", usable),
        ]

    def _of_process(self) -> Iterator[Metric]:
        labels = {"version": __version__, "python": platform.python_version()}
        told = "Which version this is; always 1."
        yield Metric("ecoute_build_info", "gauge", told, (Sample(1, labels),))
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu = usage.ru_utime + usage.ru_stime
        told = "Seconds of processor time used."
        yield Metric("process_cpu_seconds_total", "counter", told, (Sample(cpu),))
        started = self.vitals.started_at.timestamp()
        yield _one("process_start_time_seconds", "When it started.", started)
        with suppress(OSError):  # Linux's
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            size = pages * os.sysconf("SC_PAGE_SIZE")
            yield _one("process_resident_memory_bytes", "Memory held.", size)
        with suppress(OSError):
            files = (self.database, self.database.with_name(f"{self.database.name}-wal"))
            size = sum(file.stat().st_size for file in files if file.exists())
            yield _one("ecoute_database_bytes", "Size of the database, with its log.", size)

    def _of_vitals(self) -> Iterator[Metric]:
        ailments = self.vitals.ailments
        yield _one("ecoute_healthy", "1 if /healthz says so.", not ailments)
        age = self.vitals.heartbeat_age_s
        if age is not None:
            yield _one("ecoute_heartbeat_age_seconds", "Since the daemon's last heartbeat.", age)
        errors = (
            Sample(count, {"source": source, "code": code})
            for (source, code), count in sorted(self.vitals.errors.items())
        )
        told = "Failed polls since the start, by error code."
        yield Metric("ecoute_poll_errors_total", "counter", told, tuple(errors))

    def _of_polls(self, states: list[SourceState]) -> Iterator[Metric]:
        polls = self.vitals.polls
        samples = (
            Sample(polls.get((state.id, status), 0), {"source": state.id, "status": status})
            for state in states
            for status in _STATUSES
        )
        told = "Polls since the start, by how they ended."
        yield Metric("ecoute_polls_total", "counter", told, tuple(samples))

    def _of_mentions(self) -> Iterator[Metric]:
        at = self.passing()
        if self._counts is None or at - self._counts[0] > _KEEP_COUNTS.total_seconds():
            counted = self.store.count(MentionQuery(), "business")
            self._counts = (at, {count.key: count.total for count in counted})
        counts = self._counts[1]
        samples = (Sample(counts.get(name, 0), {"business": name}) for name in self.businesses)
        told = "Mentions stored."
        yield Metric("ecoute_mentions_total", "counter", told, tuple(samples))

    def _of_digests(self) -> Iterator[Metric]:
        until = {name: self.store.digested_until(name) for name in self.businesses}
        samples = _dated(until, "business")
        told = "Where the period of the last digest ends."
        yield Metric("ecoute_digest_until_timestamp_seconds", "gauge", told, samples)

    def _of_outbox(self) -> Iterator[Metric]:
        kinds = self.store.waiting()
        pending = (Sample(waiting.copies, {"kind": kind}) for kind, waiting in kinds.items())
        told = "Copies of digests and alerts that wait for a server to take them."
        yield Metric("ecoute_outbox_pending", "gauge", told, tuple(pending))
        oldest = _dated({kind: waiting.since for kind, waiting in kinds.items()}, "kind")
        told = "Since when the oldest of them waits."
        yield Metric("ecoute_outbox_oldest_timestamp_seconds", "gauge", told, oldest)


def _of_sources(states: list[SourceState]) -> Iterator[Metric]:
    gauge = partial(_by_source, states)
    yield gauge("failures", "Failures in a row.", lambda state: state.failures)
    yield gauge("paused", "1 if it is asked no more.", lambda state: state.paused)
    last, coming = "last_success_timestamp_seconds", "next_poll_timestamp_seconds"
    yield gauge(last, "When it was last read.", lambda state: _seconds(state.last_ok_at))
    yield gauge(coming, "When it is asked next.", lambda state: _seconds(state.next_poll_at))


def _by_source(
    states: list[SourceState], name: str, told: str, value: Callable[[SourceState], float | None]
) -> Metric:
    values = ((state.id, value(state)) for state in states)
    samples = (Sample(found, {"source": name}) for name, found in values if found is not None)
    return Metric(f"ecoute_source_{name}", "gauge", told, tuple(samples))


def _dated(moments: Mapping[str, datetime | None], label: str) -> tuple[Sample, ...]:
    return tuple(Sample(at.timestamp(), {label: name}) for name, at in moments.items() if at)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _one(name: str, told: str, value: float) -> Metric:
    return Metric(name, "gauge", told, (Sample(value),))
