"""Who gets the digests of a business, and at what rhythm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a digest falls due, on whose wall clock, and in which language it is written.

    ``schedule`` is a cron expression, or what ``schedules.cron_of`` makes one of.
    """

    schedule: str
    language: str
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Reader:
    """One who gets a business's digests."""

    address: str
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class Readership:
    """All who get a business's digests.

    ``own`` is the rhythm of the business's own digest, the one in which each mention stands once.
    Readers at that rhythm get that one; each other is told the same mentions at their own.
    """

    own: Rhythm
    readers: tuple[Reader, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Everybody who gets any."""
        return tuple(reader.address for reader in self.readers)

    @property
    def own_readers(self) -> tuple[str, ...]:
        """Those at the rhythm of the business's own digest."""
        return tuple(one.address for one in self.readers if one.rhythm == self.own)


def readership_of(usual: Rhythm, readers: Sequence[Reader]) -> Readership:
    """Return who reads, and the rhythm of the business's own digest.

    That is the usual one; where nobody wants it, that of the first reader: a digest that nobody
    gets would only be in the way of those that somebody does.
    """
    rhythms = [reader.rhythm for reader in readers]
    own = usual if usual in rhythms or not rhythms else rhythms[0]
    return Readership(own, tuple(readers))
