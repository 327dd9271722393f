"""What went wrong with an IMAP server, as a ``FetchError`` in one line, without the secret."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.errors import Code, FetchError
from monitor.fetching.imap_account import ImapAccount, ImapError, Patience
from monitor.fetching.imap_connection import Connection
from monitor.text import clean, cut

_SAID = 200


@contextmanager
def translated(imap: Connection, account: ImapAccount, patience: Patience) -> Iterator[None]:
    """Raise a ``FetchError`` for whatever goes wrong in a conversation."""
    try:
        yield
    except (FetchError, OSError, imaplib.IMAP4.error, ValueError) as error:
        if isinstance(error, FetchError) and not imap.was_cut:
            raise
        raise _told(error, imap, account, patience) from error


def _told(
    error: Exception, imap: Connection, account: ImapAccount, patience: Patience
) -> ImapError:
    if imap.was_cut:
        return ImapError(Code.TIMEOUT, f"took longer than {patience.whole_s:g} s in all")
    if isinstance(error, ssl.SSLError):
        return ImapError(Code.TLS, _tls_told(error, account))
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return ImapError(Code.TIMEOUT, f"did not answer within {patience.step_s:g} s")
    if "BYE" in getattr(imap, "untagged_responses", {}) or str(error).startswith("b'* BYE"):
        return ImapError(Code.CONNECT, f"ended the conversation ({say(error, account)})")
    if isinstance(error, imaplib.IMAP4.error | ValueError) and "EOF" not in str(error):
        return ImapError(Code.PROTOCOL, f"answered what is of no use ({say(error, account)})")
    code = Code.TRUNCATED if imap.has_spoken else Code.CONNECT
    return ImapError(code, "closed the connection")


def _tls_told(error: ssl.SSLError, account: ImapAccount) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"shows a certificate that is not valid ({say(error.verify_message, account)})"
    return f"could not agree on TLS ({say(error.reason or '', account)})"


def say(told: object, account: ImapAccount) -> str:
    """Return a server's words on one line, without the secret should it repeat it."""
    if isinstance(told, Exception) and told.args:
        told = told.args[0]  # imaplib raises the bytes that it got
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    for secret in filter(None, (account.secret,)):
        text = text.replace(secret, "••••")
    printable = "".join(sign if sign.isprintable() else " " for sign in clean(text))
    return cut(" ".join(printable.split()), _SAID)
