"""A JSON document posted by plain code, to a server that the configuration names.

Unlike the sources' client it may go to any address, this machine's own too: whoever calls it has
the address from its owner, not from what a feed wrote. No redirect is followed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.model import FetchMemory, Json

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, kw_only=True)
class Poster:
    """Asks one exchange at a time, from a thread without an event loop.

    ``timeout`` is for the whole exchange, ``max_bytes`` for the unpacked answer. ``environ`` may
    name certificates (``default_ssl_context``).
    """

    user_agent: str
    timeout: timedelta
    max_bytes: int = 1_000_000
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, url: str, document: Json, headers: Mapping[str, str]) -> Json:
        """Post a document and return the answer. Raises FetchError, ``Malformed(api)``."""
        return asyncio.run(self._post(url, document, headers))

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        from monitor.fetching.client import default_ssl_context  # noqa: PLC0415 - see _post

        return default_ssl_context(self.environ)

    async def _post(self, url: str, document: Json, headers: Mapping[str, str]) -> Json:
        # Imported when a server is asked: whose scorer asks none does not wait for it.
        from monitor.fetching.client import Client  # noqa: PLC0415
        from monitor.fetching.redirects import origin, read_address  # noqa: PLC0415

        _, host, port = origin(read_address(url))
        async with Client(
            user_agent=self.user_agent,
            allow_private_hosts=frozenset(
                [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
            ),
            timeout=self.timeout,
            max_bytes=self.max_bytes,
            ssl_context=self._ssl_context,
        ) as client:
            answer, _ = await client.session(FetchMemory()).post_json(
                url, json=document, headers=headers
            )
        return answer
