"""A conversation with the mailbox of replies, up to where its folder is open.

Whatever can be wrong with the server ends here as a ``MailboxError`` in one plain line, without
the password.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket

from monitor.errors import Code, FetchError, MailboxError
from monitor.fetching.imap_account import ImapAccount, ImapError, Patience
from monitor.fetching.imap_connection import Connection
from monitor.fetching.imap_faults import say
from monitor.fetching.imap_opening import open_for_a_while
from monitor.replies.settings import MailboxSettings

_PERMANENT = {Code.AUTH, Code.BLOCKED, Code.EMPTY}
"""What only the user can mend: the login, the protection, the folder."""


@contextmanager
def open_session(
    settings: MailboxSettings, context: ssl.SSLContext, open_socket: Callable[[], socket]
) -> Iterator[Connection]:
    """Yield a connection, private and logged in, with the folder open. Raises ``MailboxError``.

    Also what goes wrong in the block becomes one.
    """
    account = settings.account
    patience = Patience(step_s=settings.step_s, whole_s=settings.whole_s)
    imap = Connection(account, context, open_socket, patience)
    try:
        with open_for_a_while(imap, account, settings.folder, patience):
            yield imap
    except FetchError as error:
        raise _told(error, account) from error.__cause__


def _told(error: FetchError, account: ImapAccount) -> MailboxError:
    if not isinstance(error, ImapError):
        said = say(error.detail, account)
        return MailboxError(f"{account.where} cannot be reached ({error.code}: {said})")
    return MailboxError(f"{account.where} {error.detail}", permanent=error.code in _PERMANENT)
