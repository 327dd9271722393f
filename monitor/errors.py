"""One tree of exceptions; each carries data, and builds its English sentence in ``__str__``.

EcouteError
├── ConfigError          sources.yaml or the command line is wrong; nothing was done (exit 2)
├── SourceError          one poll failed; the others go on
│   ├── FetchError       the exchange itself: dns … rate_limited
│   └── Malformed        an answer that cannot be read: empty, not_a_feed, parse, api
├── StoreError           a resource of our own is unusable (exit 3)
├── ScorerUnavailable    the scorer asked for cannot be had
├── DeliveryError        a mail was not taken
└── MailboxError         the mailbox of replies cannot be read
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model import Health


class Code(StrEnum):
    """Why a poll failed; the public codes of the contract."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    TRUNCATED = "truncated"
    BAD_ENCODING = "bad_encoding"
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"
    BLOCKED = "blocked"
    HTTP_STATUS = "http_status"
    AUTH = "auth"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    EMPTY = "empty"
    NOT_A_FEED = "not_a_feed"
    PARSE = "parse"
    API = "api"
    INTERNAL = "internal"


class StoreCode(StrEnum):
    """Why the program itself must end; the public codes of the contract."""

    ALREADY_RUNNING = "already_running"
    DB_CORRUPT = "db_corrupt"
    DB_LOCKED = "db_locked"
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    PORT_IN_USE = "port_in_use"


class EcouteError(Exception):
    """Any error that Écoute foresees."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where (line from 1, path such as ``sources[2].url``) and what."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        """Say ``file:line: path: message``, leaving out what is not known."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (where, self.path, self.message) if part)


class ConfigError(EcouteError):
    """The configuration or command line is wrong; carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults, in the order of the file."""
        super().__init__(faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """One fault a line."""
        return "\n".join(str(fault) for fault in self.faults)


class SourceError(EcouteError):
    """One poll of one source failed.

    ``detail`` is a short technical fact in English (never a secret, never a whole address with a
    query); the sentence for people is made from ``code`` in their language, or from ``health``
    where the platform told what a person has to do; ``missing`` names the scope or review.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        http_status: int | None = None,
        retry_at: datetime | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        health: Health | None = None,
        missing: str = "",
    ) -> None:
        """Keep the facts; ``body`` (the beginning of its JSON) and ``headers`` are for sources."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.http_status = http_status
        self.retry_at = retry_at
        self.body = body
        self.headers: Mapping[str, str] = headers or {}
        self.health = health
        self.missing = missing

    def __str__(self) -> str:
        """Say the code and the fact."""
        return f"{self.code}: {self.detail}" if self.detail else str(self.code)


class FetchError(SourceError):
    """The exchange with a server failed."""


class Malformed(SourceError):
    """An answer came but is not what it should be; ``detail`` names the field or place."""


class StoreError(EcouteError):
    """The database, disk or lock is unusable; ``hint`` says what to do."""

    def __init__(self, code: StoreCode, detail: str, hint: str = "") -> None:
        """Keep the facts."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        """Say ``code: what happened; what to do``."""
        return f"{self.code}: {self.detail}" + (f"; {self.hint}" if self.hint else "")


class ScorerUnavailable(EcouteError):
    """The scorer asked for is unknown or cannot be loaded."""


class DeliveryError(EcouteError):
    """The mail server cannot be used at all; a ``permanent`` error is not tried again by itself."""

    def __init__(self, detail: str, *, permanent: bool = False) -> None:
        """Keep the facts."""
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent

    def __str__(self) -> str:
        """Say the fact."""
        return self.detail


class MailboxError(EcouteError):
    """The mailbox cannot be read; a ``permanent`` error only the user can mend (login, folder)."""

    def __init__(self, detail: str, *, permanent: bool = False) -> None:
        """Keep the facts."""
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent

    def __str__(self) -> str:
        """Say the fact."""
        return self.detail
