"""OAuth 2.0 access tokens from a refresh token (RFC 6749 §6); they stay in memory.

An owner allows the app once, in a browser; what is written in ``sources.yaml`` is the refresh token
of that, with the app's identifier and secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from pydantic import SecretStr

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Health, Json
from monitor.sources.entry_parts import count_of
from monitor.sources.json_fields import record_of, text_at

_LONGEST_S = 86_400
_AHEAD = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Grant:
    """What an owner has allowed; ``token_url`` is where it is changed for access tokens.

    ``further`` and ``headers`` are what an endpoint wants beside, or otherwise: another
    ``grant_type``, the app's secret as HTTP Basic.
    """

    token_url: str
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    further: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    _token: str | None = field(default=None, repr=False)
    _ends_at: datetime | None = None

    async def get_json(
        self,
        session: Session,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Ask an API, once more with a new token when an old one is refused.

        Raises ``FetchError`` and ``Malformed(api)``; a refresh token that is no longer taken is
        ``auth`` with the health ``token_expired``.
        """
        if (token := self._kept(session.now)) is not None:
            try:
                return await self._ask(session, url, params, headers, token)
            except FetchError as error:
                if error.http_status != HTTPStatus.UNAUTHORIZED:
                    raise
        return await self._ask(session, url, params, headers, await self.take(session))

    async def token(self, session: Session) -> str:
        """Return the access token that is still good, or take a new one."""
        return self._kept(session.now) or await self.take(session)

    async def take(self, session: Session) -> str:
        """Take a new access token."""
        self._token = None
        form = {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret.get_secret_value(),
            "refresh_token": self.refresh_token.get_secret_value(),
            **self.further,
        }
        # Microsoft refuses one of an app that has none, even empty.
        form = {name: value for name, value in form.items() if value}
        try:
            answer, _ = await session.post_json(self.token_url, form=form, headers=self.headers)
        except FetchError as error:
            raise _told(error) from error
        told = record_of(answer, "the answer")
        if isinstance(told.get("error"), str):
            raise _refused(str(told["error"]))
        self._token = text_at(told, "access_token")
        lifetime_s = min(count_of(told.get("expires_in")) or 0, _LONGEST_S)
        self._ends_at = session.now + timedelta(seconds=lifetime_s) - _AHEAD
        return self._token

    def _kept(self, now: datetime) -> str | None:
        return self._token if self._ends_at is not None and now < self._ends_at else None

    async def _ask(
        self,
        session: Session,
        url: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str] | None,
        token: str,
    ) -> Json:
        answer, _ = await session.get_json(
            url, params=params, headers={**(headers or {}), "Authorization": f"Bearer {token}"}
        )
        return answer


def _told(error: FetchError) -> FetchError:
    """Return what a refusal of the token endpoint means (RFC 6749 §5.2: 400 or 401, JSON)."""
    if error.http_status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
        return error
    try:
        told = json.loads(error.body)
    except ValueError:
        return error
    name = told.get("error") if isinstance(told, dict) else None
    return _refused(name) if isinstance(name, str) else error


def _refused(name: str) -> FetchError:
    health = Health.TOKEN_EXPIRED if name == "invalid_grant" else Health.NEEDS_TOKEN
    known = name if name.replace("_", "").isalnum() else "refused"
    return FetchError(Code.AUTH, f"the token endpoint says {known}", health=health, missing=known)
