"""LinkedIn's versioned API, asked with a member's token; what its refusals mean.

learn.microsoft.com/linkedin, "Versioning", "Rate limiting", "Token introspection", read 2026-11;
the answers to a version that ended (426 ``NONEXISTENT_VERSION``) and to an app without the product
(``partnerApi…``) are reported by developers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from pydantic import SecretStr

from monitor.clock import next_midnight
from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.base import Session
from monitor.model import Health, Json, Standing
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import record_of
from monitor.sources.oauth import Grant

SOON = timedelta(days=14)
"""How long before its end a token is told of."""
SCOPES = "rw_organization_admin, r_organization_social"

_VERSION = "NONEXISTENT_VERSION"
_UPGRADE = 426


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedinApi:
    """Asks with a token, or with those that a grant gives. All methods raise ``FetchError``.

    ``root`` is the API's server, ``login`` that of its tokens.
    """

    root: str
    login: str
    version: str
    daily_requests: int
    token: SecretStr | None
    grant: Grant | None

    async def get(
        self, session: Session, path: str, *, headers: Mapping[str, str] | None = None
    ) -> Json:
        """Ask for a path with its query, written out: LinkedIn wants ``List(…)`` as it stands."""
        self._spend(session)
        sent = {
            "LinkedIn-Version": self.version,
            "X-Restli-Protocol-Version": "2.0.0",
            **(headers or {}),
        }
        url = f"{self.root}/rest/{path}"
        try:
            if self.grant is not None:
                return await self.grant.get_json(session, url, headers=sent)
            token = self.token.get_secret_value() if self.token else ""
            sent["Authorization"] = f"Bearer {token}"
            answer, _ = await session.get_json(url, headers=sent)
        except FetchError as error:
            raise told_refusal(error, session.now, self.version) from error
        return answer

    async def standing(
        self, session: Session, client_id: str, client_secret: SecretStr
    ) -> Standing | None:
        """Return when the token ends, where that is soon; ``None`` where not, or not told.

        Raises ``FetchError(auth)`` for a token that has ended.
        """
        if self.token is None:
            return None
        form = {
            "client_id": client_id,
            "client_secret": client_secret.get_secret_value(),
            "token": self.token.get_secret_value(),
        }
        try:
            answer, _ = await session.post_json(f"{self.login}/oauth/v2/introspectToken", form=form)
            told = record_of(answer, "the answer")
        except SourceError:
            return None  # what the API itself says of the token counts
        if told.get("active") is False:
            raise _refused(FetchError(Code.AUTH, "the token is not active"), Health.TOKEN_EXPIRED)
        return expiry(instant_at(told.get("expires_at")), session.now)

    def _spend(self, session: Session) -> None:
        midnight = next_midnight(session.now)
        limit = self.daily_requests
        session.spend("LinkedIn, requests", 1, limit=limit, renews_at=midnight, key=self._key)

    @property
    def _key(self) -> str:
        if self.grant is not None:
            return self.grant.client_id
        return self.token.get_secret_value() if self.token else ""


def expiry(ends_at: datetime | None, now: datetime) -> Standing | None:
    """Return what to tell of a token that ends then; ``None`` while there is time."""
    if ends_at is None or ends_at - now > SOON:
        return None
    return Standing(health=Health.TOKEN_EXPIRES_SOON, at=ends_at)


def told_refusal(error: FetchError, now: datetime, version: str) -> FetchError:
    """Return what a refusal means; what is none is returned as it is."""
    told = _told(error.body)
    said = f"{told.get('code')} {told.get('message')}"
    status = error.http_status
    if status == _UPGRADE or _VERSION in said or (status == 400 and "ersion" in said):  # noqa: PLR2004
        # LinkedIn ends each version after about a year: a person must name another.
        return FetchError(
            Code.HTTP_STATUS,
            error.detail,
            http_status=status,
            health=Health.GONE,
            missing=f"LinkedIn-Version {version}",
        )
    is_throttled = status == HTTPStatus.FORBIDDEN and "hrottle" in said
    if error.code is Code.RATE_LIMITED or is_throttled:
        return FetchError(
            Code.RATE_LIMITED,
            error.detail,
            http_status=status,
            retry_at=error.retry_at or next_midnight(now),
            health=Health.RATE_LIMITED,
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return _refused(error, Health.TOKEN_EXPIRED)
    if status == HTTPStatus.FORBIDDEN:
        if "partnerApi" in said:
            return _refused(error, Health.REVIEW_MISSING, "Community Management API")
        return _refused(error, Health.PERMISSION_MISSING, f"{SCOPES}; ADMINISTRATOR")
    return error


def _told(body: bytes) -> Mapping[str, Json]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _refused(error: FetchError, health: Health, missing: str = "") -> FetchError:
    return FetchError(
        Code.AUTH,
        error.detail,
        http_status=error.http_status,
        health=error.health or health,
        missing=error.missing or missing,
    )
