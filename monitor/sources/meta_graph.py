"""Meta's Graph APIs (Facebook, Instagram, Threads): one call, the pages of a list, what is used.

Not in scope: ``paging.next``, which holds the token: of it only the cursor is taken.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.base import Session
from monitor.model import Health, Json
from monitor.sources.base import PagedOptions
from monitor.sources.json_fields import part_at, record_of
from monitor.sources.meta_graph_errors import fault_in, meaning, told_error, usage_of

SLOW_AT = 75
"""Percent of an allowance from which a poll ends after the part it is at (Meta's own advice)."""
MOST_REQUESTS = 60
"""Requests of one poll; the next goes on."""

_ID = re.compile(r"[\w.-]{1,200}")
_PLACES = ("after", "until", "__paging_token", "offset")
"""What of a link to the next page says where it begins; never ``access_token``."""


class MetaOptions(PagedOptions):
    """What every Graph API wants."""

    token: SecretStr | None = Field(
        default=None,
        description="The access token. Without one the source says how to get it, and rests.",
        examples=["${META_TOKEN}"],
    )
    app_secret: SecretStr | None = Field(
        default=None,
        description="The app's secret, where the app wants each call proved (`appsecret_proof`).",
        examples=["${META_APP_SECRET}"],
    )
    token_in: Literal["header", "query"] = Field(
        default="header",
        description="Where the token is sent. In the address only where a proxy drops the header.",
        examples=["header"],
    )


@dataclass(slots=True, kw_only=True)
class Graph:
    """The calls of one poll; ``root`` is the server with the version."""

    session: Session
    root: str
    options: MetaOptions
    requests: int = 0
    used: int = 0

    @property
    def is_spent(self) -> bool:
        """Tell whether to leave the rest to the next poll: near a limit, or many calls made."""
        return self.used >= SLOW_AT or self.requests >= MOST_REQUESTS

    @property
    def secret(self) -> str:
        """The token. Raises ``FetchError(auth)`` with the health ``needs_token`` without one."""
        token = self.options.token
        if token is None or not token.get_secret_value().strip():
            raise FetchError(Code.AUTH, "no token is set", health=Health.NEEDS_TOKEN)
        return token.get_secret_value().strip()

    async def ask(
        self, path: str, params: Mapping[str, str | int] | None = None, *, needs: str = ""
    ) -> Mapping[str, Json]:
        """Ask one thing. Raises ``FetchError`` with the state it means, and ``Malformed(api)``."""
        token, asked = self.secret, dict(params or {})
        headers: dict[str, str] = {}
        if self.options.token_in == "header":  # noqa: S105 - a place, not a secret
            headers["Authorization"] = f"Bearer {token}"
        else:
            asked["access_token"] = token
        if self.options.app_secret is not None:
            key = self.options.app_secret.get_secret_value().encode()
            asked["appsecret_proof"] = hmac.new(key, token.encode(), sha256).hexdigest()
        self.requests += 1
        try:
            answer, response = await self.session.get_json(
                f"{self.root}/{path}", params=asked, headers=headers
            )
        except FetchError as error:
            self._note(error.headers)
            raise told_error(error, self.session.now, needs) from error
        self._note(response.headers)
        if (fault := fault_in(answer)) is not None:
            raise meaning(fault, self.session.now, needs=needs, headers=response.headers)
        return record_of(answer, "the answer")

    def _note(self, headers: Mapping[str, str]) -> None:
        self.used = max(self.used, usage_of(headers))


def node(native: object) -> str:
    """Return an identifier fit for an address. Raises Malformed(api)."""
    if isinstance(native, str) and is_node(native):
        return native
    raise Malformed(Code.API, "an identifier is none")


def is_node(native: str) -> bool:
    """Tell whether an identifier is fit for an address."""
    return bool(_ID.fullmatch(native) and native.strip("."))


def following_of(answer: Mapping[str, Json], *, by_cursor_alone: bool = False) -> Json:
    """Return what to ask the next page with, ``None`` at the end; no link, and no token in it.

    ``by_cursor_alone``: that there is no link to a next page does not say that it is the last.
    """
    paging = part_at(answer, "paging")
    link = paging.get("next")
    if not (isinstance(link, str) and link) and not by_cursor_alone:
        return None
    after = part_at(paging, "cursors").get("after")
    if isinstance(after, str) and after:
        return {"after": after}
    try:
        asked = parse_qs(urlsplit(str(link or "")).query)
    except ValueError:
        return None
    return {name: asked[name][0] for name in _PLACES if name in asked} or None


def params_of(following: Json) -> dict[str, str | int]:
    """Return what ``following_of`` said as parameters."""
    told = following if isinstance(following, Mapping) else {}
    return {name: value for name in _PLACES if isinstance(value := told.get(name), str)}
