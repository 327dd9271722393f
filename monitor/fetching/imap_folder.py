"""An open IMAP folder: what is new there, its headers, a whole mail.

Only ``BODY.PEEK`` is used, so looking marks nothing. Nothing is ever deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.errors import Code
from monitor.fetching.imap_account import ImapAccount, ImapError
from monitor.fetching.imap_connection import Connection
from monitor.fetching.imap_faults import say

HEAD_BYTES = 30_000
MOST_NEW = 5_000
"""Mails looked at in one go, the oldest first: the next look goes on."""
_BATCH = 50
# IMAP wants English months, whatever the locale (RFC 3501 §9, date-month).
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A mail as the folder tells it: ``size`` in bytes, ``head`` the headers asked for."""

    uid: int
    size: int
    head: bytes


class Folder:
    """An open folder. Every question raises ``FetchError``, and what the connection raises."""

    def __init__(self, imap: Connection, account: ImapAccount) -> None:
        self._imap = imap
        self._account = account

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
        return self._search(f"UID {last_uid + 1}:*", last_uid)

    def uids_since(self, day: date, last_uid: int = 0) -> list[int]:
        """Return the mails that came since a day, after one of them, oldest first."""
        criterion = f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year:04}"
        return self._search(criterion, last_uid)

    def summaries(self, uids: Sequence[int], headers: str) -> Iterator[Summary]:
        """Yield what the folder tells of mails, in the order of their UIDs."""
        what = f"(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({headers})]<0.{HEAD_BYTES}>)"
        for start in range(0, len(uids), _BATCH):
            batch = uids[start : start + _BATCH]
            found = {one.uid: one for one in self._fetch(",".join(map(str, batch)), what)}
            yield from (found[uid] for uid in sorted(found.keys() & set(batch)))

    def whole(self, uid: int, most_bytes: int) -> bytes | None:
        """Return a mail's bytes; ``None`` when it is gone. One above the limit is cut there."""
        what = f"(UID RFC822.SIZE BODY.PEEK[]<0.{most_bytes}>)"
        return next((one.head for one in self._fetch(str(uid), what) if one.uid == uid), None)

    def mark_seen(self, uids: Sequence[int]) -> str | None:
        """Mark mails as read; returns why that could not be done."""
        code, told = self._imap.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")
        return None if code == "OK" else say(told[-1], self._account)

    def _search(self, criterion: str, last_uid: int) -> list[int]:
        code, told = self._imap.uid("SEARCH", *criterion.split(" "))
        if code != "OK":
            raise ImapError(Code.PROTOCOL, f"refused a search ({say(told[-1], self._account)})")
        words = b" ".join(part for part in told if isinstance(part, bytes)).split()
        uids = {int(word[:12]) for word in words if word.isdigit()}
        return sorted(uid for uid in uids if uid > last_uid)[:MOST_NEW]

    def _fetch(self, uids: str, what: str) -> Iterator[Summary]:
        code, told = self._imap.uid("FETCH", uids, what)
        if code != "OK":
            raise ImapError(Code.PROTOCOL, f"gave no mail ({say(told[-1], self._account)})")
        for place, part in enumerate(told):
            if isinstance(part, tuple):
                after = told[place + 1] if place + 1 < len(told) else b""
                # What a server tells of a mail may stand before its text or after it.
                facts, head = part[0] + b" " + (after if isinstance(after, bytes) else b""), part[1]
            elif isinstance(part, bytes) and b"BODY[" in part:
                facts, head = part, b""  # NIL, or a text so short that it is no literal
            else:
                continue
            uid, size = _UID.search(facts), _SIZE.search(facts)
            if uid is not None:
                yield Summary(uid=int(uid[1]), size=int(size[1]) if size else 0, head=head)
