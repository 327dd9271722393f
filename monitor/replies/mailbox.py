"""The mailbox of replies: what is new there, and marking what was taken in.

Only ``BODY.PEEK`` is used, so looking marks nothing. Nothing is ever deleted.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from socket import socket
from typing import Protocol

from monitor.fetching.guard import connect_checked
from monitor.fetching.imap_connection import Connection
from monitor.fetching.imap_faults import say
from monitor.fetching.imap_folder import Folder, Summary
from monitor.fetching.imap_opening import quoted
from monitor.replies.session import open_session
from monitor.replies.settings import MailboxSettings

__all__ = ["Mailbox", "MailboxSettings", "Summary", "View"]

MOST_BYTES = 1_000_000
"""Of a mail that is read: a reply that quotes a whole digest, HTML and all, has about 250,000."""
_HEADERS = (
    "FROM SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES AUTO-SUBMITTED RETURN-PATH PRECEDENCE"
    " LIST-ID CONTENT-TYPE"
)


class Connect(Protocol):
    """What opens a socket to a host whose address was checked. Raises ``FetchError``."""

    def __call__(self, host: str, port: int, allow: frozenset[str], timeout_s: float) -> socket:
        """Open it; the address checked is the address connected."""
        ...


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


class View(Folder):
    """An open folder, and what is done to a reply there."""

    def __init__(self, imap: Connection, settings: MailboxSettings) -> None:
        super().__init__(imap, settings.account)
        self._imap = imap
        self._settings = settings

    def heads(self, uids: Sequence[int]) -> Iterator[Summary]:
        """Yield the headers that matter of mails, in the order of their UIDs."""
        return self.summaries(uids, _HEADERS)

    def mail(self, uid: int) -> bytes | None:
        """Return a mail's bytes; ``None`` when it is gone. It is cut above ``MOST_BYTES``."""
        return self.whole(uid, MOST_BYTES + 1)

    def mark(self, uid: int) -> str | None:
        """Mark a reply as seen, or move it, as configured; returns why that could not be done."""
        settings = self._settings
        if settings.mark_seen and (problem := self.mark_seen([uid])) is not None:
            return problem
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
        return None if code == "OK" else say(told[-1], settings.account)
