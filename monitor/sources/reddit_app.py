"""Reddit's API asked as an app that Reddit approved; its token is in memory only.

https://support.reddithelp.com, "Reddit Data API Wiki", as of 2026-11.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from pydantic import HttpUrl, SecretStr

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Json
from monitor.sources.addresses import server_root
from monitor.sources.entry_parts import count_of
from monitor.sources.json_fields import record_of, text_at
from monitor.sources.reddit_entries import SITE

API = "https://oauth.reddit.com"

_LONGEST_S = 86_400  # of a token; Reddit's last an hour or a day


class App:
    """Asks as one app, taking a token when that is needed."""

    def __init__(self, identifier: str, secret: SecretStr, base_url: HttpUrl | None) -> None:
        """Take an app's identifier and secret; ``base_url`` stands for both of Reddit's servers."""
        self._identifier = identifier
        self._secret = secret
        self._site = server_root(SITE, base_url)
        self._api = server_root(API, base_url)
        self._token: str | None = None
        self._ends_at: datetime | None = None

    async def get(self, session: Session, path: str, params: Mapping[str, str | int]) -> Json:
        """Ask the API, once more with a new token when an old one is refused.

        Raises ``FetchError`` and ``Malformed(api)``.
        """
        if (token := self._kept(session.now)) is not None:
            try:
                return await self._ask(session, path, params, token)
            except FetchError as error:
                if error.http_status != HTTPStatus.UNAUTHORIZED:
                    raise
        return await self._ask(session, path, params, await self._take(session))

    async def _ask(
        self, session: Session, path: str, params: Mapping[str, str | int], token: str
    ) -> Json:
        answer, _ = await session.get_json(
            f"{self._api}{path}", params=params, headers={"Authorization": f"Bearer {token}"}
        )
        return answer

    def _kept(self, now: datetime) -> str | None:
        return self._token if self._ends_at is not None and now < self._ends_at else None

    async def _take(self, session: Session) -> str:
        pair = f"{self._identifier}:{self._secret.get_secret_value()}"
        answer, _ = await session.post_json(
            f"{self._site}/api/v1/access_token",
            form={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
        )
        told = record_of(answer, "the answer")
        if isinstance(told.get("error"), str):
            raise FetchError(Code.AUTH, "Reddit refuses the app's identifier and secret")
        token = self._token = text_at(told, "access_token")
        lifetime_s = min(count_of(told.get("expires_in")) or 0, _LONGEST_S)
        self._ends_at = session.now + timedelta(seconds=lifetime_s)
        return token
