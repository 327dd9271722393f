"""How far a folder was read: within which numbering, up to which mail, where it got stuck. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.clock import format_instant
from monitor.fetching.base import MailFolder
from monitor.model import Cursor, Json
from monitor.sources.entry_parts import count_of, instant_of

_MARGIN = timedelta(days=1)
"""A folder's days are its server's own (RFC 3501 §6.4.4: dates without zone)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a folder, as the cursor keeps it.

    ``day`` is set while a folder is read for the first time, or anew because its server numbered
    the mails anew: only mails that came since then count. ``stuck_at`` is the mail at which the
    last ``failures`` polls ended.
    """

    validity: int | None = None
    last_uid: int = 0
    day: date | None = None
    read_at: datetime | None = None
    stuck_at: int = 0
    failures: int = 0

    @classmethod
    def of(cls, cursor: Cursor) -> Place:
        """Return the place that a cursor tells; what cannot be read is as if never read."""
        return cls(
            validity=count_of(cursor.get("validity")),
            last_uid=count_of(cursor.get("uid")) or 0,
            day=_day(cursor.get("day")),
            read_at=instant_of(cursor.get("read_at")),
            stuck_at=count_of(cursor.get("stuck_at")) or 0,
            failures=count_of(cursor.get("failures")) or 0,
        )

    @property
    def cursor(self) -> Cursor:
        """The place as a cursor."""
        told: Mapping[str, Json] = {
            "validity": self.validity,
            "uid": self.last_uid,
            "day": self.day.isoformat() if self.day else None,
            "read_at": format_instant(self.read_at) if self.read_at else None,
            "stuck_at": self.stuck_at,
            "failures": self.failures,
        }
        return {name: value for name, value in told.items() if value is not None and value != ""}

    def within(self, validity: int, first_day: date, now: datetime) -> Place:
        """Return the place under a folder's numbering: the same, or its start, by day.

        Mails known already are met again there, and known by their Message-ID. A folder that was
        not read for long is read anew from where it was last read.
        """
        if self.validity == validity:
            return replace(self, read_at=now)
        days = [first_day] + ([(self.read_at - _MARGIN).date()] if self.read_at else [])
        return Place(validity=validity, day=min(days), read_at=now)

    async def uids_in(self, folder: MailFolder) -> list[int]:
        """Return the mails beyond the place."""
        if self.day is None:
            return await folder.uids_after(self.last_uid)
        return await folder.uids_since(self.day, self.last_uid)

    def up_to(self, uid: int) -> Place:
        """Return the place after a mail."""
        return replace(self, last_uid=max(uid, self.last_uid), stuck_at=0, failures=0)

    def at_end(self) -> Place:
        """Return the place as that of the last mail that there is: the first reading is over."""
        return replace(self, day=None)

    def failed_at(self, uid: int, last_uid: int) -> Place:
        """Return the place before a mail at which reading ended."""
        failures = self.failures + 1 if self.stuck_at == uid else 1
        return replace(self.up_to(last_uid), stuck_at=uid, failures=failures)

    def failures_at(self, uid: int) -> int:
        """Return how many polls ended at a mail."""
        return self.failures if self.stuck_at == uid else 0


def _day(told: Json) -> date | None:
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
