"""Pinterest's API v5, asked with a token of the owner's account; what its refusals mean.

https://developers.pinterest.com, "Rate limits" and "Access tiers", read 2026-11: trial access has
1,000 requests a day, which is enough for one's own account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from pydantic import SecretStr

from monitor.clock import next_midnight
from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Health, Json
from monitor.sources.entry_parts import name_of
from monitor.sources.oauth import Grant

A_DAY = 1_000
SCOPES = "boards:read, pins:read, user_accounts:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinterestApi:
    """Asks with a token, or with those that a grant gives."""

    root: str
    token: SecretStr | None
    grant: Grant | None

    async def get(
        self, session: Session, path: str, params: Mapping[str, str | int] | None = None
    ) -> Json:
        """Ask for a path. Raises ``FetchError`` and ``Malformed(api)``."""
        token = self.token.get_secret_value() if self.token else ""
        key = self.grant.client_id if self.grant else token
        midnight = next_midnight(session.now)
        session.spend("Pinterest, requests", 1, limit=A_DAY, renews_at=midnight, key=key)
        url = f"{self.root}/v5/{path}"
        try:
            if self.grant is not None:
                return await self.grant.get_json(session, url, params=params)
            headers = {"Authorization": f"Bearer {token}"}
            answer, _ = await session.get_json(url, params=params, headers=headers)
        except FetchError as error:
            raise told_refusal(error, session.now) from error
        return answer


def told_refusal(error: FetchError, now: datetime) -> FetchError:
    """Return what a refusal means; what is none is returned as it is."""
    if error.health is not None:
        return error
    if error.code is Code.RATE_LIMITED:
        return FetchError(
            Code.RATE_LIMITED,
            error.detail,
            http_status=error.http_status,
            retry_at=error.retry_at or now + timedelta(hours=1),
            health=Health.RATE_LIMITED,
        )
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        return _refused(error, Health.TOKEN_EXPIRED, "")
    if error.http_status == HTTPStatus.FORBIDDEN:
        return _refused(error, Health.PERMISSION_MISSING, _scopes_in(error.body) or SCOPES)
    return error


def _refused(error: FetchError, health: Health, missing: str) -> FetchError:
    return FetchError(
        Code.AUTH, error.detail, http_status=error.http_status, health=health, missing=missing
    )


def _scopes_in(body: bytes) -> str:
    """Return the scopes that a refusal names."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    said = name_of(told.get("message")) if isinstance(told, dict) else None
    known = [scope for scope in SCOPES.split(", ") if scope in (said or "")]
    return ", ".join(known)
