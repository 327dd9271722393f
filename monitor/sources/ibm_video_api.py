"""The requests to IBM Video Streaming; errors say what a person has to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import HttpUrl

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Health, Json
from monitor.sources.addresses import at_server, server_root
from monitor.sources.epoch import instant_at
from monitor.sources.oauth import Grant

API = "https://api.video.ibm.com"
TOKENS = "https://video.ibm.com"
CHAT_BENEFIT = "streamchat"


@dataclass(frozen=True, slots=True, kw_only=True)
class IbmVideoApi:
    """One poll's requests."""

    session: Session
    grant: Grant
    base_url: HttpUrl | None = None

    @property
    def root(self) -> str:
        """The API's server."""
        return server_root(API, self.base_url)

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Json:
        """Get an answer of the API."""
        try:
            return await self.grant.get_json(self.session, f"{self.root}{path}", params=params)
        except FetchError as error:
            raise _told_refusal(error) from error

    async def post(self, path: str, form: Mapping[str, str]) -> Json:
        """Post a form to the API."""
        token = await self.grant.token(self.session)
        try:
            answer, _ = await self.session.post_json(
                f"{self.root}{path}", form=form, headers={"Authorization": f"Bearer {token}"}
            )
        except FetchError as error:
            raise _told_refusal(error) from error
        return answer

    async def download(self, url: str) -> Json:
        """Get the file of an export; the token goes to the API's own host only."""
        if url.startswith(f"{API}/"):
            return await self.get(at_server(url, self.base_url).removeprefix(self.root))
        answer, _ = await self.session.get_json(at_server(url, self.base_url))
        return answer


def _told_refusal(error: FetchError) -> FetchError:
    """Return an error as the API means it: ``error`` itself where it is nothing of these."""
    if error.health is not None:
        return error  # the token endpoint's own word
    status = error.http_status
    if status == HTTPStatus.UNAUTHORIZED:
        return _as(error, Health.TOKEN_EXPIRED, "")
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return _as(error, Health.PERMISSION_MISSING, CHAT_BENEFIT)
    if status == HTTPStatus.FORBIDDEN:
        return _as(error, Health.PERMISSION_MISSING, "lack_of_ownership")
    if error.code is Code.RATE_LIMITED and error.retry_at is None:
        return FetchError(
            Code.RATE_LIMITED,
            error.detail,
            http_status=status,
            retry_at=instant_at(error.headers.get("x-ratelimit-reset")),
        )
    return error


def _as(error: FetchError, health: Health, missing: str) -> FetchError:
    status = error.http_status
    return FetchError(Code.AUTH, error.detail, http_status=status, health=health, missing=missing)
