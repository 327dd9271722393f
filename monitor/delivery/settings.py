"""How the mail server that the user named is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Security: TypeAlias = Literal["starttls", "tls", "none"]
"""How the connection is made private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail server that the user named.

    ``plain_login`` allows a login without TLS. ``step_s`` bounds each wait, ``whole_s`` the whole
    conversation about one mail, both in seconds.
    """

    host: str
    port: int
    security: Security = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    plain_login: bool = False
    step_s: float = 30
    whole_s: float = 120

    @property
    def where(self) -> str:
        """The server as errors name it."""
        return f"{self.host}:{self.port}"
