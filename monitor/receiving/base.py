"""The values of this room: who may push, what a push brought, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from monitor.errors import EcouteError
from monitor.model import Entry, Json
from monitor.pipeline import Origin
from monitor.sources.bounds import bounded
from monitor.sources.entry_parts import id_of

Record: TypeAlias = Mapping[str, Json]

MOST_ITEMS = 100
"""Items of one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One configured webhook: its name, the form of what it takes, what its sender must know."""

    id: str
    form: str
    secret: str = field(repr=False)
    verify_token: str | None = field(default=None, repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True)
class Pushed:
    """An entry, and the platform where it was said."""

    entry: Entry
    platform: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Which item of a request (from 0) says too little to be taken, and why, in English."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What one request brought.

    ``removed`` are identifiers that the platform has deleted. ``skipped`` counts what is no
    mention: likes, the owner's own words, events we do not know. ``repeated`` counts what stood
    twice in it. ``notice`` is what the owner should know of it, in their language.
    """

    pushed: tuple[Pushed, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: int = 0
    repeated: int = 0
    rejected: tuple[Rejection, ...] = ()
    notice: str | None = None

    @property
    def items(self) -> int:
        """How many things it told of."""
        told = len(self.pushed) + len(self.removed) + self.repeated
        return told + self.skipped + len(self.rejected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a push: of its entries ``unmatched`` concern no business, and are not kept."""

    accepted: int
    duplicates: int
    unmatched: int


class Unreadable(EcouteError):
    """A body that is not what its form should be; ``status`` is the answer to it."""

    def __init__(self, status: int, reason: str) -> None:
        """Keep both; ``reason`` is told to the sender, in English."""
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class Busy(EcouteError):
    """It was not stored in time, or too much waits to be: the sender has to try again."""


def whole(push: Push) -> Push:
    """Return a push within the bounds of every entry, each thing once: what came last stands."""
    last: dict[tuple[str, str | None, str], Pushed] = {}
    for one in push.pushed:
        entry = bounded(one.entry)
        last.pop(_key(entry, one.platform), None)
        last[_key(entry, one.platform)] = Pushed(entry, one.platform)
    return replace(
        push,
        pushed=tuple(last.values()),
        removed=tuple(dict.fromkeys(id_of(one) or one for one in push.removed)),
        repeated=push.repeated + len(push.pushed) - len(last),
    )


def _key(entry: Entry, platform: str) -> tuple[str, str | None, str]:
    return entry.external_id, entry.url, platform


def records_in(value: Json) -> Iterable[Record]:
    """Yield the objects of a list; an object alone is a list of one, other things are none."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))
