"""A session that answers from memory, with the errors of the real one."""

from __future__ import annotations

import asyncio
import json as jsons
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from monitor.errors import Code, FetchError, Malformed
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
class FakeSession:
    """``answers`` by whole address, or a function of it; what is not there is a 404."""

    answers: Answers
    asked: list[Asked] = field(default_factory=list)
    posted: list[tuple[str, Any]] = field(default_factory=list)
    spent: dict[str, int] = field(default_factory=dict)

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
