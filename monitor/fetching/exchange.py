"""One request and its answer: in its turn, within the time left, read whole and unpacked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass

import httpx
import structlog

from monitor.clock import Clock
from monitor.errors import Code, FetchError
from monitor.fetching.faults import check_status, exchange_fault
from monitor.fetching.pacing import Pacing
from monitor.fetching.redirects import REDIRECTS, host_and_port
from monitor.fetching.transport import server_hung_up
from monitor.fetching.unpack import ACCEPTED, Unpacker
from monitor.urls import shown_url

log = structlog.get_logger(__name__)

_MOST_OF_ERROR = 16_384  # bytes; real ones have a few hundred
CONDITIONS = ("if-none-match", "if-modified-since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A redirect (its body unread), a 304, or a success with its whole body."""

    status: int
    headers: httpx.Headers
    body: bytes


class Deadline:
    """The seconds left for an exchange with all its redirects; waiting for turns is not counted."""

    def __init__(self, seconds: float) -> None:
        self._limit_s = self._left_s = seconds

    @property
    def left(self) -> float:
        """What share of the time (0..1) is left."""
        return max(self._left_s / self._limit_s, 0)

    @asynccontextmanager
    async def running(self, share: float = 1.0) -> AsyncIterator[None]:
        """Let time count; raises ``FetchError(timeout)`` when none is left.

        ``share`` (0..1) is what part of the limit may be used now at most.
        """
        clock = asyncio.get_running_loop().time
        started_s = clock()
        limit_s = self._limit_s * share
        try:
            async with asyncio.timeout(min(self._left_s, limit_s)):
                yield
        except TimeoutError as error:
            raise FetchError(Code.TIMEOUT, f"not done within {limit_s:g} s") from error
        finally:
            self._left_s -= clock() - started_s


class Exchange:
    """Asks on the shared transport. No cookie, proxy, password file or redirect is at work here.

    The transport is used without ``httpx.AsyncClient``: the cookie jar, redirects, decoders and
    the log line with the whole address (tokens included) are what would have to be switched off.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        pacing: Pacing,
        *,
        user_agent: str,
        max_bytes: int,
        clock: Clock,
    ) -> None:
        self._transport = transport
        self._pacing = pacing
        self._headers = {
            "user-agent": user_agent.encode("ascii", "ignore").decode("ascii"),
            "accept": "*/*",
            "accept-encoding": ACCEPTED,
            "connection": "close",
        }
        self._max_bytes = max_bytes
        self._clock = clock

    async def ask(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        deadline: Deadline,
        content: bytes | None = None,
    ) -> Answer:
        """Get one address, or post ``content`` to it, without following it. Raises FetchError."""
        host = host_and_port(url)
        async with self._pacing.turn(host):
            try:
                async with deadline.running(self._pacing.patience(host)):
                    answer = await self._exchange(self._request(url, headers, content))
            except FetchError as error:
                log.debug("request failed", address=shown_url(str(url)), error=str(error))
                if error.code is Code.TIMEOUT:
                    self._pacing.note_jam(host)
                raise
        log.debug("request", address=shown_url(str(url)), status=answer.status)
        return answer

    def _request(
        self, url: httpx.URL, headers: Mapping[str, str], content: bytes | None
    ) -> httpx.Request:
        method = "GET" if content is None else "POST"
        try:
            sent = httpx.Headers(self._headers | dict(headers))
            return httpx.Request(method, url, headers=sent, content=content)
        except UnicodeEncodeError:
            # Not chained: the library's error holds the header, and a token with it.
            detail = "a header of ours is not ASCII; is a token mistyped?"
            raise FetchError(Code.PROTOCOL, detail) from None

    async def _exchange(self, request: httpx.Request) -> Answer:
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.LocalProtocolError as error:
            raise exchange_fault(error, in_body=False, hung_up=False) from None
        except (httpx.TransportError, OSError) as error:
            raise exchange_fault(error, in_body=False, hung_up=False) from error
        try:
            return await self._read(request, response)
        finally:
            await response.aclose()

    async def _read(self, request: httpx.Request, response: httpx.Response) -> Answer:
        status, headers, body = response.status_code, response.headers, b""
        if status not in REDIRECTS:
            is_conditional = any(name in request.headers for name in CONDITIONS)
            try:
                check_status(status, headers, conditional=is_conditional, now=self._clock())
            except FetchError as error:
                error.body = await _begin_of_json(response)
                error.headers = headers
                raise
            if response.is_success:
                body = await self._read_body(response)
        return Answer(status=status, headers=headers, body=body)

    async def _read_body(self, response: httpx.Response) -> bytes:
        promised = response.headers.get("content-length", "")
        if promised.isdecimal() and int(promised[:20]) > self._max_bytes:
            raise FetchError(Code.TOO_LARGE, f"over {self._max_bytes} bytes")
        unpacker = Unpacker(response.headers.get("content-encoding", ""), self._max_bytes)
        try:
            async for chunk in _stream(response):
                unpacker.feed(chunk)
            return unpacker.finish()
        except (httpx.TransportError, OSError) as error:
            hung_up = server_hung_up(response)
            raise exchange_fault(error, in_body=True, hung_up=hung_up) from error
        finally:
            unpacker.close()


async def _begin_of_json(response: httpx.Response) -> bytes:
    """Return the beginning of an error's JSON: some platforms tell only there what is wrong.

    Not all call it by its type: Meta has said ``text/javascript``, others say nothing.
    """
    body = b""
    if "html" in response.headers.get("content-type", "").lower():
        return body
    encoding = response.headers.get("content-encoding", "")
    with (
        suppress(httpx.TransportError, OSError, FetchError),
        closing(Unpacker(encoding, _MOST_OF_ERROR)) as unpacker,
    ):
        async for chunk in _stream(response):
            unpacker.feed(chunk)
        body = unpacker.finish()
    return body if body.lstrip()[:1] in {b"{", b"["} else b""


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    """Return the body as it comes; ``aiter_raw`` refuses a mock transport's, read beforehand."""
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError(response.stream)
    return response.stream
