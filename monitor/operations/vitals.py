"""How the daemon's process is: whether its heart beats, what of our own fails, what it did."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.clock import now
from monitor.errors import Code, EcouteError, StoreError
from monitor.model import PollStatus, SourceReport

STALE_S = 120.0
"""Seconds without a heartbeat after which it is no longer well: a locked database may take 30."""


@dataclass(kw_only=True)
class Vitals:
    """Written by the daemon, read by any thread. ``passing`` counts seconds that nobody can set.

    A source or mail server that fails is no ailment: those are told by ``ecoute sources``, the
    digest, and their figures.
    """

    started_at: datetime = field(default_factory=now)
    passing: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _beat_at: float | None = None
    _ailments: dict[str, str] = field(default_factory=dict)
    _polls: Counter[tuple[str, str]] = field(default_factory=Counter)
    _errors: Counter[tuple[str, str]] = field(default_factory=Counter)

    def beat(self) -> None:
        """Note that the daemon went through its plan, whatever came of it."""
        with self._lock:
            self._beat_at = self.passing()

    def note(self, work: str, trouble: Exception | None) -> None:
        """Note how a work of ours ended; it ails by an unusable store, and by a fault of ours."""
        with self._lock:
            if isinstance(trouble, StoreError):
                self._ailments[work] = str(trouble.code)
            elif trouble is None or isinstance(trouble, EcouteError):
                self._ailments.pop(work, None)
            else:
                self._ailments[work] = str(Code.INTERNAL)

    def count(self, report: SourceReport) -> None:
        """Count a poll; one that was skipped is none."""
        if report.status is PollStatus.SKIPPED:
            return
        with self._lock:
            self._polls[report.id, str(report.status)] += 1
            if report.error is not None:
                self._errors[report.id, report.error.code] += 1

    @property
    def ailments(self) -> Mapping[str, str]:
        """What is wrong, by the work that it hinders, as a code; empty: it is well."""
        with self._lock:
            found = dict(self._ailments)
            if self._beat_at is None:
                found["heart"] = "starting"
            elif self.passing() - self._beat_at > STALE_S:
                found["heart"] = "stale"
            return found

    @property
    def heartbeat_age_s(self) -> float | None:
        """Seconds since the last heartbeat; ``None``: there was none yet."""
        with self._lock:
            return None if self._beat_at is None else self.passing() - self._beat_at

    @property
    def polls(self) -> Mapping[tuple[str, str], int]:
        """Polls since the start, by source and status."""
        with self._lock:
            return dict(self._polls)

    @property
    def errors(self) -> Mapping[tuple[str, str], int]:
        """Failed polls since the start, by source and error code."""
        with self._lock:
            return dict(self._errors)
