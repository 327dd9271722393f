"""What a source is given to ask the outside with: one poll's view of the shared client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from monitor.fetching.imap_account import ImapAccount
from monitor.fetching.imap_folder import Summary
from monitor.model import FetchMemory, Json, Response


class MailFolder(Protocol):
    """An open mail folder; reading marks nothing. Raises ``FetchError``."""

    @property
    def uid_validity(self) -> int:
        """Within which the UIDs count; another one means that they were given anew."""
        ...

    @property
    def is_late(self) -> bool:
        """Tell whether so much of the time is gone that no more should be asked for now."""
        ...

    async def uids_after(self, last_uid: int) -> list[int]:
        """Return the mails that came after one, oldest first, some thousands at most."""
        ...

    async def uids_since(self, day: date, last_uid: int = 0) -> list[int]:
        """Return the mails that came since a day, after one of them, likewise."""
        ...

    async def summaries(self, uids: Sequence[int], headers: str) -> list[Summary]:
        """Return these headers of mails, in the order of their UIDs; those gone are left out."""
        ...

    async def whole(self, uid: int, most_bytes: int) -> bytes | None:
        """Return a mail's bytes, cut at a limit; ``None`` when it is gone."""
        ...

    async def mark_seen(self, uids: Sequence[int]) -> str | None:
        """Mark mails as read; returns why that could not be done."""
        ...


class Session(Protocol):
    """The requests of one poll of one source. Raises ``FetchError`` with a code of the contract.

    Deadline, size limit, conditional GET, pacing, redirects and host checks are its business; a
    source only says what it wants to read.
    """

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        conditional: bool = True,
    ) -> Response:
        """Get an address. ``headers`` go to that origin only, never along a redirect to another.

        With ``conditional`` the validators of the last stored answer are sent, and the answer may
        be ``not_modified``. Without, nothing of the exchange is remembered, its address neither:
        for pages after the first, and for addresses that are secrets.
        """
        ...

    async def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Json, Response]:
        """Get and read a JSON answer, unconditionally. Raises ``Malformed(api)`` if it is none."""
        ...

    async def post_json(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Json, Response]:
        """Post a form or a JSON document and read a JSON answer; never along a redirect.

        For what opens a session (a token for a password), not for anything that changes what
        people see. Raises as ``get_json`` does.
        """
        ...

    @property
    def now(self) -> datetime:
        """The instant, UTC."""
        ...

    def spend(
        self, allowance: str, units: int, *, limit: int, renews_at: datetime, key: str = ""
    ) -> None:
        """Count units of a platform's allowance before they are used.

        ``key`` is what the allowance is given to, if not to this machine: all sources that use it
        share the allowance. Only a digest of it is kept.

        Raises ``FetchError(rate_limited)`` with the health ``budget_spent``, to be tried again at
        ``renews_at``, when ``limit`` would be passed.
        """
        ...

    def mailbox(
        self, account: ImapAccount, folder: str, *, read_only: bool = True
    ) -> AbstractAsyncContextManager[MailFolder]:
        """Open a mail folder over IMAP, to be left when the block ends.

        The exchange's time limit is for all that is asked within. Raises ``FetchError``: beside
        those of any exchange ``auth`` (the health says whether a token ran out), ``empty`` (no such
        folder; ``missing`` names it) and ``rate_limited``.
        """
        ...

    def read_file(self, path: Path) -> Response:
        """Read a local file that the configuration names, as if it had been fetched.

        A file unchanged since the last poll is ``not_modified``. Raises ``FetchError``.
        """
        ...

    @property
    def memory(self) -> FetchMemory:
        """What this poll learnt, to be stored with its entries; nothing of it before that."""
        ...

    @property
    def requests(self) -> int:
        """How many answers were read."""
        ...

    @property
    def unchanged(self) -> bool:
        """Whether every answer was "not modified", and there was at least one."""
        ...

    @property
    def notice(self) -> str | None:
        """A permanent move that a person should see: ``old -> new`` (addresses without secrets)."""
        ...
