"""A sign of life to a dead-man's switch: whoever runs it tells you when the signs stay away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from monitor.errors import FetchError
from monitor.fetching.client import Client
from monitor.model import FetchMemory

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Pinger:
    """Asks one address every so often, through a client made for it.

    The address is a secret: who knows it can say that we live. No log line holds any part of it.
    """

    url: str = field(repr=False)
    every: timedelta
    client: Callable[[], Client]
    _failed: bool = False

    async def __call__(self) -> bool:
        """Ask it, once; returns whether it was heard."""
        try:
            async with self.client() as client:
                await client.session(FetchMemory()).get(self.url, conditional=False)
        except FetchError as error:
            if not self._failed:  # said once: the next good one says that it is over
                log.warning("ping not heard", code=str(error.code), http_status=error.http_status)
            self._failed = True
            return False
        if self._failed:
            log.info("ping heard again")
        self._failed = False
        return True
