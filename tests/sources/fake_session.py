"""A session that answers from memory, with the errors of the real one."""

from __future__ import annotations

import asyncio
import json as jsons
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.imap_account import ImapAccount
from monitor.fetching.imap_folder import Summary
from monitor.model import Business, Cursor, FetchMemory, Health, Json, Page, Response
from monitor.sources.base import Source

DATA = Path(__file__).parents[1] / "data"

BUSINESS = Business(
    name="Fleurs Bougamont",
    aliases=("Simon Bougamont", "@fleursbougamont", "#fleursbougamont"),
    exclude=("Bougamont Immobilier",),
)

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

_CODES = {401: Code.AUTH, 403: Code.AUTH, 410: Code.GONE, 429: Code.RATE_LIMITED}

Answers = Mapping[str, Response] | Callable[[str], Response]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that a source made; ``url`` with its query."""

    url: str
    headers: Mapping[str, str]
    conditional: bool


@dataclass
class FakeFolder:
    """A mail folder in memory, its mails by UID, which came on the days of ``days``.

    ``broken`` are the mails that end the conversation when asked for; ``late_after`` is after how
    many mails the time is over.
    """

    mails: dict[int, bytes]
    uid_validity: int = 7
    days: dict[int, date] = field(default_factory=dict)
    broken: dict[int, FetchError] = field(default_factory=dict)
    late_after: int = 1_000_000
    taken: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        return len(self.taken) >= self.late_after

    async def uids_after(self, last_uid: int) -> list[int]:
        return sorted(uid for uid in self.mails if uid > last_uid)

    async def uids_since(self, day: date, last_uid: int = 0) -> list[int]:
        return [
            uid for uid in await self.uids_after(last_uid) if self.days.get(uid, NOW.date()) >= day
        ]

    async def summaries(self, uids: Sequence[int], headers: str) -> list[Summary]:
        del headers
        return [
            Summary(uid=uid, size=len(mail), head=_head_of(mail))
            for uid in uids
            if (mail := self.mails.get(uid)) is not None
        ]

    async def whole(self, uid: int, most_bytes: int) -> bytes | None:
        if uid in self.broken:
            raise self.broken[uid]
        self.taken.append(uid)
        mail = self.mails.get(uid)
        return None if mail is None else mail[:most_bytes]

    async def mark_seen(self, uids: Sequence[int]) -> str | None:
        self.seen += uids
        return None


def _head_of(mail: bytes) -> bytes:
    unix = mail.replace(b"\r\n", b"\n")
    return unix.partition(b"\n\n")[0] + b"\n\n"


@dataclass
class FakeSession:
    """``answers`` by whole address, or a function of it; what is not there is a 404."""

    answers: Answers
    asked: list[Asked] = field(default_factory=list)
    posted: list[tuple[str, Any]] = field(default_factory=list)
    spent: dict[str, int] = field(default_factory=dict)
    folders: dict[str, FakeFolder] = field(default_factory=dict)
    opened: list[tuple[ImapAccount, str, bool]] = field(default_factory=list)

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        conditional: bool = True,
    ) -> Response:
        whole = f"{url}?{urlencode(params)}" if params else url
        self.asked.append(Asked(url=whole, headers=headers or {}, conditional=conditional))
        return self._answer(whole)

    async def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Json, Response]:
        response = await self.get(url, params=params, headers=headers, conditional=False)
        try:
            return jsons.loads(response.body), response
        except ValueError as error:
            raise Malformed(Code.API, "not JSON") from error

    async def post_json(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Json, Response]:
        self.posted.append((url, form if form is not None else json))
        return await self.get_json(url, headers=headers)

    @property
    def now(self) -> datetime:
        return NOW

    def spend(
        self, allowance: str, units: int, *, limit: int, renews_at: datetime, key: str = ""
    ) -> None:
        used = self.spent.get(allowance, 0) + units
        if used > limit:
            raise FetchError(
                Code.RATE_LIMITED, allowance, retry_at=renews_at, health=Health.BUDGET_SPENT
            )
        self.spent[allowance] = used

    @asynccontextmanager
    async def mailbox(
        self, account: ImapAccount, folder: str, *, read_only: bool = True
    ) -> AsyncIterator[FakeFolder]:
        """Open the folder put into ``folders`` under that name; else one with a single mail."""
        self.opened.append((account, folder, read_only))
        found = self.folders.get(folder)
        if found is None:
            body = self._answer(f"imap://{account.where}/{folder}").body
            found = FakeFolder({1: body} if body else {})
        yield found

    def read_file(self, path: Path) -> Response:
        try:
            return Response(url=path.as_uri(), status=200, headers={}, body=path.read_bytes())
        except OSError as error:
            raise FetchError(Code.CONNECT, f"cannot be read: {path.name}") from error

    @property
    def memory(self) -> FetchMemory:
        return FetchMemory()

    @property
    def requests(self) -> int:
        return len(self.asked)

    @property
    def unchanged(self) -> bool:
        return False

    @property
    def notice(self) -> str | None:
        return None

    def _answer(self, url: str) -> Response:
        if callable(self.answers):
            response = self.answers(url)
        else:
            response = self.answers.get(url, answer(b"", status=404))
        if response.status >= 400:
            code = _CODES.get(response.status, Code.HTTP_STATUS)
            raise FetchError(
                code,
                f"answered {response.status}",
                http_status=response.status,
                body=response.body,
                headers=response.headers,
            )
        return response


def answer(
    body: bytes | Json,
    *,
    url: str = "https://example.org/",
    status: int = 200,
    content_type: str | None = None,
    link: str | None = None,
    more: Mapping[str, str] | None = None,
) -> Response:
    """Make an answer; what is not bytes is sent as JSON."""
    headers = {} if content_type is None else {"content-type": content_type}
    if not isinstance(body, bytes):
        headers = {"content-type": "application/json"}
        body = jsons.dumps(body).encode()
    if link is not None:
        headers["link"] = link
    headers |= dict(more or {})
    return Response(url=url, status=status, headers=headers, body=body, not_modified=status == 304)


def read_pages(
    source: Source[Any], session: FakeSession, cursor: Cursor | None = None
) -> list[Page]:
    """Read all that a source gives from a cursor on."""

    async def read() -> list[Page]:
        return [page async for page in source.pages(session, cursor or {})]

    return asyncio.run(read())
