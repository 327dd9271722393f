"""How far a search is read, as the cursor keeps it, and how what was read is known again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.model import Cursor, Entry, Json
from monitor.sources.entry_parts import hash_of, instant_of
from monitor.sources.json_fields import part_at
from monitor.sources.search_turns import Found, Search

MOST_KNOWN = 300
"""Entries of one search that are known again, the newest: more than one page holds."""

_HALF = 8  # signs of a hash: 32 bits for the identifier, as many for what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A reading under way: how far back, the page that is next, how many were read, the newest."""

    after: datetime
    following: Json = None
    pages: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one search is read.

    All up to ``newest`` is stored, ``walk`` is the reading that was cut, and ``known`` tells when
    what was read lately was published (seconds since 1970), by its mark.
    """

    newest: datetime | None = None
    walk: Walk | None = None
    known: Mapping[str, int] = field(default_factory=dict)

    def knows(self, entry: Entry, search: Search) -> bool:
        """Tell whether an entry was read before, just as it is now."""
        at = entry.published_at
        is_older = at is not None and self.newest is not None and at < self.newest
        return (search.by_date and is_older) or mark_of(entry) in self.known

    def after(
        self, search: Search, found: Found, walk: Walk, *, now: datetime, ends: bool
    ) -> Progress:
        """Return the progress after a page; at the end of its walk all up to the newest is read."""
        # A date in the future would hide what comes before it.
        newest = latest(walk.newest, *(min(at, now) for at in _dates_of(found.entries)))
        whole = latest(self.newest, newest) if ends else self.newest
        since = (whole or newest) if search.by_date else None
        known = with_known(self.known, found.entries, now, since=since)
        if ends:
            return Progress(newest=whole or (walk.after if known else None), known=known)
        walk = replace(walk, following=found.following, pages=walk.pages + 1, newest=newest)
        return Progress(newest=whole, walk=walk, known=known)


def mark_of(entry: Entry) -> str:
    """Return what tells an entry, as it is now, from others and from what it was."""
    counts = (entry.likes, entry.shares, entry.comments, entry.views)
    is_bare = entry.rating is None and not entry.answered
    stars = () if is_bare else (entry.rating, entry.answered)
    said = (entry.title, entry.text, entry.published_at, *counts, *stars)
    return hash_of(entry.external_id)[:_HALF] + hash_of(*map(str, said))[:_HALF]


def with_known(
    known: Mapping[str, int],
    entries: Iterable[Entry],
    now: datetime,
    *,
    since: datetime | None = None,
) -> dict[str, int]:
    """Return what is known once these are read; only what is no older than ``since``."""
    met = {mark_of(entry): seconds_of(entry.published_at or now) for entry in entries}
    ids = {mark[:_HALF] for mark in met}
    kept = {mark: at for mark, at in known.items() if mark in met or mark[:_HALF] not in ids}
    start = None if since is None else seconds_of(since)
    rows = [row for row in {**met, **kept}.items() if start is None or row[1] >= start]
    return dict(sorted(rows, key=lambda row: (row[1], row[0]))[-MOST_KNOWN:])


def _dates_of(entries: Iterable[Entry]) -> list[datetime]:
    return [e.published_at for e in entries if e.published_at is not None]


def latest(*instants: datetime | None) -> datetime | None:
    """Return the latest of those that are known."""
    return max((at for at in instants if at is not None), default=None)


def seconds_of(at: datetime) -> int:
    """Return whole seconds since 1970."""
    return int(at.timestamp())


def read_progress(cursor: Cursor) -> dict[str, Progress]:
    """Return how far each search is read, by its key."""
    rows = part_at(cursor, "searches").items()
    return {key: _progress_of(row) for key, row in rows if isinstance(row, Mapping)}


def write_progress(first: str, reached: Mapping[str, Progress]) -> Cursor:
    """Return the cursor that says so, and which search is the first of the next poll."""
    rows: dict[str, Json] = {key: _json_of(progress) for key, progress in reached.items()}
    return {"first": first, "searches": rows}


def _json_of(progress: Progress) -> Json:
    told: dict[str, Json] = {"newest": _text_of(progress.newest), "known": dict(progress.known)}
    if (walk := progress.walk) is not None:
        told["walk"] = {
            "after": walk.after.isoformat(),
            "following": walk.following,
            "pages": walk.pages,
            "newest": _text_of(walk.newest),
        }
    return told


def _text_of(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _progress_of(told: Mapping[str, Json]) -> Progress:
    walk, known = part_at(told, "walk"), part_at(told, "known")
    after, pages = instant_of(walk.get("after")), walk.get("pages")
    return Progress(
        newest=instant_of(told.get("newest")),
        known={mark: at for mark, at in known.items() if isinstance(at, int)},
        walk=None
        if after is None
        else Walk(
            after=after,
            following=walk.get("following"),
            pages=pages if isinstance(pages, int) else 0,
            newest=instant_of(walk.get("newest")),
        ),
    )
