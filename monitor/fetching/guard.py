"""Which addresses may be connected to, and name look-up whose result is the one connected to.

A check of the *name* would be worth nothing: the name can lead elsewhere a moment later, and
``0x7f.1`` or ``2130706433`` are names of 127.0.0.1. So names are looked up here, every address
found is judged, and the connection is made to that very address.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

import httpx

from monitor.errors import Code, FetchError

Lookup: TypeAlias = Callable[[str, int], Sequence[str]]
"""From host and port to IP addresses; blocks; raises OSError (gaierror) or ValueError."""

CONNECT_LIMIT_S = 10.0
"""For look-up and connection together: a machine without network soon says so."""

_MOST_ADDRESSES = 6
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4; all else is local or reserved
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_DOCUMENTATION = IPv6Network("3fff::/20")  # RFC 9637, newer than Python 3.11's tables


def is_public(ip: str) -> bool:
    """Say whether an IP address is globally routable, also once mapped or translated.

    >>> is_public("9.9.9.9"), is_public("::ffff:10.0.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)
    """
    address = ip_address(ip)
    if isinstance(address, IPv6Address):
        inner = _inner_ipv4(address)
        if inner is None:
            return (
                address in _GLOBAL_UNICAST and address.is_global and address not in _DOCUMENTATION
            )
        address = inner
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one ends up at: mapped, 6to4, NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host, in the order to try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Finds the addresses of a host that may be connected to.

    ``allow`` holds ``host:port`` pairs (``[::1]:8080`` for IPv6) that need not be public; an
    entry that cannot be read allows nothing.
    """

    allow: frozenset[str] = frozenset()
    lookup: Lookup = look_up

    def start_lookup(self, host: str, port: int) -> Future[Sequence[str]]:
        """Look a host up in a thread of its own, and return the future addresses.

        Not in an executor: getaddrinfo cannot be stopped and may take 30 s without a network; an
        executor's few threads would make the other sources queue, and delay our end.
        """
        future: Future[Sequence[str]] = Future()
        work = threading.Thread(target=self._look_up_into, args=(future, host, port), daemon=True)
        work.start()
        return future

    def _look_up_into(self, future: Future[Sequence[str]], host: str, port: int) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(self.lookup(host, port))
        except (OSError, ValueError) as error:
            future.set_exception(error)

    def admit(self, host: str, port: int, addresses: Iterable[str]) -> Sequence[str]:
        """Return those addresses that may be connected to; raises ``blocked`` if none may."""
        found = tuple(addresses)
        if not found:
            raise FetchError(Code.DNS, f"{host} has no address")
        if not self._is_allowed(host, port):
            public = tuple(ip for ip in found if is_public(ip))
            if not public:
                raise FetchError(Code.BLOCKED, f"{host} leads to {found[0]}, which is not public")
            found = public
        return found[:_MOST_ADDRESSES]

    def _is_allowed(self, host: str, port: int) -> bool:
        return _pair(host, port) in {_read_entry(entry) for entry in self.allow}


def lookup_failed(host: str, error: Exception) -> FetchError:
    """Return the error that says why a name could not be looked up."""
    if isinstance(error, TimeoutError):
        return FetchError(Code.DNS, f"no answer about the name {host}")
    return FetchError(Code.DNS, f"the name {host} is not known")


def connect_failed(host: str, error: Exception) -> FetchError:
    """Return the error that says why none of a host's addresses could be connected to."""
    if isinstance(error, TimeoutError):
        return FetchError(Code.TIMEOUT, f"no answer from {host}")
    return FetchError(Code.CONNECT, f"{host} cannot be connected to")


def connect_checked(
    host: str,
    port: int,
    allow: frozenset[str],
    timeout_s: float,
    *,
    lookup: Lookup = look_up,
) -> socket.socket:
    """Connect to a host whose address may be connected to; blocks, for ``timeout_s`` at most.

    The socket keeps the timeout. Raises ``FetchError``: dns, blocked, connect, timeout.
    """
    ends_at_s = time.monotonic() + timeout_s
    guard = Guard(allow, lookup)
    try:
        found = guard.start_lookup(host, port).result(timeout_s)
    except (OSError, ValueError) as error:
        raise lookup_failed(host, error) from error
    admitted = guard.admit(host, port, found)
    failure: OSError = TimeoutError()
    for tried, ip in enumerate(admitted):
        share_s = (ends_at_s - time.monotonic()) / (len(admitted) - tried)
        try:
            connection = socket.create_connection((ip, port), timeout=max(share_s, 0.01))
        except OSError as error:
            failure = error
        else:
            connection.settimeout(timeout_s)
            return connection
    raise connect_failed(host, failure) from failure


def _pair(host: str, port: int) -> tuple[str, int]:
    name = host.strip("[]").rstrip(".").lower()
    try:
        return str(ip_address(name)), port
    except ValueError:
        return name, port


def _read_entry(entry: str) -> tuple[str, int] | None:
    try:
        url = httpx.URL(f"http://{entry}")
    except httpx.InvalidURL:
        return None
    # httpx leaves out a scheme's own port; an entry without any means nothing else.
    return _pair(url.raw_host.decode("ascii"), url.port or 80)
