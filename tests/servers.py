"""Servers that behave and misbehave on loopback, and the installed command to drive against them.

    with FeedServer() as feeds, MailServer() as mail:
        feeds["/rss.xml"] = RSS                       # or a callable, or script(answer, answer)
        config = write_config(tmp_path, feeds=[feeds.url("/rss.xml")], mail=mail)
        done = run_ecoute("--config", config, "run", "--once")

``FeedServer`` speaks raw HTTP/1.1, so that it can also break it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, SSLContext
from types import TracebackType
from typing import Self, TypeAlias

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from ruamel.yaml import YAML

LOOPBACK = "127.0.0.1"

# --- HTTP -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as received; header names are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. ``Content-Length`` is the body's unless a header says otherwise."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Bytes written as they are, then a close: ``Raw(data=b"")`` drops the connection."""

    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trickle:
    """A good answer, a byte every ``pause_s`` seconds until it ends or the server stops."""

    body: bytes
    pause_s: float = 0.05


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer at all, until the client gives up or the server stops."""


Said: TypeAlias = Answer | Raw | Trickle | Hang
Route: TypeAlias = "bytes | str | Said | Callable[[Request], bytes | str | Said]"


def truncated(body: bytes, *, missing: int = 10) -> Raw:
    """Return an answer that promises more bytes than it gives."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body) + missing}\r\n"
    return Raw(data=head.encode() + b"\r\n" + body)


def redirect(target: str, status: int = 302) -> Answer:
    """Return a redirect."""
    return Answer(status=status, headers={"Location": target})


def with_etag(body: bytes, etag: str = '"v1"', modified: str | None = None) -> Route:
    """Return a route that answers 304 to whoever sends the validators back."""

    def answer(request: Request) -> Said:
        headers = {"ETag": etag} | ({"Last-Modified": modified} if modified else {})
        if request.headers.get("if-none-match") == etag:
            return Answer(status=304, headers=headers)
        return Answer(headers=headers | {"Content-Type": "application/rss+xml"}, body=body)

    return answer


def script(*routes: Route) -> Route:
    """Return a route that answers each in turn, and then the last for ever."""
    left = list(routes)
    lock = threading.Lock()

    def answer(request: Request) -> bytes | str | Said:
        with lock:
            route = left.pop(0) if len(left) > 1 else left[0]
        return route(request) if callable(route) else route

    return answer


class FeedServer:
    """An HTTP server: routes by path (``*``: any other), set at any time; requests in order."""

    def __init__(self, routes: Mapping[str, Route] | None = None) -> None:
        self._routes: dict[str, Route] = dict(routes or {})
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server((LOOPBACK, 0), backlog=128)
        self.port: int = self._socket.getsockname()[1]

    def __setitem__(self, path: str, route: Route) -> None:
        with self._lock:
            self._routes[path] = route

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"http://{self.address}{path}"

    @property
    def address(self) -> str:
        """``host:port``, as ``network.allow_private_hosts`` wants it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def requests(self) -> list[Request]:
        """What was asked so far."""
        with self._lock:
            return list(self._requests)

    def requests_for(self, path: str) -> list[Request]:
        """What was asked of one path."""
        return [request for request in self.requests if request.path == path]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._socket.close()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            if select.select([self._socket], [], [], 0.02)[0]:
                connection, _ = self._socket.accept()
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            waiting = b""
            while not self._stopped.is_set():
                head, waiting = self._read_head(connection, waiting)
                if head is None or not self._say(connection, self._answer(head)):
                    return

    def _read_head(self, connection: socket.socket, seen: bytes) -> tuple[Request | None, bytes]:
        while b"\r\n\r\n" not in seen:
            if self._stopped.is_set():
                return None, b""
            if not select.select([connection], [], [], 0.02)[0]:
                continue
            more = connection.recv(65536)
            if not more:
                return None, b""
            seen += more
        head, _, rest = seen.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        while len(rest) < length and (more := connection.recv(65536)):
            rest += more
        body = rest[:length]
        return Request(method=method, target=target, headers=headers, body=body), rest[length:]

    def _answer(self, request: Request) -> Said:
        with self._lock:
            self._requests.append(request)
            rest = self._routes.get("*", Answer(status=404))
            route = self._routes.get(request.path, rest)
        said = route(request) if callable(route) else route
        body = said.encode() if isinstance(said, str) else said
        if isinstance(body, bytes):
            return Answer(headers={"Content-Type": "application/xml"}, body=body)
        return body

    def _say(self, connection: socket.socket, said: Said) -> bool:
        """Write an answer; True if the connection stays open."""
        match said:
            case Answer():
                connection.sendall(_written(said))
                return True
            case Raw():
                connection.sendall(said.data)
                return False
            case Trickle():
                for byte in _written(Answer(body=said.body)):
                    connection.sendall(bytes([byte]))
                    if self._stopped.wait(said.pause_s):
                        return False
                return True
            case Hang():
                while not self._stopped.wait(0.02):
                    gone = select.select([connection], [], [], 0)[0] and not connection.recv(1)
                    if gone:
                        break
                return False


def _written(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} Said", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
    return "\r\n".join(lines).encode("utf-8") + answer.body


# --- SMTP -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail as taken: envelope and the very bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        parsed = BytesParser(policy=modern).parsebytes(self.content)
        assert isinstance(parsed, EmailMessage)
        return parsed


DROP = "drop"
"""In place of an SMTP answer: the connection is closed without one."""

HANG = "hang"
"""In place of an SMTP answer: silence, until the client gives up."""


@dataclass(frozen=True, slots=True)
class Tls:
    """A private certificate authority, and the contexts of both ends."""

    server: SSLContext
    client: SSLContext
    ca_pem: bytes
    chain_pem: bytes
    key_pem: bytes


def make_tls(*names: str) -> Tls:
    """Return a certificate for these names (127.0.0.1 and localhost by default)."""
    authority = trustme.CA()
    server, client = SSLContext(PROTOCOL_TLS_SERVER), SSLContext(PROTOCOL_TLS_CLIENT)
    issued = authority.issue_cert(*(names or (LOOPBACK, "localhost")))
    issued.configure_cert(server)
    authority.configure_trust(client)
    return Tls(
        server=server,
        client=client,
        ca_pem=authority.cert_pem.bytes(),
        chain_pem=b"".join(blob.bytes() for blob in issued.cert_chain_pems),
        key_pem=issued.private_key_pem.bytes(),
    )


class MailServer:
    """An SMTP server that takes every mail, unless told otherwise with ``answer``.

    ``tls`` offers STARTTLS, or TLS from the first byte with ``implicit``. ``users`` (name →
    password) makes a login necessary; without TLS it is then offered in the clear.
    """

    def __init__(
        self,
        *,
        tls: Tls | None = None,
        implicit: bool = False,
        users: Mapping[str, str] | None = None,
        utf8: bool = True,
    ) -> None:
        self.tls = tls
        self.security = ("tls" if implicit else "starttls") if tls else "none"
        self.users = dict(users or {})
        self.received: list[Received] = []
        self.seen: list[Received] = []
        self.logins: list[tuple[str, bool]] = []
        self._answers: dict[str, list[str]] = {}
        self._always: dict[str, str] = {}
        open_login = not (tls and not implicit)
        self._controller = _EphemeralController(
            _Handler(self),
            hostname=LOOPBACK,
            port=0,
            ssl_context=tls.server if tls and implicit else None,
            tls_context=tls.server if tls and not implicit else None,
            server_hostname="mail.test",
            authenticator=self._authenticate,
            auth_require_tls=not open_login,
            enable_SMTPUTF8=utf8,
            ready_timeout=20,
        )
        self._controller.wants_login = bool(users)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._controller.port

    @property
    def address(self) -> str:
        """``host:port``, as ``network.allow_private_hosts`` wants it."""
        return f"{LOOPBACK}:{self.port}"

    def answer(self, step: str, *said: str) -> None:
        """Say these at the next times of a step, then be kind again.

        A step is ``MAIL``, ``RCPT``, ``RCPT user@host`` or ``DATA``; an answer a line such as
        ``451 later``, or ``DROP`` or ``HANG``.
        """
        self._answers.setdefault(step, []).extend(said)

    def always(self, step: str, said: str) -> None:
        """Say this at every time of a step."""
        self._always[step] = said

    def next_answer(self, *steps: str) -> str:
        """Return what is to be said now; the first step that has something to say wins."""
        for step in steps:
            if self._answers.get(step):
                return self._answers[step].pop(0)
            if step in self._always:
                return self._always[step]
        return "250 OK"

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        name = given.login.decode()
        good = self.users.get(name) == given.password.decode()
        self.logins.append((name, good))
        return AuthResult(success=good, handled=False)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()


class _EphemeralController(Controller):
    """A controller that learns the port the system chose."""

    wants_login = False

    def factory(self) -> SMTP:
        server = SMTP(self.handler, **self.SMTP_kwargs)
        # Not ``auth_required``: aiosmtpd warns of it without TLS, which is what is tried here.
        server._auth_required = self.wants_login  # noqa: SLF001
        return server

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd's


class _Handler:
    """Asks the server of the test what to say at each step."""

    def __init__(self, mail: MailServer) -> None:
        self._mail = mail

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._say(server, "MAIL")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        said = await self._say(server, f"RCPT {address}", "RCPT")
        if said.startswith("25"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        given = Received(
            sender=envelope.mail_from,
            recipients=tuple(envelope.rcpt_tos),
            content=envelope.content,
        )
        self._mail.seen.append(given)
        said = await self._say(server, "DATA")
        if said.startswith("250"):
            self._mail.received.append(given)
        return said

    async def _say(self, server: SMTP, *steps: str) -> str:
        said = self._mail.next_answer(*steps)
        if said == DROP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if said in {DROP, HANG}:
            await asyncio.Event().wait()  # cancelled with the connection
        return said


# --- the command ------------------------------------------------------------------------------


def write_config(
    folder: Path,
    *,
    feeds: Sequence[str | Mapping[str, object]] = (),
    mail: MailServer | None = None,
    to: Sequence[str] = ("simon@example.fr",),
    **sections: object,
) -> Path:
    """Write a ``sources.yaml`` that watches Fleurs Bougamont on these servers, and return it.

    A feed is its address, or the options of a source. The ``host:port`` of each address and of
    ``mail`` are allowed. ``sections`` replace or add top-level sections.
    """
    sources = [{"type": "feed", "url": f} if isinstance(f, str) else dict(f) for f in feeds]
    asked = re.findall(r"//([^/\s\"']+:\d+)", json.dumps(sources))
    allowed = {*asked, *([mail.address] if mail else [])}
    config: dict[str, object] = {
        "businesses": [{"name": "Fleurs Bougamont", "aliases": ["Simon Bougamont"]}],
        "sources": sources,
        "network": {"allow_private_hosts": sorted(allowed)},
    }
    if mail is not None:
        config["digest"] = {"to": list(to)}
        config["mail"] = _mail_section(mail)
        # Alerts depend on the hour of the day; a test that wants them says so.
        config["alerts"] = {"negative": "digest", "reach": False, "sources": False}
    file = folder / "sources.yaml"
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(config | sections, out)
    file.chmod(0o600)  # it may hold a password (promise 24)
    return file


def _mail_section(mail: MailServer) -> dict[str, object]:
    section: dict[str, object] = {
        "host": LOOPBACK,
        "port": mail.port,
        "security": mail.security,
        "from": "Écoute <ecoute@example.fr>",
    }
    for name, password in list(mail.users.items())[:1]:
        section |= {"username": name, "password": password}
        if mail.security == "none":
            section["plain_login"] = True
    return section


def ecoute_env(cwd: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a run: this one's without what would steer it, and ``env``."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ECOUTE_", "SSL_CERT", "SMTP_")) and "PROXY" not in name.upper()
    }
    return inherited | {"HOME": str(cwd), "LANG": "C.UTF-8"} | dict(env or {})


def run_ecoute(
    *args: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout_s: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run the installed command to its end, and return its exit code and what it wrote."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "monitor", *map(str, args)],
        cwd=cwd,
        env=ecoute_env(cwd, env),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )


@contextmanager
def started_ecoute(
    *args: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start the installed command (the daemon), and kill it at the end if it still runs."""
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "monitor", *map(str, args)],
        cwd=cwd,
        env=ecoute_env(cwd, env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()
