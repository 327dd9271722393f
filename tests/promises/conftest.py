"""What the tests of the promises share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from promises.shop import Shop
from servers import FeedServer, MailServer


@pytest.fixture
def web() -> Iterator[FeedServer]:
    """A web server whose feeds a test sets."""
    with FeedServer() as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server."""
    with MailServer() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path, web: FeedServer) -> Shop:
    """A shop that can watch the web server's feeds."""
    return Shop(tmp_path, web)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB; skips where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)  # noqa: S603 - no shell
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nobody but root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607 - likewise
