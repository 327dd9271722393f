"""A connection to an IMAP server: checked, bounded, to be cut by another thread. Blocking."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR, socket

from monitor.errors import Code, FetchError
from monitor.fetching.imap_account import ImapAccount, ImapError, Patience

MOST_OF_ANSWER = 16_000_000
"""Bytes of one answer: the headers of a batch, or a mail; a folder's UIDs are less."""
_GOODBYE_S = 5
_GOODBYE_BYTES = 100_000


class Connection(imaplib.IMAP4):
    """An IMAP connection over a socket that was checked, which another thread may cut."""

    def __init__(
        self,
        account: ImapAccount,
        context: ssl.SSLContext,
        open_socket: Callable[[], socket],
        patience: Patience,
    ) -> None:
        """Prepare; ``start`` connects: only what exists can be cut."""
        self._account = account
        self.context = context
        self._open_socket = open_socket
        self._patience = patience
        self._left = MOST_OF_ANSWER
        self.was_cut = False
        self.has_spoken = False
        self._is_started = False
        self.count = 0
        self.uid_validity = 0
        self.sock: socket | None = None  # type: ignore[assignment] # typeshed has it always open

    def start(self) -> None:
        """Connect and read the greeting."""
        super().__init__(self._account.host, self._account.port, self._patience.step_s)
        self._is_started = True

    def _create_socket(self, timeout: float | None) -> socket:  # noqa: ARG002 - ours is checked
        plain = self.sock = self._open_socket()
        plain.settimeout(self._patience.step_s)
        if self._account.security != "tls":
            return plain
        # The handshake apart, so that ``cut`` reaches it.
        private = self.sock = self.context.wrap_socket(
            plain, server_hostname=self._account.host, do_handshake_on_connect=False
        )
        private.do_handshake()
        return private

    def uid(self, command: str, *args: str) -> tuple[str, list[object]]:
        """Ask by UID; its answer may take as much as any."""
        self._left = MOST_OF_ANSWER
        return super().uid(command, *args)

    def read(self, size: int) -> bytes:
        """Read a literal; the library would believe any size that a server claims."""
        self._spend(size)
        return super().read(size)

    def readline(self) -> bytes:
        """Read a line."""
        line = super().readline()
        self._spend(len(line))
        self.has_spoken = self.has_spoken or bool(line)
        return line

    def _spend(self, size: int) -> None:
        self._left -= size
        if self.was_cut:  # what lies in buffers would keep the thread busy for seconds
            raise TimeoutError
        if self._left < 0:
            raise ImapError(Code.TOO_LARGE, f"answers more than {MOST_OF_ANSWER} bytes")

    def cut(self) -> None:
        """End the conversation from another thread, whatever it waits for."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(SHUT_RDWR)

    def leave(self) -> None:
        """Say goodbye if the server still listens, and close."""
        with suppress(imaplib.IMAP4.error, OSError, ValueError, FetchError):
            if self._is_started and self.sock is not None and not self.was_cut:
                self.sock.settimeout(min(_GOODBYE_S, self._patience.step_s))
                self._left = _GOODBYE_BYTES
                self.logout()
        # A socket stays open as long as the file that is made of it.
        for held in (getattr(self, "file", None), self.sock):
            if held is not None:
                with suppress(OSError):
                    held.close()
