"""How far each search of X is read, and reading on from there: the cursor. Pure but for asking.

Numbers of posts grow with time: what has a greater one than the newest stored is new. A reading
that is cut goes on below the oldest post it came to (``until_id``): tokens of pages do not last.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import Cursor, Json
from monitor.sources.json_fields import part_at
from monitor.sources.x_posts import Posts, number_of, written_at

REACH = timedelta(days=7) - timedelta(minutes=5)
"""How far back a recent search may begin; an older ``since_id`` is refused with 400."""

_AHEAD = timedelta(hours=1)  # of our clock


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a search is read: all up to ``newest`` is stored; 0: nothing yet.

    While a reading was cut, ``until`` is the oldest post it came to and ``top`` its newest.
    """

    newest: int = 0
    until: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One answer's new posts, and the state once they are stored."""

    posts: Posts
    state: State


Ask = Callable[[Mapping[str, str | int]], Awaitable[Posts]]
"""Asks with ``since_id``, ``until_id`` and the token of a page; without what the caller adds."""


async def read_on(
    ask: Ask, state: State, *, now: datetime, most: int, token_name: str
) -> AsyncGenerator[Step, None]:
    """Yield what a search found since ``state``, newest first, ``most`` answers at most.

    A reading that was cut is finished first.
    """
    left = most
    while left > 0:
        is_rest = state.until > 0
        if is_rest and now - written_at(state.until) >= REACH:
            state, is_rest = State(newest=max(state.newest, state.top)), False
        async for step in _walk(ask, state, now=now, most=left, token_name=token_name):
            state, left = step.state, left - 1
            yield step
        if not is_rest or state.until:
            return


async def _walk(
    ask: Ask, state: State, *, now: datetime, most: int, token_name: str
) -> AsyncGenerator[Step, None]:
    bounds = bounds_of(state, now)
    token: str | None = None
    shown: set[str] = set()
    for _ in range(most):
        posts = await ask(bounds if token is None else {**bounds, token_name: token})
        fresh = tuple(post for post in posts.posts if post.number > state.newest)
        token = posts.following
        ends = token is None or token in shown or not posts.oldest or posts.oldest <= state.newest
        # A number of the future would hide all that comes before it.
        is_real = written_at(posts.newest) <= now + _AHEAD
        top = max(state.top, posts.newest if is_real else 0)
        if ends:
            state = State(newest=max(state.newest, top))
        else:
            shown.add(str(token))
            state = State(newest=state.newest, until=posts.oldest, top=top)
        yield Step(posts=replace(posts, posts=fresh), state=state)
        if ends:
            return


def bounds_of(state: State, now: datetime) -> dict[str, str | int]:
    """Return what to ask with, so that nothing is paid twice; without what X would refuse."""
    bounds: dict[str, str | int] = {}
    if state.newest and now - written_at(state.newest) < REACH:
        bounds["since_id"] = str(state.newest)
    if state.until:
        bounds["until_id"] = str(state.until)
    return bounds


def read_states(cursor: Cursor) -> dict[str, State]:
    """Return how far each search is read, by its key."""
    rows = part_at(cursor, "searches").items()
    return {key: _state_of(row) for key, row in rows if isinstance(row, Mapping)}


def write_states(states: Mapping[str, State]) -> Json:
    """Return the same for a cursor; numbers as text, for they pass 2⁵³."""
    return {
        key: {name: str(value) for name, value in _told(state).items() if value}
        for key, state in states.items()
    }


def _told(state: State) -> dict[str, int]:
    return {"newest": state.newest, "until": state.until, "top": state.top}


def _state_of(row: Mapping[str, Json]) -> State:
    newest, until, top = (number_of(row.get(name)) for name in ("newest", "until", "top"))
    return State(newest=newest, until=until, top=top)
