"""Looks again at entries one by one, where a platform tells of one only by its identifier. Pure."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from monitor.errors import Code, FetchError, SourceError
from monitor.model import Entry, Page

MOST_REQUESTS = 20
"""Requests of one look: every six hours, so that the searches keep what a platform allows."""
TURN = timedelta(hours=6)
"""How often ``monitor.polling`` looks again: each time it is the turn of others."""

_START = datetime(1970, 1, 1, tzinfo=UTC)
_ENDS = (Code.RATE_LIMITED, Code.DNS, Code.CONNECT, Code.TLS, Code.TIMEOUT)

Look = Callable[[str], Awaitable[Entry | None]]
"""Reads one entry by its identifier; ``None``: it is there, and nothing else is to be told of it.

What was deleted is a ``FetchError`` with the code ``gone`` or the status 404.
"""


async def look_again(
    external_ids: Sequence[str], look: Look, *, now: datetime, most: int = MOST_REQUESTS
) -> AsyncGenerator[Page, None]:
    """Yield a page for each entry looked at, ``most`` at most; the others have their turn later.

    An entry that cannot be read costs itself only. Several of which none is left are not believed
    to be gone: the server has no such address. Raises ``FetchError`` when the platform asks to wait
    or cannot be reached.
    """
    turn = turn_of(external_ids, now, most)
    missing: list[str] = []
    for external_id in turn:
        try:
            entry = await look(external_id)
        except SourceError as error:
            if ends_looking(error):
                raise
            if is_gone(error):
                missing.append(external_id)
            else:
                yield Page(entries=(), cursor={}, problem=f"{external_id}: {error}")
            continue
        yield Page(entries=() if entry is None else (entry,), cursor={})
    if missing and (len(missing) < len(turn) or len(turn) == 1):
        yield Page(entries=(), cursor={}, removed=tuple(missing))
    elif missing:
        yield Page(entries=(), cursor={}, problem="none of the entries looked at was found")


def turn_of(external_ids: Sequence[str], now: datetime, most: int) -> Sequence[str]:
    """Return whose turn it is: of what is given newest first, the newest, and some of the rest.

    The newest change most, so that they fill half of each look; the rest goes round.
    """
    if len(external_ids) <= most:
        return external_ids
    newest, rest = external_ids[: most - most // 2], external_ids[most - most // 2 :]
    start = (now - _START) // TURN * (most // 2) % len(rest)
    return [*newest, *[*rest[start:], *rest[:start]][: most // 2]]


def ends_looking(error: SourceError) -> bool:
    """Tell whether no one entry is to blame, so that the next would meet the same."""
    return error.code in _ENDS


def is_gone(error: SourceError) -> bool:
    """Tell whether the platform has the entry no more: its own answer says so, no bare 404."""
    is_told = isinstance(error, FetchError) and error.body.lstrip()[:1] in {b"{", b"["}
    return error.code is Code.GONE or (error.http_status == HTTPStatus.NOT_FOUND and is_told)


def gone(detail: str) -> FetchError:
    """Return the error for an entry that the platform shows as deleted."""
    return FetchError(Code.GONE, detail)
