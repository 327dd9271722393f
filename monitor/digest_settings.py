"""What an owner wants of digests, and how their readers answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.readers import Reader, Readership, Rhythm, readership_of
from monitor.replies.signing import Signer
from monitor.usual.seasons import Season


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """What the owner wants of digests; ``sender`` is ``None`` where no mail is configured.

    ``language``, ``zone``, ``schedule`` and ``recipients`` are those of businesses that have no
    readership of their own. ``seasons`` are the busy days of each business's trade.
    """

    language: str
    zone: ZoneInfo
    schedule: str
    recipients: tuple[str, ...]
    sender: str | None
    items: int
    lines: int
    when_empty: bool
    reports: Path
    readerships: Mapping[str, Readership] = field(default_factory=dict)
    seasons: Mapping[str, tuple[Season, ...]] = field(default_factory=dict)

    def readership(self, business: str) -> Readership:
        """Return who gets a business's digests, once there is mail."""
        found = self.readerships.get(business)
        if found is None:
            rhythm = Rhythm(self.schedule, self.language, self.zone.key)
            found = readership_of(rhythm, [Reader(address, rhythm) for address in self.recipients])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Where readers answer to, what signs their digests, and the name of the mailbox read."""

    address: str
    signer: Signer
    mailbox: str
