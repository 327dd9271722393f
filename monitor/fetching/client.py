"""The one HTTP client of all sources: what they share is made, and closed, here."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Self

import certifi
import httpx

from monitor.clock import Clock, now
from monitor.errors import ConfigError, Fault
from monitor.fetching.exchange import Exchange
from monitor.fetching.guard import Guard, Lookup, look_up
from monitor.fetching.imap import Mailboxes
from monitor.fetching.ledger import Ledger, Purse
from monitor.fetching.pacing import Pacing
from monitor.fetching.session import PollSession
from monitor.fetching.transport import GuardedTransport
from monitor.model import FetchMemory

_NOTHING_SPENT: Mapping[str, int] = {}
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Client:
    """Asks servers for all sources; belongs to the event loop it is first used in.

    ``timeout`` is for a whole exchange with its redirects, without the wait for a turn.
    ``max_bytes`` is of an unpacked body. ``allow_private_hosts`` holds ``host:port`` pairs.
    ``lookup``, ``pacing`` and ``transport`` stand in for the real ones in tests.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private_hosts: frozenset[str] = frozenset(),
        timeout: timedelta = timedelta(seconds=30),
        max_bytes: int = 10_000_000,
        clock: Clock = now,
        ssl_context: ssl.SSLContext | None = None,
        lookup: Lookup = look_up,
        pacing: Pacing | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        guard = Guard(allow_private_hosts, lookup)
        pacing = pacing or Pacing()
        # Loading certificates takes 30 ms: once, and only when something is asked.
        context = cache(lambda: ssl_context or default_ssl_context())
        self._transport = transport or GuardedTransport(guard, context())
        self._mailboxes = Mailboxes(
            allow=allow_private_hosts,
            lookup=lookup,
            context=context,
            pacing=pacing,
            timeout=timeout,
        )
        self.ledger = Ledger()
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._clock = clock
        self._exchange = Exchange(
            self._transport,
            pacing,
            user_agent=user_agent,
            max_bytes=max_bytes,
            clock=clock,
        )

    def session(
        self,
        memory: FetchMemory,
        elsewhere: Mapping[str, int] = _NOTHING_SPENT,
        purse: Purse | None = None,
    ) -> PollSession:
        """Return one poll's view of this client, with what its source's earlier polls learnt.

        ``elsewhere`` is what other sources have spent and stored, by allowance; ``purse`` was
        opened before that was looked up.
        """
        return PollSession(
            self._exchange,
            memory,
            timeout=self._timeout,
            max_bytes=self._max_bytes,
            clock=self._clock,
            elsewhere=elsewhere,
            ledger=self.ledger,
            purse=purse or self.ledger.open(),
            mailboxes=self._mailboxes,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def default_ssl_context(environ: Mapping[str, str] = _NOTHING) -> ssl.SSLContext:
    """Return what certificates are checked against: certifi's, and those the environment names.

    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` add a company's own. Raises ``ConfigError`` for a file
    that cannot be used.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    file, folder = environ.get("SSL_CERT_FILE"), environ.get("SSL_CERT_DIR")
    try:
        if file:
            context.load_verify_locations(cafile=file)
    except OSError as error:  # ssl.SSLError, too
        message = f"{Path(file or '').name} holds no certificates that can be read"
        raise ConfigError([Fault("environment", None, "SSL_CERT_FILE", message)]) from error
    if folder:
        context.load_verify_locations(capath=folder)
    return context
