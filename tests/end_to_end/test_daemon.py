"""The daemon as a real process: it works, stops, is alone, and loses nothing when killed."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from end_to_end.feeds import GOOD, rss
from servers import FeedServer, MailServer, Request, run_ecoute, started_ecoute, write_config

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
    assert second.stderr.splitlines()[-1].startswith("already_running:")


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


def test_kills_at_any_moment_lose_and_double_nothing(tmp_path: Path) -> None:
    """A feed grows by one article a request; whatever is killed, each is stored and mailed once."""
    served: list[str] = []

    def growing(request: Request) -> bytes:
        served.append(f"a{len(served)}")
        return rss([(g, f"Fleurs Bougamont, article {g}", "Un texte.") for g in served])

    chance = random.Random(7)  # noqa: S311 - when to kill, not a secret
    with FeedServer({"/rss": growing}) as web, MailServer() as mail:
        source = {"type": "feed", "url": web.url("/rss"), "every": "1s"}
        write_config(tmp_path, feeds=[source], mail=mail)
        for _ in range(12):
            with started_ecoute("run", "--once", cwd=tmp_path, env=FAST) as pass_:
                try:
                    pass_.wait(timeout=chance.uniform(0.6, 2.5))
                except subprocess.TimeoutExpired:
                    pass_.kill()
                pass_.communicate()
        last = run_ecoute("run", "--once", cwd=tmp_path, env=FAST)
        letters = {letter.message["Message-ID"]: letter.message for letter in mail.received}
    assert last.returncode == 0, last.stderr
    found = json.loads(run_ecoute("mentions", "--json", cwd=tmp_path, env=FAST).stdout)
    assert sorted(m["external_id"] for m in found) == sorted(served)
    database = sqlite3.connect(tmp_path / "mentions.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    told = database.execute(
        "SELECT count(*), count(DISTINCT mention_id) FROM digest_mention"
    ).fetchone()
    assert told == (len(served), len(served))
    digests = {i for (i,) in database.execute("SELECT message_id FROM digest")}
    database.close()
    assert letters.keys() == digests


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
