"""What our own servers share: whom they answer, what answers bear, how a taken port is told."""

from __future__ import annotations

import errno
import socket
from collections.abc import Collection, Mapping
from ipaddress import ip_address

from monitor.errors import StoreCode, StoreError

SAFE_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def is_admitted(listening: str, asked: str | None, known_as: Collection[str] = ()) -> bool:
    """Tell whether a request for a ``Host`` is answered, by a server that listens at an address.

    On a loopback address only who asks for one is (promise 25): a page of another site that a
    browser here shows can name our port, but not that host. ``known_as`` are the names under which
    a proxy in front is asked. Elsewhere its owner opened it to others, under whatever name.

    >>> is_admitted("127.0.0.1", "localhost:8751"), is_admitted("::1", "evil.example")
    (True, False)
    """
    if not is_loopback(listening):
        return True
    name = host_named(asked or "")
    return is_loopback(name) or name.lower() in known_as


def host_named(header: str) -> str:
    """Return the host of a ``Host`` header, without its port and brackets."""
    has_port = ":" in header and not header.endswith("]") and header.rpartition(":")[2].isdigit()
    return (header.rpartition(":")[0] if has_port else header).strip("[]")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def address_of(host: str, port: int) -> str:
    """Return an address as a browser takes it: an IPv6 one in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_free(host: str, port: int) -> bool:
    """Tell whether a server of ours could listen at an address now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def cannot_listen(host: str, port: int, error: Exception, option: str) -> StoreError:
    """Return the error of a server that found no place; ``option`` is where that is written."""
    is_taken = getattr(error, "errno", None) == errno.EADDRINUSE
    return StoreError(
        StoreCode.PORT_IN_USE,
        f"{host}:{port}: {getattr(error, 'strerror', None) or error}",
        f"choose another port ({option}), or stop what uses it"
        if is_taken
        else f"choose an address of this machine ({option})",
    )
