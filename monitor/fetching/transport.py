"""httpx's transport, over connections that the guard has checked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Sequence

import httpcore
import httpx

from monitor.fetching.guard import CONNECT_LIMIT_S, Guard, connect_failed, lookup_failed

_LOOKUPS_AT_ONCE = 8
"""A small resolver drops what comes too fast: of 100 look-ups 3 took 5 s one by one, 21 with eight
at once, 37 with sixteen (measured 2026-11, in a container). Waiting for a turn counts in the limit,
so that a dead resolver is told within it, whatever the number of sources."""


class GuardedTransport(httpx.AsyncHTTPTransport):
    """Connects to checked addresses only, and keeps no connection for later.

    No HTTP/2 and no connection kept alive: a poll asks one host for a page or two, so neither
    would pay, while an idle connection can go stale, and carry what a server wrote behind one
    answer over to the next source.
    """

    def __init__(self, guard: Guard, ssl_context: ssl.SSLContext) -> None:
        super().__init__(verify=ssl_context, trust_env=False)
        # httpx 0.28 has no argument for the network backend (encode/httpx discussions name this
        # way); pyproject.toml keeps httpx below 0.29. How many at once is pacing's business.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=_GuardedBackend(guard),
        )


def server_hung_up(response: httpx.Response) -> bool:
    """Say whether the server closed the connection of an answer that is being read."""
    stream = response.extensions.get("network_stream")
    return isinstance(stream, _WatchedStream) and stream.hung_up


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to the very addresses that the guard admitted."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._sockets = httpcore.AnyIOBackend()
        self._lookups = asyncio.Semaphore(_LOOKUPS_AT_ONCE)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - httpcore's; the limit is ours
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        clock = asyncio.get_running_loop().time
        ends_at_s = clock() + CONNECT_LIMIT_S
        admitted = self._guard.admit(host, port, await self._look_up(host, port))
        failure: Exception = TimeoutError()
        for tried, ip in enumerate(admitted):
            share_s = max((ends_at_s - clock()) / (len(admitted) - tried), 0)
            try:
                stream = await self._sockets.connect_tcp(
                    ip, port, share_s, local_address, socket_options
                )
            except httpcore.ConnectTimeout as error:
                failure = TimeoutError(str(error))
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _WatchedStream(stream)
        raise connect_failed(host, failure) from failure

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        try:
            async with asyncio.timeout(CONNECT_LIMIT_S), self._lookups:
                return await asyncio.wrap_future(self._guard.start_lookup(host, port))
        except (OSError, ValueError) as error:
            raise lookup_failed(host, error) from error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise NotImplementedError(path)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _WatchedStream(httpcore.AsyncNetworkStream):
    """Remembers what httpcore does not tell: whether the server spoke, and whether it hung up."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._spoke = False
        self.hung_up = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        data = await self._stream.read(max_bytes, timeout)
        self.hung_up = not data
        if self.hung_up and not self._spoke:
            raise httpcore.ReadError("closed without an answer")
        self._spoke = True
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        inner = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _WatchedStream(inner)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
