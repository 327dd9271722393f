"""HTTP/1.1 on one address: so many connections, one deadline for a whole request, 1 MB.

h11 reads and writes the protocol, asyncio the sockets. Who sends a byte a second is cut off at the
deadline as who sends none; more connections than there is room for hear so at once.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote

import h11
import structlog

from monitor.callers import SAFE_HEADERS, address_of, cannot_listen
from monitor.errors import StoreError
from monitor.receiving.door import MOST_BYTES, Answer, Door, told, too_large
from monitor.receiving.proof import Asked

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 64
"""Connections served at once: what they may hold of bodies stays under 64 MB."""
READ_WITHIN_S = 10.0
"""Seconds that a request may take to come, head and body together; also how long one rests."""
_LINGER_S = 2.0
"""Seconds that a refused sender is listened to, so that it hears why before the connection ends."""
_END_WITHIN_S = 2.0
_CHUNK = 65_536
_MOST_HEAD = 16_384
_BACKLOG = 256


@dataclass(kw_only=True)
class Listener:
    """Serves a door while it is entered. Raises ``StoreError(port_in_use)`` where it cannot."""

    host: str
    port: int
    door: Door
    read_within_s: float = READ_WITHIN_S
    _server: asyncio.Server | None = field(default=None, repr=False)
    _serving: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    async def __aenter__(self) -> Self:
        """Listen."""
        try:
            self._server = await asyncio.start_server(
                self._connected,
                self.host,
                self.port,
                backlog=_BACKLOG,
                limit=_CHUNK,
                reuse_address=True,
            )
        except (OSError, OverflowError) as error:
            raise cannot_listen(self.host, self.port, error, "receiving.listen") from error
        self.port = self._server.sockets[0].getsockname()[1]
        await self.door.intake.__aenter__()
        log.info("receiving", address=f"{address_of(self.host, self.port)}/hooks/")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening; requests under way have a moment to end."""
        if self._server is not None:
            self._server.close()
        serving = set(self._serving)
        if serving:
            _, late = await asyncio.wait(serving, timeout=_END_WITHIN_S)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_END_WITHIN_S)
        await self.door.intake.__aexit__(kind, error, trace)

    def tell(self, heard: Callable[[StoreError | None], None]) -> None:
        """Have someone told each time that pushes were stored, or of what hindered it."""
        self.door.intake.heard = heard

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio calls us in one
        is_full = len(self._serving) >= MOST_AT_ONCE
        self._serving.add(task)
        try:
            exchange = _Exchange(reader, writer)
            if is_full:
                again = {"Retry-After": "2"}
                busy = told(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections", **again)
                await exchange.refuse(busy)
                return
            while await self._serve(exchange):
                exchange.protocol.start_next_cycle()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # who asked went away, or is too slow to hear us
        finally:
            self._serving.discard(task)
            with suppress(OSError):
                writer.close()

    async def _serve(self, exchange: _Exchange) -> bool:
        """Answer one request; returns whether another may follow on this connection."""
        try:
            async with asyncio.timeout(self.read_within_s):
                asked = await exchange.read_head()
                if asked is None:
                    return False
                answer = self.door.at_first_sight(asked)
                body = b"" if answer is not None else await exchange.read_body()
        except TimeoutError:
            if exchange.is_amid_request:
                await exchange.refuse(told(HTTPStatus.REQUEST_TIMEOUT, "too slow"))
            return False
        except h11.RemoteProtocolError as error:
            status = HTTPStatus(error.error_status_hint or HTTPStatus.BAD_REQUEST)
            await exchange.refuse(told(status, "this is not HTTP as we read it"))
            return False
        if answer is None and body is None:
            answer = too_large()
        if answer is not None:
            await exchange.refuse(answer)
            return False
        await exchange.send(await self._answered(asked, body or b""))
        return exchange.may_go_on

    async def _answered(self, asked: Asked, body: bytes) -> Answer:
        try:
            return await self.door.answer(asked, body)
        except Exception:
            # The door of this room: a surprise is told as ours, once, and the sender tries again.
            log.exception("a push could not be answered")
            return told(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of ours")


class _Exchange:
    """One connection's bytes, as requests and answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_HEAD)
        self._reader, self._writer = reader, writer
        self._has_body = True
        sock = writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def is_amid_request(self) -> bool:
        """Whether part of a request came."""
        has_begun = self.protocol.their_state is not h11.IDLE
        return has_begun or bool(self.protocol.trailing_data[0])

    @property
    def may_go_on(self) -> bool:
        return self.protocol.our_state is h11.DONE and self.protocol.their_state is h11.DONE

    async def read_head(self) -> Asked | None:
        """Return the next request's head; ``None``: there is none, the other side has ended."""
        event = await self._next()
        if not isinstance(event, h11.Request):
            return None
        self._has_body = event.method != b"HEAD"
        return _asked(event)

    async def read_body(self) -> bytes | None:
        """Return a request's body; ``None``: it is too large. What is unpacked counts: none is."""
        body = bytearray()
        while True:
            event = await self._next()
            if isinstance(event, h11.Data):
                body += event.data
                if len(body) > MOST_BYTES:
                    return None
            elif isinstance(event, h11.EndOfMessage):
                return bytes(body)
            else:
                raise h11.RemoteProtocolError("cut off")

    async def _next(self) -> object:
        while (event := self.protocol.next_event()) is h11.NEED_DATA:
            if self.protocol.they_are_waiting_for_100_continue:
                await self._write(h11.InformationalResponse(status_code=100, headers=[]))
            self.protocol.receive_data(await self._reader.read(_CHUNK))
        return event

    async def send(self, answer: Answer, *, last: bool = False) -> None:
        """Write an answer whole."""
        is_text = isinstance(answer.body, str)
        written = answer.body if isinstance(answer.body, str) else f"{json.dumps(answer.body)}\n"
        body = written.encode()
        headers: Mapping[str, str] = {
            "Content-Type": "text/plain; charset=utf-8" if is_text else "application/json",
            "Content-Length": str(len(body)),
            "Server": "Ecoute",
            **SAFE_HEADERS,
            **answer.headers,
            **({"Connection": "close"} if last else {}),
        }
        head = h11.Response(
            status_code=int(answer.status),
            headers=list(headers.items()),
            reason=answer.status.phrase.encode(),
        )
        rest = [h11.Data(data=body)] if self._has_body else []
        await self._write(head, *rest, h11.EndOfMessage())

    async def refuse(self, answer: Answer) -> None:
        """Write an answer that ends the connection, and let the other side hear it."""
        await self.send(answer, last=True)
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(_LINGER_S):
                self._writer.write_eof()
                while await self._reader.read(_CHUNK):
                    pass

    async def _write(self, *events: h11.Event) -> None:
        async with asyncio.timeout(_LINGER_S):
            self._writer.writelines(self.protocol.send(event) or b"" for event in events)
            await self._writer.drain()


def _asked(request: h11.Request) -> Asked:
    target = request.target.decode("latin-1")
    path, _, query = target.partition("?")
    headers: dict[str, str] = {}
    for name, value in request.headers:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip())
    return Asked(
        method=request.method.decode("latin-1"),
        path=unquote(re.sub(r"^https?://[^/]*", "", path)),
        query=_query(query),
        headers=headers,
    )


def _query(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    with suppress(ValueError):  # more fields than anyone sends
        for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=50):
            found.setdefault(name, value)
    return found
