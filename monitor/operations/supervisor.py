"""Word to systemd, as sd_notify(3) has it: one datagram to the socket named in the environment."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

import structlog

log = structlog.get_logger(__name__)

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"


def tell_supervisor(*lines: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Tell systemd; returns whether it was told. Where nobody listens this does nothing."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    # A name that begins with @ is in the abstract namespace: its first byte is zero (unix(7)).
    path = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(0)
            channel.connect(path)
            channel.send("\n".join(lines).encode())
    except OSError as error:
        log.debug("systemd not told", error=str(error))
        return False
    return True
