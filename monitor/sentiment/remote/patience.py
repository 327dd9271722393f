"""When a server that gave trouble is asked again, and which trouble was told already."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from monitor.clock import Clock

log = structlog.get_logger(__name__)

REST: Final = timedelta(minutes=5)
"""A server that is down costs one deadline in so long, not one for each batch of a long poll."""

_LONGEST_REST = timedelta(hours=24)
_MOST_IN_A_ROW = 8
"""Requests without a single judgement: more than one bad text of a batch of 32 can cost, halved."""
_MOST_TOLD = 20
"""Different reasons a day: a server that words each otherwise does not fill the log."""


class Patience:
    """Remembers the trouble with one server, for this process; may be shared by threads."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._rests_until: datetime | None = None
        self._in_a_row = 0
        self._told_on = date.min
        self._told: set[str] = set()

    @property
    def is_resting(self) -> bool:
        """Whether the server is to be left alone now."""
        with self._lock:
            now, until = self._clock(), self._rests_until
            # A clock set back by months must not make it a rest of months.
            return until is not None and now < until <= now + _LONGEST_REST

    def rest(self, until: datetime | None = None) -> None:
        """Leave the server alone, for five minutes unless told until when."""
        with self._lock:
            now = self._clock()
            self._rests_until = min(until or now + REST, now + _LONGEST_REST)
            self._in_a_row = 0

    def note_answer(self, *, good: bool) -> None:
        """Remember an answer; after eight bad ones in a row the server is left alone."""
        with self._lock:
            self._in_a_row = 0 if good else self._in_a_row + 1
            is_too_much = self._in_a_row >= _MOST_IN_A_ROW
        if is_too_much:
            self.rest()

    def tell(self, reason: str) -> None:
        """Log why texts go to the default scorer: each reason once a day."""
        with self._lock:
            today = self._clock().date()
            if today != self._told_on:
                self._told_on, self._told = today, set()
            if reason in self._told or len(self._told) >= _MOST_TOLD:
                return
            self._told.add(reason)
        # An error: somebody must act (start the server, mend the key, raise the allowance).
        log.error("texts left to the default scorer", scorer=self._name, reason=reason)
