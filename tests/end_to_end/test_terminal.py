"""What a person sees on a terminal of 80 columns."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import sys
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from servers import FeedServer, ecoute_env, run_ecoute, write_config

LONG_ID = "journal-local-de-valenciennes"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run_on_terminal(*args: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run the command with standard output and error on a terminal; return all it showed."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "monitor", *args],
        cwd=cwd,
        env=ecoute_env(cwd, {"TERM": "xterm-256color"} | (env or {})),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:
            pass  # Linux's way to say that the other end is closed
        finally:
            os.close(ours)
    return shown.decode()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two mentions, from a source with a long name, and a source that failed."""
    folder = tmp_path_factory.mktemp("filled")
    with FeedServer({"/rss": rss([GOOD, BAD])}) as web:
        feeds = [
            {"type": "feed", "id": LONG_ID, "url": web.url("/rss")},
            {"type": "feed", "id": "radio-locale", "url": web.url("/nowhere")},
        ]
        write_config(folder, feeds=feeds)
        assert run_ecoute("poll", cwd=folder).returncode == 1
    return folder


@pytest.mark.parametrize("command", ["mentions", "sources", "stats"])
def test_a_table_fits_and_cuts_no_name_that_one_types(filled: Path, command: str) -> None:
    lines = _COLOUR.sub("", run_on_terminal(command, cwd=filled)).splitlines()
    tabular = [line for line in lines if "http_status" not in line]
    assert max(map(len, tabular)) <= 80
    assert "…" not in "".join(tabular)
    if command != "stats":
        assert any(LONG_ID in line for line in tabular)


def test_a_failed_source_is_explained_below_the_table(filled: Path) -> None:
    shown = run_on_terminal("sources", cwd=filled)
    assert "radio-locale: http_status: Le serveur a répondu par une erreur (404)" in shown


@pytest.mark.parametrize("command", ["mentions", "check"])
def test_no_color_means_no_escape_at_all(filled: Path, command: str) -> None:
    assert "\x1b" not in run_on_terminal(command, cwd=filled, env={"NO_COLOR": "1"})


def test_a_poll_shows_its_progress_on_a_terminal_only(filled: Path) -> None:
    assert "2/2" in run_on_terminal("poll", "--force", "--dry-run", cwd=filled)
    plain = run_on_terminal("poll", "--force", "--dry-run", cwd=filled, env={"NO_COLOR": "1"})
    assert "2/2" not in plain
