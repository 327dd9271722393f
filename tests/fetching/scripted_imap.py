"""An IMAP server of a few lines that misbehaves as told; the good one of the tests is Dovecot."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeAlias

Speak: TypeAlias = "bytes | Callable[[socket.socket], None]"


class ScriptedImap:
    """Answers each command by its name; ``%s`` is its tag. A callable does as it likes.

    ``greeting`` comes first. Commands without an answer are ``OK``.
    """

    def __init__(self, answers: Mapping[str, Speak], greeting: Speak = b"* OK hello\r\n") -> None:
        self._answers = dict(answers)
        self._greeting = greeting
        self.lines: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(peer,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, suppress(OSError):
            peer.settimeout(10)
            self._say(peer, self._greeting, b"*")
            for line in peer.makefile("rb"):
                self.lines.append(line.decode("utf-8", "replace").strip())
                tag, _, rest = line.strip().partition(b" ")
                words = rest.decode("utf-8", "replace").upper().split(" ")
                name = " ".join(words[:2]) if words[0] == "UID" else words[0]
                self._say(peer, self._answers.get(name, b"%s OK done\r\n"), tag)

    def _say(self, peer: socket.socket, answer: Speak, tag: bytes) -> None:
        if callable(answer):
            answer(peer)
        else:
            peer.sendall(re.sub(rb"%s", tag, answer))


def hang(peer: socket.socket) -> None:
    """Say nothing until the other side leaves."""
    with suppress(OSError):
        while peer.recv(1_000):
            pass
    peer.close()


def trickle(peer: socket.socket) -> None:
    """Say a sign now and then, never a whole line."""
    while True:
        peer.sendall(b"*")
        time.sleep(0.02)


def flood(peer: socket.socket) -> None:
    """Say more and more, never what was asked for."""
    # To one who left with a full window the system goes on offering for a while.
    peer.settimeout(1)
    while True:
        peer.sendall(b"* 1 EXISTS\r\n" * 10_000)


def close(peer: socket.socket) -> None:
    """Leave."""
    peer.shutdown(socket.SHUT_RDWR)


def saying(answer: bytes) -> Callable[[socket.socket], None]:
    """Say something, and leave."""

    def speak(peer: socket.socket) -> None:
        peer.sendall(answer)
        peer.shutdown(socket.SHUT_RDWR)

    return speak
