"""Searches whose answers come newest first, read back to what is stored. No request here.

Beside ``searches.walk`` it knows again what it has read lately: each poll looks a day or more
further back than what is stored, for posts that were indexed late, were edited or were answered,
and yields only what is new or changed there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from monitor.clock import format_instant, parse_instant
from monitor.errors import SourceError
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.entry_parts import hash_of
from monitor.sources.searches import Search, in_turn

OVERLAP = timedelta(days=1)
"""How far back of the newest entry each poll looks again, when a type does not say."""
FIRST_REACH = timedelta(days=30)
"""How far back a first poll goes."""
MOST_KNOWN = 200
"""Entries of one search that are known again; what is beyond is stored again as a duplicate."""

_DIGEST = 12  # signs of a hash: 48 bits, for at most 200 entries
# What servers answer to a page that is no longer there.
_LOST_PAGE = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One answer.

    ``reached`` is the instant of its last row, kept or not; ``rest`` is what asks for the page
    after it, ``None`` when there is none.
    """

    entries: tuple[Entry, ...] = ()
    reached: datetime | None = None
    rest: Json = None
    problem: str | None = None


Ask = Callable[[Search, Json, datetime], Awaitable[Batch]]
"""Asks for one page: the search, what ``Batch.rest`` said (``None`` at first), how far back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """How far one search is read.

    All up to ``since`` is stored. ``top`` is the newest of the walk under way and ``rest`` its next
    page; ``known`` tells when what was read lately was published (seconds since 1970), by digest.
    """

    since: datetime | None = None
    top: datetime | None = None
    rest: Json = None
    known: Mapping[str, int] = field(default_factory=dict)


async def walk_back(
    searches: Sequence[Search],
    cursor: Cursor,
    ask: Ask,
    *,
    now: datetime,
    max_pages: int,
    reach: timedelta = FIRST_REACH,
    overlap: timedelta = OVERLAP,
) -> AsyncGenerator[Page, None]:
    """Yield each search's new entries, from the search that the last poll did not come to.

    A walk cut by ``max_pages`` (of one search) or by an error goes on where it stopped at the next
    poll; ``since`` moves at its end only. A search that fails is passed over for the next poll's
    start, so that it starves no other.

    Known limit: a first page of nothing new ends a walk, though a late entry may stand on the next.
    """
    trails = _read_trails(cursor)
    ordered = in_turn(searches, cursor)
    yielded = 0
    for search, following in zip(ordered, [*ordered[1:], *ordered[:1]], strict=True):
        trail = trails.get(search.key, Trail())
        floor = now - reach if trail.since is None else trail.since - overlap
        for number in range(max_pages):
            try:
                batch = await ask(search, trail.rest, floor)
            except SourceError as error:
                if number == 0 and trail.rest is not None and error.http_status in _LOST_PAGE:
                    trail = replace(trail, top=None, rest=None)
                    continue
                # A last page that is allowed would hide the error: polling stops there.
                if len(ordered) > 1 and yielded + 1 < max_pages:
                    yield Page(entries=(), cursor=_cursor(following, trails))
                raise
            fresh = tuple(e for e in batch.entries if _digest(e) not in trail.known)
            if trail.since is not None and trail.rest is None and batch.entries and not fresh:
                batch = replace(batch, rest=None)
            before, trail = trail, _advance(trail, batch, floor, now, overlap)
            if fresh or batch.problem or trail != before:
                trails[search.key] = trail
                yielded += 1
                yield Page(entries=fresh, cursor=_cursor(following, trails), problem=batch.problem)
            if trail.rest is None:
                break


async def walk_history(
    searches: Sequence[Search], cursor: Cursor, ask: Ask, *, now: datetime, since: datetime
) -> AsyncGenerator[Page, None]:
    """Yield all of each search since an instant, from the page after which an earlier walk was cut.

    Each page is given once; a search is left when it ends, reaches ``since`` or goes round.
    """
    trails = _read_trails(cursor)
    for search in searches:
        trail = trails.get(search.key, Trail())
        while trail.since is None:
            batch = await ask(search, trail.rest, since)
            ended = batch.rest is None or batch.rest == trail.rest
            ended = ended or (batch.reached is not None and batch.reached < since)
            trail = Trail(since=now) if ended else Trail(rest=batch.rest)
            trails[search.key] = trail
            asked = (e for e in batch.entries if e.published_at is None or e.published_at >= since)
            yield Page(entries=tuple(asked), cursor=_cursor(search, trails), problem=batch.problem)


def _advance(
    trail: Trail, batch: Batch, floor: datetime, now: datetime, overlap: timedelta
) -> Trail:
    """Return the trail after a page; at the end of its walk all up to the newest is stored."""
    instants = [min(e.published_at, now) for e in batch.entries if e.published_at is not None]
    top = max((at for at in (trail.top, *instants) if at is not None), default=None)
    known = {**trail.known, **{_digest(e): _seconds(e.published_at or now) for e in batch.entries}}
    has_more = batch.rest is not None and batch.rest != trail.rest
    if has_more and (batch.reached is None or batch.reached >= floor):
        known = _latest(known, trail.since or top, overlap)
        return replace(trail, top=top, rest=batch.rest, known=known)
    since = max((at for at in (trail.since, top) if at is not None), default=None)
    return Trail(since=since, known=_latest(known, since, overlap))


def _latest(known: Mapping[str, int], since: datetime | None, overlap: timedelta) -> dict[str, int]:
    start = 0 if since is None else _seconds(since - overlap)
    rows = sorted(known.items(), key=lambda row: row[1])[-MOST_KNOWN:]
    return {digest: at for digest, at in rows if at >= start}


def _digest(entry: Entry) -> str:
    """Return what tells an entry, as it is now, from others; views change too often to count."""
    counts = (entry.likes, entry.shares, entry.comments)
    return hash_of(entry.external_id, entry.title or "", entry.text, *map(str, counts))[:_DIGEST]


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _cursor(following: Search, trails: Mapping[str, Trail]) -> Cursor:
    return {
        "first": following.key,
        "trails": {key: _write_trail(trail) for key, trail in trails.items()},
    }


def _write_trail(trail: Trail) -> dict[str, Json]:
    return {
        "since": None if trail.since is None else format_instant(trail.since),
        "top": None if trail.top is None else format_instant(trail.top),
        "rest": trail.rest,
        "known": dict(trail.known),
    }


def _read_trails(cursor: Cursor) -> dict[str, Trail]:
    rows = cursor.get("trails")
    return {
        key: _read_trail(row)
        for key, row in (rows.items() if isinstance(rows, Mapping) else ())
        if isinstance(row, Mapping)
    }


def _read_trail(row: Mapping[str, Json]) -> Trail:
    known = row.get("known")
    rows = known.items() if isinstance(known, Mapping) else ()
    return Trail(
        since=_read_instant(row.get("since")),
        top=_read_instant(row.get("top")),
        rest=row.get("rest"),
        known={digest: at for digest, at in rows if isinstance(at, int)},
    )


def _read_instant(value: Json) -> datetime | None:
    return parse_instant(value).astimezone(UTC) if isinstance(value, str) else None
