"""Reading a mail folder within one poll: its turn, one deadline, a connection always closed.

The conversation blocks, so it has a thread of its own; when its time is over, or the poll is cut,
the connection is cut too, and the thread ends with it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from monitor.errors import Code, FetchError
from monitor.fetching.exchange import Deadline
from monitor.fetching.guard import CONNECT_LIMIT_S, Lookup, connect_checked
from monitor.fetching.imap_account import ImapAccount, Patience
from monitor.fetching.imap_connection import Connection
from monitor.fetching.imap_faults import translated
from monitor.fetching.imap_folder import Folder, Summary
from monitor.fetching.imap_opening import open_folder
from monitor.fetching.pacing import Pacing

_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailboxes:
    """Opens folders for sources; ``allow`` are the hosts that need not be public."""

    allow: frozenset[str]
    lookup: Lookup
    context: Callable[[], ssl.SSLContext]
    pacing: Pacing
    timeout: timedelta

    @asynccontextmanager
    async def open(
        self, account: ImapAccount, folder: str, *, read_only: bool
    ) -> AsyncIterator[PolledFolder]:
        """Yield a folder, open; see ``Session.mailbox``."""
        patience = Patience(
            step_s=self.timeout.total_seconds(), whole_s=self.timeout.total_seconds()
        )
        connect = partial(
            connect_checked,
            account.host,
            account.port,
            self.allow,
            min(CONNECT_LIMIT_S, patience.step_s),
            lookup=self.lookup,
        )
        imap = Connection(account, self.context(), connect, patience)
        async with self.pacing.turn(account.where):
            talk = PolledFolder(imap, account, patience, self.pacing)
            try:
                await talk.ask(partial(open_folder, imap, account, folder, read_only=read_only))
                yield talk
            finally:
                talk.end()


class PolledFolder:
    """A folder as a source reads it; see ``MailFolder`` in ``base.py``."""

    def __init__(
        self, imap: Connection, account: ImapAccount, patience: Patience, pacing: Pacing
    ) -> None:
        self._imap = imap
        self._account = account
        self._patience = patience
        self._pacing = pacing
        self._folder = Folder(imap, account)
        self._deadline = Deadline(patience.whole_s)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="imap")
        self._answer: Future[Any] | None = None

    @property
    def uid_validity(self) -> int:
        """Within which the UIDs count."""
        return self._folder.uid_validity

    @property
    def is_late(self) -> bool:
        """Tell whether so much time is gone that no more should be asked for."""
        return self._deadline.left < 0.5  # noqa: PLR2004 - half of it

    async def uids_after(self, last_uid: int) -> list[int]:
        """Return the mails that came after one."""
        return await self.ask(partial(self._folder.uids_after, last_uid))

    async def uids_since(self, day: date, last_uid: int = 0) -> list[int]:
        """Return the mails that came since a day, after one of them."""
        return await self.ask(partial(self._folder.uids_since, day, last_uid))

    async def summaries(self, uids: Sequence[int], headers: str) -> list[Summary]:
        """Return what the folder tells of mails."""
        return await self.ask(lambda: list(self._folder.summaries(uids, headers)))

    async def whole(self, uid: int, most_bytes: int) -> bytes | None:
        """Return a mail's bytes."""
        return await self.ask(partial(self._folder.whole, uid, most_bytes))

    async def mark_seen(self, uids: Sequence[int]) -> str | None:
        """Mark mails as read."""
        return await self.ask(partial(self._folder.mark_seen, uids))

    async def ask(self, question: Callable[[], _Told]) -> _Told:
        """Ask in the thread, within what is left of the time. Raises ``FetchError``."""

        def answer() -> _Told:
            with translated(self._imap, self._account, self._patience):
                return question()

        where = self._account.where
        future = self._answer = self._thread.submit(answer)
        try:
            async with self._deadline.running(self._pacing.patience(where)):
                return await asyncio.wrap_future(future)
        except FetchError as error:
            if error.code is Code.TIMEOUT:
                self._pacing.note_jam(where)
            raise

    def end(self) -> None:
        """Say goodbye in the thread, unless it still waits for an answer: then that is cut."""
        if self._answer is not None and not self._answer.done():
            self._imap.cut()
        self._thread.submit(self._imap.leave)
        self._thread.shutdown(wait=False)
