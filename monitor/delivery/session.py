"""A conversation with the mail server, up to where mails can be given to it.

Everything that can be wrong with the server itself ends here as a ``DeliveryError`` in one plain
line: not found, refused, silent, no STARTTLS, a bad certificate, a login it does not take.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Timer

from monitor.delivery.settings import MailSettings
from monitor.delivery.trouble import is_permanent, say_reply, say_trouble
from monitor.errors import DeliveryError, FetchError

_READY = 220
_GOODBYE_S = 5


class Connection(smtplib.SMTP):
    """An SMTP connection over a socket that was checked, which another thread may cut."""

    def __init__(
        self, settings: MailSettings, context: ssl.SSLContext, open_socket: Callable[[], socket]
    ) -> None:
        """Prepare; ``connect`` connects."""
        # The address literal of RFC 5321 §4.1.3: this machine's name is nobody's business, and
        # smtplib would ask the DNS for it.
        super().__init__(local_hostname="[127.0.0.1]", timeout=settings.step_s)
        self._host = settings.host  # whose certificate STARTTLS checks
        self._settings = settings
        self._context = context
        self._open_socket = open_socket
        self.was_cut = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:  # noqa: ARG002 - ours is checked
        plain = self.sock = self._open_socket()
        plain.settimeout(self._settings.step_s)
        if self._settings.security != "tls":
            return plain
        # The handshake apart, so that ``cut`` reaches it.
        private = self.sock = self._context.wrap_socket(
            plain, server_hostname=self._host, do_handshake_on_connect=False
        )
        private.do_handshake()
        return private

    def cut(self) -> None:
        """End the conversation from another thread, whatever it waits for.

        Known limit: within a STARTTLS handshake only the wait for each packet is bounded.
        """
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(SHUT_RDWR)

    def say_goodbye(self) -> None:
        """Quit if the server still listens; nothing depends on its answer."""
        with suppress(OSError):
            if self.sock is not None:
                self.sock.settimeout(min(_GOODBYE_S, self._settings.step_s))
                self.docmd("QUIT")


@contextmanager
def open_session(
    settings: MailSettings, context: ssl.SSLContext, open_socket: Callable[[], socket]
) -> Iterator[Connection]:
    """Yield a connection that is private and logged in as the settings want.

    ``open_socket`` opens a checked socket to the server, or raises ``FetchError``. Raises
    ``DeliveryError``, permanent where only the user can mend it.
    """
    if settings.username and settings.security == "none" and not settings.plain_login:
        raise DeliveryError(
            f"{settings.where}: no login without TLS; set mail.security to starttls or tls",
            permanent=True,
        )
    smtp = Connection(settings, context, open_socket)
    limit = Timer(settings.whole_s, smtp.cut)
    limit.daemon = True
    limit.start()
    try:
        _prepare(smtp, settings, context)
        yield smtp
        smtp.say_goodbye()
    finally:
        limit.cancel()
        smtp.close()


def _prepare(smtp: Connection, settings: MailSettings, context: ssl.SSLContext) -> None:
    try:
        code, reply = smtp.connect(settings.host, settings.port)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, reply)
        smtp.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            _start_tls(smtp, settings, context)
        if settings.username:
            _log_in(smtp, settings, settings.username)
    except (FetchError, OSError) as error:
        raise DeliveryError(say_trouble(error, settings, cut=smtp.was_cut)) from error


def _start_tls(smtp: Connection, settings: MailSettings, context: ssl.SSLContext) -> None:
    if not smtp.has_extn("starttls"):
        raise DeliveryError(
            f"{settings.where} offers no STARTTLS, so nothing was sent; if it only speaks TLS or"
            " only speaks plainly, set mail.security to tls or none"
        )
    smtp.starttls(context=context)
    smtp.ehlo()


def _log_in(smtp: Connection, settings: MailSettings, username: str) -> None:
    try:
        smtp.login(username, settings.password or "")
    except smtplib.SMTPAuthenticationError as error:
        said = say_reply(error.smtp_code, error.smtp_error, settings)
        message = f"{settings.where} refused the login ({said}); check mail.username and password"
        if is_permanent(error.smtp_code):
            raise DeliveryError(message, permanent=True) from None
        raise DeliveryError(message) from None
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(f"{settings.where} offers no login", permanent=True) from error
    except UnicodeEncodeError:
        # The error holds the password: it is not chained.
        raise DeliveryError(
            f"{settings.where}: a user name or password with letters outside ASCII cannot be sent",
            permanent=True,
        ) from None
