"""What went wrong with the mail server, as one plain line without secrets."""

from __future__ import annotations

import base64
import smtplib
import ssl

from monitor.delivery.addresses import clean_header
from monitor.delivery.settings import MailSettings
from monitor.errors import FetchError

# RFC 4954 §6: no login, too weak, wrong, TLS wanted. They speak of the account, never of a mail.
LOGIN_CODES = frozenset({530, 534, 535, 538})


def say_trouble(error: Exception, settings: MailSettings, *, cut: bool = False) -> str:
    """Say what went wrong; ``cut``: it was us who ended a conversation that took too long."""
    if cut:
        happened = f"took longer than {settings.whole_s:g} s in all"
    elif isinstance(error, FetchError):
        happened = f"cannot be reached ({error.code}: {clean_header(error.detail)})"
    elif isinstance(error, ssl.SSLError):
        happened = _say_tls(error)
    elif _is_timeout(error):
        happened = f"did not answer within {settings.step_s:g} s"
    else:
        happened = _say_smtp(error, settings)
    return f"{settings.where} {happened}"


def _is_timeout(error: Exception) -> bool:
    # smtplib turns a socket's timeout into a disconnection, and keeps only its words.
    lost = isinstance(error, smtplib.SMTPServerDisconnected)
    return isinstance(error, TimeoutError) or (lost and "timed out" in str(error))


def _say_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"shows a certificate that is not valid ({clean_header(error.verify_message)})"
    return f"could not agree on TLS ({clean_header(error.reason or 'connection closed')})"


def _say_smtp(error: Exception, settings: MailSettings) -> str:
    match error:
        case smtplib.SMTPResponseException():
            return f"answered {say_reply(error.smtp_code, error.smtp_error, settings)}"
        case smtplib.SMTPServerDisconnected() | ConnectionError():
            return "closed the connection"
        case smtplib.SMTPException():
            return f"cannot be spoken to ({clean_header(scrub(str(error), settings))})"
        case _:
            return f"cannot be reached ({clean_header(getattr(error, 'strerror', '') or '?')})"


def is_permanent(code: int) -> bool:
    """Whether a reply code says "never" (RFC 5321 §4.2.1); anything unreadable does not."""
    return 500 <= code <= 599  # noqa: PLR2004 - the range of the RFC


def say_reply(code: int, text: bytes | str, settings: MailSettings) -> str:
    """Return a server's answer as ``550 no such user``."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    line = clean_header(scrub(words, settings))
    return f"{code} {line}".strip() if code > 0 else f"what is not SMTP: {line}"


def scrub(text: str, settings: MailSettings) -> str:
    """Hide the password, plain or as the login encodes it, should a server repeat it."""
    if not settings.password:
        return text
    plain = f"\0{settings.username or ''}\0{settings.password}"
    encoded = [base64.b64encode(s.encode()).decode() for s in (settings.password, plain)]
    for secret in (settings.password, *encoded):
        text = text.replace(secret, "••••")
    return text
