"""A conversation with the IMAP server, up to where a folder is open.

Whatever can be wrong with the server ends here as a ``MailboxError`` in one plain line, without
the password.
"""

from __future__ import annotations

import base64
import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Timer

from monitor.errors import FetchError, MailboxError
from monitor.replies.settings import MailboxSettings
from monitor.text import clean, cut

_SAID = 200
_GOODBYE_S = 5


class Connection(imaplib.IMAP4):
    """An IMAP connection over a socket that was checked, which another thread may cut."""

    def __init__(
        self, settings: MailboxSettings, context: ssl.SSLContext, open_socket: Callable[[], socket]
    ) -> None:
        """Prepare; ``start`` connects: only what exists can be cut."""
        self._settings = settings
        self._context = context
        self._open_socket = open_socket
        self.was_cut = False
        self._is_started = False
        self.count = 0
        self.uid_validity = 0
        self.sock: socket | None = None  # type: ignore[assignment] # typeshed has it always open

    def start(self) -> None:
        """Connect and read the greeting."""
        super().__init__(self._settings.host, self._settings.port, self._settings.step_s)
        self._is_started = True

    def _create_socket(self, timeout: float | None) -> socket:  # noqa: ARG002 - ours is checked
        plain = self.sock = self._open_socket()
        plain.settimeout(self._settings.step_s)
        if self._settings.security != "tls":
            return plain
        # The handshake apart, so that ``cut`` reaches it.
        private = self.sock = self._context.wrap_socket(
            plain, server_hostname=self._settings.host, do_handshake_on_connect=False
        )
        private.do_handshake()
        return private

    def cut(self) -> None:
        """End the conversation from another thread, whatever it waits for."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(SHUT_RDWR)

    def leave(self) -> None:
        """Say goodbye if the server still listens, and close."""
        with suppress(imaplib.IMAP4.error, OSError):
            if self._is_started and self.sock is not None:
                self.sock.settimeout(min(_GOODBYE_S, self._settings.step_s))
                self.logout()
        if self.sock is not None:
            with suppress(OSError):
                self.sock.close()


@contextmanager
def open_session(
    settings: MailboxSettings, context: ssl.SSLContext, open_socket: Callable[[], socket]
) -> Iterator[Connection]:
    """Yield a connection, private and logged in, with the folder open. Raises ``MailboxError``.

    Also what goes wrong in the block becomes one.
    """
    if settings.security == "none" and not settings.plain_login:
        raise MailboxError(
            f"{settings.where}: no login without TLS; set mailbox.security to tls or starttls",
            permanent=True,
        )
    imap = Connection(settings, context, open_socket)
    limit = Timer(settings.whole_s, imap.cut)
    limit.daemon = True
    limit.start()
    try:
        imap.start()
        _prepare(imap, settings, context)
        yield imap
    except (FetchError, OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(say_trouble(error, settings, cut_off=imap.was_cut)) from error
    finally:
        limit.cancel()
        imap.leave()


def _prepare(imap: Connection, settings: MailboxSettings, context: ssl.SSLContext) -> None:
    if settings.security == "starttls":
        if "STARTTLS" not in imap.capabilities:
            raise MailboxError(
                f"{settings.where} offers no STARTTLS, so no password was sent; if it speaks TLS"
                " from the start, set mailbox.security to tls"
            )
        imap.starttls(context)
    try:
        # imaplib quotes only the password by itself.
        imap.login(_string(settings.username), settings.password)
    except UnicodeEncodeError:
        # The error holds the password: it is not chained.
        raise MailboxError(
            f"{settings.where}: a user name or password with letters outside ASCII cannot be sent",
            permanent=True,
        ) from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        said = say(error, settings)
        raise MailboxError(
            f"{settings.where} refused the login ({said}); check mailbox.username and password",
            permanent=True,
        ) from None
    # Most servers tell what they can only once they know who asks.
    _, able = imap.capability()
    imap.capabilities = tuple(
        b" ".join(filter(None, able)).decode("ascii", "replace").upper().split()
    )
    code, told = imap.select(quoted(settings.folder))
    if code != "OK":
        raise MailboxError(
            f"{settings.where} has no folder {settings.folder} ({say(told[-1], settings)})",
            permanent=True,
        )
    imap.count = _number(told)
    imap.uid_validity = _number(imap.response("UIDVALIDITY")[1])


def _number(told: Sequence[object]) -> int:
    last = told[-1] if told else None
    return int(last) if isinstance(last, bytes) and last.isdigit() else 0


def quoted(folder: str) -> str:
    """Write a folder's name as IMAP wants it: modified UTF-7 (RFC 3501 §5.1.3), in quotes."""
    parts, foreign = [], ""
    for sign in [*folder, ""]:
        if sign and not " " <= sign <= "~":
            foreign += sign
            continue
        if foreign:
            encoded = base64.b64encode(foreign.encode("utf-16-be")).decode().rstrip("=")
            parts.append(f"&{encoded.replace('/', ',')}-")
            foreign = ""
        parts.append("&-" if sign == "&" else sign)
    return _string("".join(parts))


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def say_trouble(error: Exception, settings: MailboxSettings, *, cut_off: bool = False) -> str:
    """Say what went wrong; ``cut_off``: it was us who ended what took too long."""
    if cut_off:
        happened = f"took longer than {settings.whole_s:g} s in all"
    elif isinstance(error, FetchError):
        happened = f"cannot be reached ({error.code}: {say(error.detail, settings)})"
    elif isinstance(error, ssl.SSLCertVerificationError):
        happened = f"shows a certificate that is not valid ({say(error.verify_message, settings)})"
    elif isinstance(error, ssl.SSLError):
        happened = f"could not agree on TLS ({say(error.reason or 'closed', settings)})"
    elif isinstance(error, TimeoutError) or "timed out" in str(error):
        happened = f"did not answer within {settings.step_s:g} s"
    elif isinstance(error, imaplib.IMAP4.error) and "EOF" not in str(error):
        happened = f"answered what is of no use ({say(error, settings)})"
    else:
        happened = "closed the connection"
    return f"{settings.where} {happened}"


def say(told: object, settings: MailboxSettings) -> str:
    """Return a server's words on one line, without the password should it repeat it."""
    if isinstance(told, Exception) and told.args:
        told = told.args[0]  # imaplib raises the bytes that it got
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    for secret in filter(None, (settings.password,)):
        text = text.replace(secret, "••••")
    printable = "".join(sign if sign.isprintable() else " " for sign in clean(text))
    return cut(" ".join(printable.split()), _SAID)
