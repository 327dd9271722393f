"""sd_notify: one datagram, to a path or an abstract name; no supervisor, no word."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from monitor.operations.supervisor import ALIVE, READY, tell_supervisor


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_hears_it(tmp_path: Path, *, abstract: bool) -> None:
    name = f"@ecoute-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name[1:] if abstract else name)
        assert tell_supervisor(READY, ALIVE, environ={"NOTIFY_SOCKET": name})
        assert listening.recv(100) == b"READY=1\nWATCHDOG=1"


@pytest.mark.parametrize("address", ["", "vsock:2:1", "/nowhere/at/all"])
def test_where_nobody_listens_nothing_is_said(address: str) -> None:
    assert not tell_supervisor(READY, environ={"NOTIFY_SOCKET": address})
    assert not tell_supervisor(READY, environ={})
