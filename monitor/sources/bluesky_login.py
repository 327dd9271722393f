"""One account's session with Bluesky: tokens are in memory only, and renewed when they expire.

bluesky-social/atproto lexicons/com/atproto/server/{create,refresh}Session.json, as of 2026-08.
Logging in is rationed: 300 a day and account (bsky-docs, rate-limits.md); renewing is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from pydantic import HttpUrl, SecretStr

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.fetching.json_answers import read_json
from monitor.model import Json
from monitor.sources.addresses import server_root, web_url
from monitor.sources.json_fields import list_at, part_at, record_of, text_at

ENTRY = "https://bsky.social"
LOGINS_A_DAY = 300
_STALE = frozenset(("ExpiredToken", "InvalidToken"))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Tokens:
    """What a login gave, and the server that holds the account."""

    server: str
    access: str
    refresh: str


class Login:
    """Asks as one account, logging in when that is needed and not before."""

    def __init__(self, identifier: str, password: SecretStr, base_url: HttpUrl | None) -> None:
        """Take an account's handle and app password; ``base_url`` stands for every server."""
        self._identifier = identifier.removeprefix("@")  # as people write it; servers refuse it
        self._password = password
        self._base_url = base_url
        self._tokens: Tokens | None = None

    @property
    def entry(self) -> str:
        """The server where one logs in."""
        return server_root(ENTRY, self._base_url)

    async def get(self, session: Session, method: str, query: str) -> Json:
        """Ask a method as the account. Raises ``FetchError`` and ``Malformed(api)``."""
        tokens = self._tokens or await self._open(session)
        try:
            return await _ask(session, tokens, method, query)
        except FetchError as error:
            if _name_of(error) not in _STALE:
                raise
        renewed = await self._renew(session, tokens)
        try:
            return await _ask(session, renewed, method, query)
        except FetchError as error:
            if _name_of(error) not in _STALE:
                raise
            raise FetchError(Code.AUTH, "new tokens are refused too") from None

    async def _open(self, session: Session) -> Tokens:
        tomorrow = datetime.combine(session.now.date() + timedelta(days=1), time(), UTC)
        allowance = f"bluesky logins of {self._identifier}"
        session.spend(allowance, 1, limit=LOGINS_A_DAY, renews_at=tomorrow)
        answer, _ = await session.post_json(
            f"{self.entry}/xrpc/com.atproto.server.createSession",
            json={"identifier": self._identifier, "password": self._password.get_secret_value()},
        )
        return self._keep(record_of(answer, "the answer"), self.entry)

    async def _renew(self, session: Session, tokens: Tokens) -> Tokens:
        """Exchange the second token for new ones; log in anew if it is refused too."""
        self._tokens = None
        try:
            answer, _ = await session.post_json(
                f"{tokens.server}/xrpc/com.atproto.server.refreshSession",
                form={},  # an empty body: this method refuses any other
                headers={"Authorization": f"Bearer {tokens.refresh}"},
            )
        except FetchError as error:
            if not _name_of(error):
                raise
            return await self._open(session)
        return self._keep(record_of(answer, "the answer"), tokens.server)

    def _keep(self, answer: Mapping[str, Json], asked: str) -> Tokens:
        server = _server_of(part_at(answer, "didDoc")) if self._base_url is None else None
        self._tokens = Tokens(
            server=server or asked,
            access=text_at(answer, "accessJwt"),
            refresh=text_at(answer, "refreshJwt"),
        )
        return self._tokens


async def _ask(session: Session, tokens: Tokens, method: str, query: str) -> Json:
    answer, _ = await session.get_json(
        f"{tokens.server}/xrpc/{method}?{query}",
        headers={"Authorization": f"Bearer {tokens.access}"},
    )
    return answer


def _server_of(did_document: Mapping[str, Json]) -> str | None:
    """Return the server that a DID document names as the account's own (PDS)."""
    for service in list_at(did_document, "service"):
        if isinstance(service, Mapping) and str(service.get("id", "")).endswith("#atproto_pds"):
            url = web_url(service.get("serviceEndpoint"))
            return None if url is None else url.rstrip("/")
    return None


def _name_of(error: FetchError) -> str:
    """Return the name that XRPC gives an error in its body; empty when it gives none."""
    try:
        body = read_json(error.body)
    except ValueError:
        return ""
    name = body.get("error") if isinstance(body, Mapping) else None
    return name if isinstance(name, str) and error.http_status in (400, 401) else ""
