"""When a source is asked again, and what is remembered of it after a poll. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.errors import Code, SourceError
from monitor.fetching.backoff import backoff_delay, jittered
from monitor.model import Health, PollError, PollStatus, SourceState
from monitor.reading import Reading

MAX_WAIT = timedelta(hours=24)
"""No source waits longer than this for its next poll, plus its own interval."""
AHEAD = timedelta(minutes=5)
"""How far a clock is set back in good order; a last poll further ahead was by a wrong one."""


def due_at(state: SourceState, every: timedelta, at: datetime) -> datetime | None:
    """Return when a source is to be asked next, ``at`` if it has waited enough; ``None``: paused.

    A last poll that is still to come, and a moment further ahead than any wait can be, are the
    traces of a clock that was wrong, and hold nothing.
    """
    if state.paused:
        return None
    if state.polled_at is not None and state.polled_at > at + AHEAD:
        return at
    horizon = at + MAX_WAIT + 2 * every
    waits = [m for m in (state.next_poll_at, state.retry_at) if m is not None and m <= horizon]
    return max(waits, default=at)


def is_due(state: SourceState, every: timedelta, at: datetime, *, force: bool = False) -> bool:
    """Tell whether a source may be asked; a pause and a Retry-After hold even with ``force``."""
    if force:
        state = replace(state, next_poll_at=None)
    due = due_at(state, every, at)
    return due is not None and due <= at


def next_state(
    state: SourceState,
    reading: Reading,
    error: PollError | None,
    *,
    every: timedelta,
    at: datetime,
    chance: float,
    takes_token: bool = True,
) -> SourceState:
    """Return what to remember of a source after a poll; ``chance`` in 0..1 is the jitter.

    A refusal (401, 403) asks for a token where the source ``takes_token``; elsewhere it is a block.
    """
    state = replace(state, polled_at=at, cursor=reading.cursor)
    if error is None:
        return replace(
            state,
            status=PollStatus.NOT_MODIFIED if reading.unchanged else PollStatus.OK,
            health=reading.standing.health if reading.standing else Health.OK,
            error=None,
            last_ok_at=at,
            next_poll_at=at + jittered(every, chance),
            retry_at=None,
            failures=0,
            memory=reading.memory,
        )
    failures = state.failures + 1
    wait = at + backoff_delay(failures, every, chance)
    paused = error.code == Code.GONE
    # A month's budget is renewed later than any wait may last: it is looked at once a day.
    again_at = min(max(wait, error.retry_at), at + MAX_WAIT) if error.retry_at else wait
    return replace(
        state,
        memory=reading.memory,
        status=PollStatus.FAILED,
        health=_health(error.code, reading.error, takes_token=takes_token),
        error=error,
        next_poll_at=None if paused else again_at,
        retry_at=error.retry_at,
        failures=failures,
        paused=paused,
    )


def _health(code: str, told: SourceError | None, *, takes_token: bool) -> Health:
    if told is not None and told.health is not None:
        return told.health
    if code == Code.AUTH and not takes_token:
        return Health.TERMS_BLOCK
    return _HEALTH.get(code, Health.OK)


_HEALTH: Mapping[str, Health] = {
    Code.AUTH: Health.NEEDS_TOKEN,
    Code.RATE_LIMITED: Health.RATE_LIMITED,
    Code.GONE: Health.GONE,
}
