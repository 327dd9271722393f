"""How the mailbox that replies come to is reached, and what is done with them there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from monitor.fetching.imap_account import ImapAccount, Security


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """The mailbox that the user named.

    ``plain_login`` allows a login without TLS. ``mark_seen`` and ``move_to`` are for replies that
    were taken in; no other mail is touched, and none is deleted. ``step_s`` bounds each wait,
    ``whole_s`` a whole look, both in seconds.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Security = "tls"
    plain_login: bool = False
    folder: str = "INBOX"
    mark_seen: bool = True
    move_to: str | None = None
    every: timedelta = timedelta(minutes=5)
    step_s: float = 30
    whole_s: float = 300

    @property
    def account(self) -> ImapAccount:
        """The account as it is logged in to."""
        return ImapAccount(
            host=self.host,
            port=self.port,
            username=self.username,
            secret=self.password,
            security=self.security,
            plain_login=self.plain_login,
        )

    @property
    def where(self) -> str:
        """The server as errors name it."""
        return f"{self.host}:{self.port}"

    @property
    def name(self) -> str:
        """What its state is kept under: another account or folder is read from its start."""
        return f"{self.username}@{self.where}/{self.folder}"
