"""What stands between Apprise's plugins and the network, whatever library they ask with.

The guard of addresses stands under Python's sockets (promise 23), one deadline over the whole
notice, and a limit on what ``requests``, which most plugins use, unpacks of an answer.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import wraps
from ipaddress import ip_address
from typing import Any, TypeVar

from monitor.errors import FetchError
from monitor.fetching.guard import Guard, is_public

LIMIT_S = 60.0
"""For a notice to one channel, with all that its plugin asks for it (a login, two images)."""
MAX_BYTES = 1_000_000
"""Of an answer, unpacked; services say yes in some hundred."""

_SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})

Given = TypeVar("Given")


@dataclass(slots=True)
class Watch:
    """What one notice may connect to, and what was refused of it."""

    allowed: frozenset[tuple[str, int]]
    refused: list[str] = field(default_factory=list)
    is_over: bool = False
    sockets: list[socket.socket] = field(default_factory=list)

    def judge(self, connection: object, address: object) -> None:
        """Raise ``ConnectionRefusedError`` for an address that may not be reached."""
        if self.is_over:
            raise ConnectionRefusedError("out of time")
        if not (isinstance(address, tuple) and len(address) > 1):
            return
        try:
            ip = str(ip_address(str(address[0]).partition("%")[0]))
        except ValueError:  # a name: Python looks it up and connects without telling the address
            raise ConnectionRefusedError(str(address[0])) from None
        if not (is_public(ip) or (ip, int(address[1])) in self.allowed):
            self.refused.append(f"{ip}:{address[1]}")
            raise ConnectionRefusedError(ip)
        if isinstance(connection, socket.socket):
            self.sockets.append(connection)

    def end(self) -> None:
        """Let nothing more be connected, and wake whoever waits for an answer."""
        self.is_over = True
        for connection in self.sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)
"""What judges connections here. Apprise gives its own threads the context they are asked from."""
_hooked = threading.Event()


def run_guarded(
    work: Callable[[], Given], allow: frozenset[str], limit_s: float = LIMIT_S
) -> tuple[Given | None, Watch]:
    """Run work whose connections are judged; ``None`` if it did not end within its time."""
    _hook()
    watch = Watch(frozenset((ip, port) for entry in allow for ip, port in _addresses(entry)))
    context = copy_context()
    context.run(_watch.set, watch)
    worker = ThreadPoolExecutor(1, thread_name_prefix="notice")
    try:
        return worker.submit(context.run, work).result(limit_s), watch
    except TimeoutError:
        return None, watch
    finally:
        watch.end()
        worker.shutdown(wait=False)


def _hook() -> None:
    """Stand under Python's sockets: the hook stays for good, and does nothing elsewhere."""
    if not _hooked.is_set():
        _hooked.set()
        sys.addaudithook(_see)
        _bound_answers()


def _see(event: str, args: tuple[object, ...]) -> None:
    watch = _watch.get() if event in _SENDING else None
    if watch is not None:
        watch.judge(args[0], args[1])


def _bound_answers() -> None:
    """Have ``requests`` stop at the limit; it has no setting for it and unpacks without end."""
    from requests import Response  # noqa: PLC0415 - Apprise's, optional
    from requests.exceptions import ContentDecodingError  # noqa: PLC0415 - likewise

    whole = Response.iter_content

    @wraps(whole)
    def bounded(self: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:  # noqa: ANN401 - requests'
        left = MAX_BYTES
        for chunk in whole(self, *args, **kwargs):
            left -= len(chunk) if _watch.get() is not None else 0
            if left < 0:
                raise ContentDecodingError("too large")
            yield chunk

    Response.iter_content = bounded  # type: ignore[method-assign] # see above


def _addresses(entry: str) -> Iterator[tuple[str, int]]:
    """Yield what an entry ``host:port`` of the allow-list leads to; nothing if it cannot be had."""
    host, _, port = entry.rpartition(":")
    guard = Guard(frozenset([entry]))
    try:
        for ip in guard.admit(host, int(port), guard.lookup(host.strip("[]"), int(port))):
            yield str(ip_address(ip)), int(port)
    except (FetchError, OSError, ValueError):
        return
