"""A name server on loopback that knows what a test tells it, over UDP and TCP.

with DnsServer({"example.fr TXT": ["v=spf1 -all"]}) as server:
    make_resolver(server.host, server.port)
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from servers import LOOPBACK

_MOST_UDP = 512


class DnsServer:
    """Answers from ``zone``: "name TYPE" → records as a zone file writes them (a TXT bare).

    A name with a name below it exists, as RFC 8020 wants. Names in ``failing`` get SERVFAIL;
    those in ``silent`` no answer. ``asked`` holds the questions.
    """

    def __init__(
        self,
        zone: Mapping[str, Sequence[str]],
        *,
        failing: Sequence[str] = (),
        silent: Sequence[str] = (),
    ) -> None:
        self.host, self.asked = LOOPBACK, list[str]()
        self._zone = dict(zone)
        self._failing, self._silent = set(failing), set(silent)
        self._stopped = threading.Event()
        self._tcp = socket.create_server((LOOPBACK, 0))
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((LOOPBACK, self.port))
        self._threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self._serve_udp, self._serve_tcp)
        ]

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{self.host}:{self.port}"

    def __enter__(self) -> Self:
        for sock in (self._tcp, self._udp):
            sock.settimeout(0.05)
        for thread in self._threads:
            thread.start()
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
        self._tcp.close()
        self._udp.close()

    def _serve_udp(self) -> None:
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                wire, peer = self._udp.recvfrom(4096)
                answer = self._answer(wire)
                if answer is not None and len(answer) > _MOST_UDP:
                    short = dns.message.make_response(dns.message.from_wire(wire))
                    short.flags |= dns.flags.TC
                    answer = short.to_wire()
                if answer is not None:
                    self._udp.sendto(answer, peer)

    def _serve_tcp(self) -> None:
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                connection, _ = self._tcp.accept()
                with connection:
                    connection.settimeout(1)
                    (size,) = struct.unpack("!H", connection.recv(2))
                    answer = self._answer(connection.recv(size)) or b""
                    connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        response = dns.message.make_response(query)
        if name in self._silent:
            return None
        if name in self._failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif records := self._zone.get(f"{name} {kind}"):
            given = [_quoted(text) for text in records] if kind == "TXT" else list(records)
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, given))
        elif not self._exists(name):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()

    def _exists(self, name: str) -> bool:
        known = (key.split()[0] for key in self._zone)
        return any(other == name or other.endswith(f".{name}") for other in known)


def _quoted(text: str) -> str:
    """Write a text in strings of at most 255 bytes."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text) or 1, 255))
