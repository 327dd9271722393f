"""Whose turn a web search is, how far back it asks, what it has seen: its cursor. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.model import Cursor, Entry, Json
from monitor.sources.entry_parts import instant_of
from monitor.sources.search_backends import Freshness
from monitor.sources.search_turns import Search

MOST_SEEN = 5_000
"""Addresses remembered, by digests: what was told is not told again in other words."""
_FRESH: Mapping[Freshness, timedelta] = {
    "day": timedelta(hours=20),
    "week": timedelta(days=5),
    "month": timedelta(days=25),
    "year": timedelta(days=330),
}
"""How long after the last reading each still holds all that came since."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing to ask: a search, on one site or everywhere, at one of the engine's paths."""

    search: Search
    site: str | None
    path: str

    @property
    def query(self) -> str:
        """What is asked."""
        return self.search.text if self.site is None else f"site:{self.site} {self.search.text}"

    @property
    def key(self) -> str:
        """Its name in the cursor."""
        return f"{self.search.key} {self.site or ''} {self.path}"


class Memory:
    """What a cursor holds: when each turn was last read to its end, and what was seen."""

    def __init__(self, cursor: Cursor) -> None:
        """Read a cursor; what is damaged of it is as if it had not been."""
        self._read_at = dict(_times_of(cursor.get("read_at")))
        self._seen = dict.fromkeys(_texts_of(cursor.get("seen")))

    def read_at(self, turn: Turn) -> datetime | None:
        """Return when a turn was last read to its end."""
        return self._read_at.get(turn.key)

    def note_read(self, turn: Turn, at: datetime) -> None:
        """Note that a turn was read to its end."""
        self._read_at[turn.key] = at

    def has_seen(self, entry: Entry) -> bool:
        """Tell whether an entry was met before."""
        return _digest(entry) in self._seen

    def note_seen(self, entry: Entry) -> None:
        """Note that an entry was met."""
        self._seen[_digest(entry)] = None

    def cursor(self, first: str, turns: Iterable[str]) -> Cursor:
        """Return the cursor whose next poll begins with the turn ``first``."""
        return {
            "first": first,
            "read_at": {k: self._read_at[k].isoformat() for k in turns if k in self._read_at},
            "seen": list(self._seen)[-MOST_SEEN:],
        }


def freshness_of(turn: Turn, read_at: datetime | None, now: datetime) -> Freshness:
    """Return how far back to ask: everything on one site, and at first; then what came since."""
    if turn.site is not None or read_at is None or read_at > now:
        return "any"
    return next((name for name, span in _FRESH.items() if now - read_at < span), "any")


def _digest(entry: Entry) -> str:
    return sha256(entry.external_id.encode()).hexdigest()[:12]


def _texts_of(value: Json) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def _times_of(value: Json) -> Iterable[tuple[str, datetime]]:
    for key, at in value.items() if isinstance(value, Mapping) else ():
        if isinstance(at, str) and (read := instant_of(at)) is not None:
            yield key, read
