"""Giving one mail to the mail server, and what that did for each recipient."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from socket import socket
from typing import Protocol

import certifi

from monitor.delivery.addresses import bare_address
from monitor.delivery.session import Connection, open_session
from monitor.delivery.settings import MailSettings, Security
from monitor.delivery.trouble import LOGIN_CODES, is_permanent, say_reply, say_trouble
from monitor.fetching.guard import connect_checked
from monitor.model import DeliveryResult, DeliveryState

__all__ = ["Connect", "MailSettings", "Mailer", "Security"]


class Connect(Protocol):
    """What opens a socket to a host whose address was checked. Raises ``FetchError``."""

    def __call__(self, host: str, port: int, allow: frozenset[str], timeout_s: float) -> socket:
        """Open it; the address checked is the address connected."""
        ...


class Mailer:
    """Gives mails to one server, a connection each.

    ``allow_private_hosts`` are the ``host:port`` that may be reached although not public. By
    default the certificate authorities of the system and of certifi are trusted.
    """

    def __init__(
        self,
        settings: MailSettings,
        *,
        ssl_context: ssl.SSLContext | None = None,
        allow_private_hosts: frozenset[str] = frozenset(),
        connect: Connect = connect_checked,
    ) -> None:
        self._settings = settings
        self._context = ssl_context or _default_context()
        self._taken: set[tuple[bytes, str]] = set()
        self._open_socket: Callable[[], socket] = partial(
            connect, settings.host, settings.port, allow_private_hosts, settings.step_s
        )

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> list[DeliveryResult]:
        """Give a mail to the server; one result a recipient, in their order, without times.

        ``refused`` is a 5xx on the recipient or on the mail. ``waiting`` is everything else that
        was not taken, and also what may have been taken: a connection lost after the last byte.
        Raises ``DeliveryError`` when the server itself cannot be used, for whatever mail; the
        error is permanent when only the user can mend it (login, settings).
        """
        mail = sha256(message).digest()
        results: dict[str, DeliveryResult] = {}
        addresses: dict[str, str] = {}
        for recipient in recipients:
            try:
                addresses[recipient] = bare_address(recipient)
            except ValueError as error:
                results[recipient] = _result(recipient, DeliveryState.REFUSED, str(error))
            # Asked again for what this process saw taken: only its record failed (a full disk).
            if (mail, recipient) in self._taken:
                results[recipient] = _result(recipient, DeliveryState.SENT, None)
        waiting = {r: a for r, a in addresses.items() if r not in results}
        if waiting:
            results |= self._send(message, bare_address(sender), waiting)
        given = [results[recipient] for recipient in recipients]
        self._taken |= {(mail, r.recipient) for r in given if r.state is DeliveryState.SENT}
        return given

    def check(self) -> None:
        """Reach the server and log in, sending nothing. Raises ``DeliveryError``."""
        with open_session(self._settings, self._context, self._open_socket):
            pass

    def _send(
        self, message: bytes, sender: str, addresses: Mapping[str, str]
    ) -> dict[str, DeliveryResult]:
        results: dict[str, DeliveryResult] = {}
        with open_session(self._settings, self._context, self._open_socket) as smtp:
            for batch in _batches(addresses, message, sender):
                results |= self._give(smtp, message, sender, batch)
        return results

    def _give(
        self, smtp: Connection, message: bytes, sender: str, batch: Mapping[str, str]
    ) -> dict[str, DeliveryResult]:
        """Give a mail for the recipients of a batch, and tell what became of each."""
        try:
            replies = _transact(smtp, message, sender, batch.values())
        except smtplib.SMTPNotSupportedError:
            error = f"{self._settings.where} takes no address with letters outside ASCII"
            return {r: _result(r, DeliveryState.REFUSED, error) for r in batch}
        except OSError as trouble:  # smtplib's errors are OSErrors too
            error = say_trouble(trouble, self._settings, cut=smtp.was_cut)
            return {r: _result(r, DeliveryState.WAITING, error) for r in batch}
        return {r: self._read_reply(r, replies.get(address)) for r, address in batch.items()}

    def _read_reply(self, recipient: str, reply: tuple[int, bytes] | None) -> DeliveryResult:
        if reply is None:
            return _result(recipient, DeliveryState.SENT, None)
        code, text = reply
        error = f"{self._settings.where} answered {say_reply(code, text, self._settings)}"
        if is_permanent(code) and code not in LOGIN_CODES:
            return _result(recipient, DeliveryState.REFUSED, error)
        return _result(recipient, DeliveryState.WAITING, error)


def _transact(
    smtp: Connection, message: bytes, sender: str, addresses: Collection[str]
) -> dict[str, tuple[int, bytes]]:
    """Run one mail transaction; return the server's "no", by address. Raises OSError."""
    options = [] if _is_ascii(sender, *addresses, message) else ["SMTPUTF8", "BODY=8BITMIME"]
    try:
        return smtp.sendmail(sender, list(addresses), message, options)
    except smtplib.SMTPRecipientsRefused as error:
        # After a 421 the server hangs up, and said nothing of those not asked yet.
        return {a: error.recipients.get(a, (421, b"service closing")) for a in addresses}
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        said = error.smtp_error
        reply = said.encode() if isinstance(said, str) else said
        return dict.fromkeys(addresses, (error.smtp_code, reply))


def _batches(addresses: Mapping[str, str], message: bytes, sender: str) -> Iterator[dict[str, str]]:
    """Part recipients that need SMTPUTF8 from the others: a server without it still has those."""
    if _is_ascii(sender, message):
        plain = {r: a for r, a in addresses.items() if a.isascii()}
        yield from filter(None, (plain, {r: a for r, a in addresses.items() if r not in plain}))
    else:
        yield dict(addresses)


def _is_ascii(*parts: str | bytes) -> bool:
    return all(part.isascii() for part in parts)


def _result(recipient: str, state: DeliveryState, error: str | None) -> DeliveryResult:
    return DeliveryResult(recipient=recipient, state=state, error=error)


def _default_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())  # a bare Debian has no authorities of its own
    return context
