"""``/healthz`` and ``/metrics`` over HTTP: read-only, in a thread of its own."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import structlog

from monitor.callers import SAFE_HEADERS, address_of, cannot_listen, is_admitted
from monitor.operations.prometheus import CONTENT_TYPE, Metric, exposition
from monitor.operations.vitals import Vitals

log = structlog.get_logger(__name__)

_MOST_AT_ONCE = 16
"""Connections served at once; a further one is closed."""
_PATIENCE_S = 5.0
"""Seconds that a request may take to come, and to be read."""


@dataclass(kw_only=True)
class StatusServer:
    """Answers while it is entered. Raises ``StoreError(port_in_use)`` where it cannot listen.

    On a loopback address it answers only who asks for one (promise 25): a page of another site
    that a browser here shows can name this port, but not that host.
    """

    host: str
    port: int
    vitals: Vitals
    figures: Callable[[], Iterable[Metric]]
    _server: _Server | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        """Listen."""
        try:
            self._server = _Server((self.host, self.port), partial(_Handler, self))
        except (OSError, OverflowError) as error:
            raise cannot_listen(self.host, self.port, error, "monitoring.listen") from error
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, args=(0.1,), daemon=True, name="status"
        ).start()
        log.info("status page", address=f"{address_of(self.host, self.port)}/healthz")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def health(self) -> tuple[HTTPStatus, str]:
        """Return what ``/healthz`` answers."""
        ailments = self.vitals.ailments
        answer = {"status": "ailing" if ailments else "ok", "ailments": dict(ailments)}
        status = HTTPStatus.SERVICE_UNAVAILABLE if ailments else HTTPStatus.OK
        return status, json.dumps(answer) + "\n"


class _Server(ThreadingHTTPServer):
    """One thread a connection, so many at most."""

    request_queue_size = _MOST_AT_ONCE
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: Callable[..., _Handler]) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind, and look no name up: http.server would ask the name server for its own."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: object, client_address: object) -> None:
        """Serve a connection, or close it when there are enough."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)  # type: ignore[arg-type]
        else:
            self.shutdown_request(request)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Serve a connection in its thread."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - socketserver's
        """Log a surprise of ours; that whoever asked went away is none."""
        error = sys.exception()
        if not isinstance(error, OSError):
            log.error("status request failed", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE_S

    def __init__(self, status: StatusServer, *args: object) -> None:
        self._status = status
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer what there is to read."""
        if not is_admitted(self._status.host, self.headers.get("Host")):
            self._say(HTTPStatus.MISDIRECTED_REQUEST, "this is not the host that you asked for\n")
            return
        match self.path.partition("?")[0]:
            case "/healthz":
                self._say(*self._status.health(), kind="application/json")
            case "/metrics":
                self._say(HTTPStatus.OK, exposition(self._status.figures()), kind=CONTENT_TYPE)
            case _:
                self._say(HTTPStatus.NOT_FOUND, "there are /healthz and /metrics\n")

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def _refuse(self) -> None:
        self._say(HTTPStatus.METHOD_NOT_ALLOWED, "this is read only\n", Allow="GET, HEAD")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse  # noqa: N815 - likewise

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what cannot be read, without http.server's page."""
        del message, explain
        self.close_connection = True
        self._say(HTTPStatus(code), f"{HTTPStatus(code).phrase}\n")

    def _say(
        self, status: HTTPStatus, text: str, kind: str = "text/plain; charset=utf-8", **more: str
    ) -> None:
        body = text.encode()
        self.send_response(status)
        length = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in {**length, **SAFE_HEADERS, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        if getattr(self, "command", None) != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        """Tell no versions."""
        return "Ecoute"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log requests at debug level; a log line has no controls."""
        log.debug("status asked", request=format % args)
