"""Loopback servers that say exactly the bytes of a test, and clients that may reach them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self, TypeAlias

import pytest

from monitor.fetching.client import Client
from monitor.fetching.pacing import Pacing

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

Handler: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]
RawAnswer: TypeAlias = "bytes | Handler"


class RawServer:
    """Gives each connection the next answer, the last one for ever, and closes; keeps requests.

    ``routes`` has answers of their own for some targets.
    """

    def __init__(self, answers: Sequence[RawAnswer], context: ssl.SSLContext | None) -> None:
        self._answers = list(answers)
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()
        self.routes: dict[str, list[RawAnswer]] = {}
        self.requests: list[str] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._context, backlog=64
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "https" if self._context else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def header(self, name: str, request: int = -1) -> str | None:
        """Return a header of a request that came (the last one by default)."""
        lines = self.requests[request].split("\r\n")[1:]
        found = [line.partition(": ") for line in lines]
        return next((value for key, _, value in found if key.lower() == name.lower()), None)

    @property
    def targets(self) -> list[str]:
        return [request.split(" ")[1] for request in self.requests]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(head)
            answer = self._next_answer(head.split(" ")[1])
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client left: that is what some tests are about
        finally:
            self._tasks.discard(task)
            writer.close()

    def _next_answer(self, target: str) -> RawAnswer:
        answers = self.routes.get(target, self._answers)
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Serve(Protocol):
    """Starts a server for the time of a test."""

    async def __call__(
        self, *answers: RawAnswer, context: ssl.SSLContext | None = None
    ) -> RawServer: ...


class MakeClient(Protocol):
    """Makes a client that may reach these servers, also by the names that lead to loopback."""

    def __call__(
        self,
        *servers: RawServer,
        names: Sequence[str] = (),
        timeout_s: float = 5,
        max_bytes: int = 100_000,
        ssl_context: ssl.SSLContext | None = None,
    ) -> Client: ...


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the tests marked ``anyio``."""
    return "asyncio"


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def start(*answers: RawAnswer, context: ssl.SSLContext | None = None) -> RawServer:
            return await stack.enter_async_context(RawServer(answers, context))

        yield start


@pytest.fixture
async def make_client() -> AsyncIterator[MakeClient]:
    async with AsyncExitStack() as stack:

        def make(
            *servers: RawServer,
            names: Sequence[str] = (),
            timeout_s: float = 5,
            max_bytes: int = 100_000,
            ssl_context: ssl.SSLContext | None = None,
        ) -> Client:
            hosts = ("127.0.0.1", *names)
            client = Client(
                user_agent="Ecoute/1 (+https://example.fr)",
                allow_private_hosts=frozenset(f"{h}:{s.port}" for h in hosts for s in servers),
                timeout=timedelta(seconds=timeout_s),
                max_bytes=max_bytes,
                clock=lambda: NOW,
                # Certificates are of no use on plain connections; loading them costs 30 ms.
                ssl_context=ssl_context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                lookup=lambda host, port: ["127.0.0.1"],
                pacing=Pacing(spacing=timedelta(0)),
            )
            stack.push_async_callback(client.aclose)
            return client

        yield make
