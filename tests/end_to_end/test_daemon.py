"""The daemon as a real process: it works, stops, is alone, and loses nothing when killed."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from end_to_end.feeds import GOOD, rss
from servers import FeedServer, MailServer, run_ecoute, started_ecoute, write_config

PATIENCE_S = 30
FAST = {"ECOUTE_FLOOR": "1s"}


def wait_until(is_so: Callable[[], object]) -> None:
    """Return once it is so; the processes watched are real, so we look again and again."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_the_daemon_asks_at_once_and_stops_within_seconds(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")])
        with started_ecoute("run", cwd=tmp_path) as daemon:
            wait_until(lambda: web.requests)
            began = time.monotonic()
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=10) == 0
            assert time.monotonic() - began < 10


def test_a_second_daemon_says_so_and_ends(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")])
        with started_ecoute("run", cwd=tmp_path):
            wait_until(lambda: web.requests)
            second = run_ecoute("run", cwd=tmp_path)
    assert second.returncode == 3
    assert second.stderr.splitlines()[-1].startswith("already_running: Écoute tourne déjà")


def test_a_restart_does_not_ask_again_what_is_not_due(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")])
        run_ecoute("poll", cwd=tmp_path)
        with started_ecoute("run", cwd=tmp_path) as daemon:
            assert daemon.stderr is not None
            wait_until(lambda: "daemon started" in daemon.stderr.readline())  # type: ignore[union-attr]
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=10)
        assert len(web.requests) == 1


def test_the_daemon_polls_at_the_interval_told(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        source = {"type": "feed", "url": web.url("/rss"), "every": "1s"}
        write_config(tmp_path, feeds=[source])
        with started_ecoute("run", cwd=tmp_path, env=FAST):
            wait_until(lambda: len(web.requests) >= 3)


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
def test_the_daemon_sends_what_waited(tmp_path: Path, step: str) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web, MailServer() as mail:
        write_config(tmp_path, feeds=[web.url("/rss")], mail=mail)
        mail.answer(step, "421 closing")
        assert run_ecoute("run", "--once", cwd=tmp_path).returncode == 1
        database = sqlite3.connect(tmp_path / "mentions.db")
        database.execute("UPDATE delivery SET next_try_at = '2026-01-01T00:00:00Z'")
        database.commit()
        database.close()
        with started_ecoute("run", cwd=tmp_path):
            wait_until(lambda: mail.received)
