"""Arguments that are no text, no name or no number end in one line that says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

YAML = "language: en\nbusinesses: [{name: Fleurs Bougamont}]\nsources: []\n"


def ecoute(folder: Path, *arguments: bytes) -> subprocess.CompletedProcess[bytes]:
    (folder / "sources.yaml").write_text(YAML, encoding="utf-8")
    command = [sys.executable.encode(), b"-m", b"monitor", *arguments]
    return subprocess.run(  # noqa: S603 - our own command
        command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (b"mentions", b"--source", b"\xff\xfe"),
        (b"mentions", b"\xed\xa0\x80 \xff"),
        (b"mentions", b"(" * 5_000),
        (b"mentions", b"--since", b"9" * 5_000),
        (b"mentions", b"--limit", b"9" * 5_000),
        (b"mentions", b"--business", b"\x1b[31m\xff"),
        (b"backup", b"a" * 300),
        (b"restore", b"\xff"),
        (b"status", b"9" * 5_000, b"handled"),
        (b"--config", b"a" * 5_000, b"mentions"),
        (b"digest", b"--since", b"2026-99-99"),
    ],
    ids=lambda arguments: b" ".join(arguments)[:40].decode("ascii", "replace"),
)
def test_an_argument_that_means_nothing_is_told(
    tmp_path: Path, arguments: tuple[bytes, ...]
) -> None:
    done = ecoute(tmp_path, *arguments)
    said = done.stdout + done.stderr
    assert done.returncode in {0, 2}, said[-300:]
    assert b"Traceback" not in said
    assert b"internal" not in said
    assert b"\x1b" not in said
