"""From a connection to an open folder: made private, logged in. Shared by all who read mail."""

from __future__ import annotations

import base64
import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Timer

from monitor.errors import Code
from monitor.fetching.imap_account import ImapAccount, ImapError, Patience
from monitor.fetching.imap_connection import Connection
from monitor.fetching.imap_faults import say, translated
from monitor.model import Health

# RFC 5530 §3, and Gmail's own: the server has no time now, whatever the password.
_BUSY = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|THROTTLED|OVERQUOTA)\b", re.IGNORECASE)
_EXPIRED = re.compile(r"\[EXPIRED\b", re.IGNORECASE)


def open_folder(imap: Connection, account: ImapAccount, folder: str, *, read_only: bool) -> None:
    """Connect, make the connection private, log in and open a folder. Raises as ``translated``."""
    imap.start()
    _make_private(imap, account)
    _log_in(imap, account)
    # Most servers tell what they can only once they know who asks.
    _, able = imap.capability()
    imap.capabilities = tuple(
        b" ".join(filter(None, able)).decode("ascii", "replace").upper().split()
    )
    code, told = imap.select(quoted(folder), readonly=read_only)
    if code != "OK":
        said = say(told[-1], account)
        if _BUSY.search(said):
            raise ImapError(Code.RATE_LIMITED, f"cannot open the folder now ({said})")
        raise ImapError(Code.EMPTY, f"has no folder {folder} ({said})", missing=folder)
    imap.count = _number(told)
    imap.uid_validity = _number(imap.response("UIDVALIDITY")[1])


@contextmanager
def open_for_a_while(
    imap: Connection, account: ImapAccount, folder: str, patience: Patience
) -> Iterator[Connection]:
    """Yield a connection with a folder open to be written; closed when ``whole_s`` are over.

    Raises ``FetchError``, also for what goes wrong in the block.
    """
    limit = Timer(patience.whole_s, imap.cut)
    limit.daemon = True
    limit.start()
    try:
        with translated(imap, account, patience):
            open_folder(imap, account, folder, read_only=False)
            yield imap
    finally:
        limit.cancel()
        imap.leave()


def _make_private(imap: Connection, account: ImapAccount) -> None:
    if account.security == "none" and not account.plain_login:
        raise ImapError(Code.BLOCKED, "is not logged in to without TLS; set security to tls")
    if account.security == "starttls":
        if "STARTTLS" not in imap.capabilities:
            raise ImapError(
                Code.TLS,
                "offers no STARTTLS, so no password was sent; if it speaks TLS from the start, set"
                " security to tls",
            )
        imap.starttls(imap.context)


def _log_in(imap: Connection, account: ImapAccount) -> None:
    if re.search(r"[\x00\r\n]", account.username + account.secret):
        raise _refused("a line break within", Health.NEEDS_TOKEN)
    try:
        if account.by_token:
            imap.authenticate("XOAUTH2", _token_answers(account))
        else:
            # imaplib quotes only the password by itself.
            imap.login(_string(account.username), account.secret)
    except UnicodeEncodeError:
        # The error holds the password: it is not chained.
        raise _refused("letters outside ASCII cannot be sent", Health.NEEDS_TOKEN) from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        said = say(error, account)
        if _BUSY.search(said):
            raise ImapError(Code.RATE_LIMITED, f"cannot log in now ({said})") from None
        raise _refused(said, _health_of(said, account)) from None


def _health_of(said: str, account: ImapAccount) -> Health:
    if account.by_token:  # a new one: what it lacks is the right to IMAP
        return Health.PERMISSION_MISSING
    return Health.TOKEN_EXPIRED if _EXPIRED.search(said) else Health.NEEDS_TOKEN


def _refused(said: str, health: Health) -> ImapError:
    missing = "IMAP" if health is Health.PERMISSION_MISSING else ""
    detail = f"refused the login ({said}); check username and password"
    return ImapError(Code.AUTH, detail, health=health, missing=missing)


def _token_answers(account: ImapAccount) -> Callable[[bytes], bytes]:
    """Answer XOAUTH2 (developers.google.com/gmail/imap/xoauth2-protocol, read 2026-11).

    A refusal comes as a second challenge, which wants an empty answer.
    """
    answers = iter([f"user={account.username}\1auth=Bearer {account.secret}\1\1".encode()])
    return lambda _: next(answers, b"")


def _number(told: Sequence[object]) -> int:
    last = told[-1] if told else None
    return int(last[:12]) if isinstance(last, bytes) and last.isdigit() else 0


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
