"""Which mail account is read, how it is logged in to, how long is waited, what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from monitor.errors import FetchError

Security: TypeAlias = Literal["tls", "starttls", "none"]
"""How the connection is made private."""


class ImapError(FetchError):
    """A conversation that went wrong; ``detail`` is what the server did: "refused the login"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """An account on a server, and how to log in.

    ``secret`` is the password or, ``by_token``, an OAuth 2.0 access token (XOAUTH2).
    ``plain_login`` allows a login without TLS.
    """

    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    by_token: bool = False
    security: Security = "tls"
    plain_login: bool = False

    @property
    def where(self) -> str:
        """The server as errors name it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds: ``step_s`` for each answer, ``whole_s`` in all."""

    step_s: float = 30
    whole_s: float = 300
