"""Looking into the mailbox: what is new there, its headers, a whole mail; and marking replies.

Only ``BODY.PEEK`` is used, so looking marks nothing. Nothing is ever deleted.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from socket import socket
from typing import Protocol

from monitor.errors import MailboxError
from monitor.fetching.guard import connect_checked
from monitor.replies.session import Connection, open_session, quoted, say
from monitor.replies.settings import MailboxSettings

__all__ = ["Mailbox", "MailboxSettings", "Summary", "View"]

MOST_BYTES = 1_000_000
"""Of a mail that is read: a reply that quotes a whole digest, HTML and all, has about 250,000."""
_HEAD_BYTES = 30_000
_BATCH = 50
MOST_NEW = 5_000
"""Mails looked at in one go, the oldest first: the next look goes on."""
_HEADERS = (
    "FROM SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES AUTO-SUBMITTED RETURN-PATH PRECEDENCE"
    " LIST-ID CONTENT-TYPE"
)
# imaplib wants English months, whatever the locale (RFC 3501 §9, date-month).
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Connect(Protocol):
    """What opens a socket to a host whose address was checked. Raises ``FetchError``."""

    def __call__(self, host: str, port: int, allow: frozenset[str], timeout_s: float) -> socket:
        """Open it; the address checked is the address connected."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A mail as the folder tells it: ``size`` in bytes, ``head`` the headers that matter."""

    uid: int
    size: int
    head: bytes


class Mailbox:
    """One folder of one account; ``allow_private_hosts`` may be reached although not public."""

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        ssl_context: ssl.SSLContext,
        allow_private_hosts: frozenset[str] = frozenset(),
        connect: Connect = connect_checked,
    ) -> None:
        self.settings = settings
        self._context = ssl_context
        self._open_socket = partial(
            connect, settings.host, settings.port, allow_private_hosts, settings.step_s
        )

    @contextmanager
    def look(self) -> Iterator[View]:
        """Yield the folder, open. Raises ``MailboxError``, also from within."""
        with open_session(self.settings, self._context, self._open_socket) as imap:
            yield View(imap, self.settings)

    def check(self) -> int:
        """Log in and open the folder; returns how many mails it holds. Raises ``MailboxError``."""
        with self.look() as view:
            return view.count


class View:
    """An open folder."""

    def __init__(self, imap: Connection, settings: MailboxSettings) -> None:
        self._imap = imap
        self._settings = settings

    @property
    def count(self) -> int:
        """How many mails it holds."""
        return self._imap.count

    @property
    def uid_validity(self) -> int:
        """Within which the UIDs count; another one means that they were given anew."""
        return self._imap.uid_validity

    def uids_after(self, last_uid: int) -> list[int]:
        """Return the mails that came after one, oldest first."""
        # "n:*" gives at least the last mail, even one before n (RFC 3501 §6.4.8).
        return [uid for uid in self._search(f"UID {last_uid + 1}:*") if uid > last_uid]

    def uids_since(self, day: date) -> list[int]:
        """Return the mails that came since a day, oldest first."""
        return self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year:04}")

    def summaries(self, uids: Sequence[int]) -> Iterator[Summary]:
        """Yield what the folder tells of mails, in the order of their UIDs."""
        what = f"(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({_HEADERS})]<0.{_HEAD_BYTES}>)"
        for start in range(0, len(uids), _BATCH):
            batch = uids[start : start + _BATCH]
            found = self._fetch(",".join(map(str, batch)), what)
            yield from sorted(found, key=lambda summary: summary.uid)

    def whole(self, uid: int) -> bytes | None:
        """Return a mail's bytes; ``None`` when it is gone. It is cut above ``MOST_BYTES``."""
        found = list(self._fetch(str(uid), f"(UID RFC822.SIZE BODY.PEEK[]<0.{MOST_BYTES + 1}>)"))
        return next((summary.head for summary in found if summary.uid == uid), None)

    def mark(self, uid: int) -> str | None:
        """Mark a reply as seen, or move it, as configured; returns why that could not be done."""
        settings = self._settings
        if settings.mark_seen:
            code, told = self._imap.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
            if code != "OK":
                return say(told[-1], settings)
        if settings.move_to is None:
            return None
        # Without MOVE a mail could only be copied and then deleted, and nothing is deleted here.
        if "MOVE" not in self._imap.capabilities:
            return f"{settings.where} cannot move mails"
        folder = quoted(settings.move_to)
        code, told = self._imap.uid("MOVE", str(uid), folder)
        if code != "OK":
            self._imap.create(folder)
            code, told = self._imap.uid("MOVE", str(uid), folder)
        return None if code == "OK" else say(told[-1], settings)

    def _search(self, criterion: str) -> list[int]:
        code, told = self._imap.uid("SEARCH", *criterion.split(" "))
        if code != "OK":
            raise MailboxError(f"{self._settings.where}: {say(told[-1], self._settings)}")
        words = b" ".join(part for part in told if isinstance(part, bytes)).split()
        return sorted({int(word) for word in words if word.isdigit()})[:MOST_NEW]

    def _fetch(self, uids: str, what: str) -> Iterator[Summary]:
        code, told = self._imap.uid("FETCH", uids, what)
        if code != "OK":
            raise MailboxError(f"{self._settings.where}: {say(told[-1], self._settings)}")
        for place, part in enumerate(told):
            if not isinstance(part, tuple):
                continue
            after = told[place + 1] if place + 1 < len(told) else b""
            # What a server tells of a mail may stand before its text or after it.
            facts = part[0] + b" " + (after if isinstance(after, bytes) else b"")
            uid, size = (
                re.search(rb"\b%s (\d+)" % name, facts) for name in (b"UID", b"RFC822.SIZE")
            )
            if uid is not None:
                yield Summary(uid=int(uid[1]), size=int(size[1]) if size else 0, head=part[1])
