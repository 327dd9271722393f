"""What every test may ask for, and the network that none may reach."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from fixed_clock import FixedClock

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings, corpora and data beside the checkout; skips where it is not."""
    if not SHARED.is_dir():
        pytest.skip(f"no folder {SHARED.name}/ beside the checkout: recorded responses are absent")
    return SHARED


@pytest.fixture
def clock() -> FixedClock:
    """Monday 2026-11-23, 08:00 in Paris, until it is moved."""
    return FixedClock()


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """Let no test reach beyond this machine, not even to look a name up."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _local_names_only(socket.getaddrinfo))
        yield


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def checked(self: socket.socket, *args: Any) -> Any:  # noqa: ANN401 - three signatures
        address = args[-1]
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_local(address[0]):
            raise PermissionError(f"a test tried to reach {address[0]}")
        return method(self, *args)

    return checked


def _local_names_only(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def checked(host: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the original
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_address(name) and not name.endswith("localhost"):
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {name}")
        return method(host, *args, **kwargs)

    return checked


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    if not _is_address(host):
        return host.endswith("localhost")
    address = ip_address(host.partition("%")[0])
    return address.is_loopback or address.is_unspecified
