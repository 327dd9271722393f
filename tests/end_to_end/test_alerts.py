"""Alerts as real processes raise them: from the daemon, by mail and by Apprise, once each."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from servers import DROP, Answer, FeedServer, MailServer, run_ecoute, started_ecoute, write_config

PATIENCE_S = 100
FAST = {"ECOUTE_FLOOR": "1s"}
AWAKE: dict[str, object] = {"quiet": "off"}


def wait_until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def feed(*names: str) -> bytes:
    """An hour-old feed of complaints."""
    at = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><link>https://echo.example/{name}</link>"
        f"<title>Fleurs Bougamont : {name}, une arnaque</title><description>Service horrible et"
        f" roses {name} fanées, à éviter, jamais remboursées.</description>"
        f"<pubDate>{at}</pubDate></item>"
        for name in names
    )
    head = "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>É</title>"
    return f"{head}{items}</channel></rss>".encode()


def test_the_daemon_tells_a_bad_mention_by_mail_and_by_apprise(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    with FeedServer({"/rss": feed("rouges"), "/hook": Answer()}) as web, MailServer() as mail:
        hook = f"json://127.0.0.1:{web.port}/hook"
        write_config(
            tmp_path, feeds=[web.url("/rss")], mail=mail, alerts=AWAKE | {"notify": [hook]}
        )
        with started_ecoute("run", cwd=tmp_path, env=FAST) as daemon:
            wait_until(lambda: mail.received and web.requests_for("/hook"))
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=10) == 0
        (told,) = (one.message for one in mail.received)
        (notice,) = web.requests_for("/hook")
    assert told["Subject"] == "Alerte Fleurs Bougamont : 1 mention très négative"
    assert told["List-Id"] == "<fleurs-bougamont.alert.example.fr>"
    assert told["Auto-Submitted"] == "auto-generated"
    assert "rouges" in json.loads(notice.body)["message"]
    assert "Rien à signaler sans attendre." in run_ecoute("alerts", cwd=tmp_path).stdout


def test_a_daemon_killed_while_it_tells_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """It is killed once the server has seen the mail and hung up: whether it took it is unknown."""
    with FeedServer({"/rss": feed("rouges", "jaunes")}) as web, MailServer() as mail:
        write_config(tmp_path, feeds=[web.url("/rss")], mail=mail, alerts=AWAKE)
        mail.always("DATA", DROP)
        with started_ecoute("run", cwd=tmp_path, env=FAST) as daemon:
            wait_until(lambda: mail.seen)
            daemon.kill()
            daemon.wait(timeout=10)
        first = mail.seen[0].content
        mail.always("DATA", "250 OK")
        for _ in range(2):
            assert run_ecoute("alerts", "--send", cwd=tmp_path).returncode == 0
    assert [one.content for one in mail.received] == [first]


def test_at_night_nothing_is_sent_and_the_command_says_until_when(tmp_path: Path) -> None:
    with FeedServer({"/rss": feed("rouges")}) as web, MailServer() as mail:
        hour = datetime.now(UTC).hour
        alerts = {"quiet": f"{hour}h-{(hour + 23) % 24}h"}
        write_config(tmp_path, feeds=[web.url("/rss")], mail=mail, alerts=alerts, timezone="UTC")
        run_ecoute("poll", cwd=tmp_path)
        done = run_ecoute("alerts", "--send", cwd=tmp_path)
        shown = run_ecoute("alerts", cwd=tmp_path)
    assert mail.received == []
    assert "Heures calmes jusqu’à" in done.stderr
    assert "rouges" in shown.stdout


def test_a_single_pass_needs_no_alert_for_what_its_digest_tells(tmp_path: Path) -> None:
    with FeedServer({"/rss": feed("rouges")}) as web, MailServer() as mail:
        write_config(tmp_path, feeds=[web.url("/rss")], mail=mail, alerts=AWAKE)
        run_ecoute("run", "--once", cwd=tmp_path)
    (told,) = (one.message for one in mail.received)
    assert not told["Subject"].startswith("Alerte")


def test_poll_alone_tells_nobody(tmp_path: Path) -> None:
    with FeedServer({"/rss": feed("rouges")}) as web, MailServer() as mail:
        write_config(tmp_path, feeds=[web.url("/rss")], mail=mail, alerts=AWAKE)
        run_ecoute("poll", cwd=tmp_path)
        due = json.loads(run_ecoute("alerts", "--json", cwd=tmp_path).stdout)
        assert mail.seen == []
    assert [one["rule"] for one in due] == ["negative"]


def test_an_address_that_apprise_does_not_know_is_told_with_its_line(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    file = write_config(tmp_path, alerts={"notify": ["ntfy://topic", "nope://secret-topic"]})
    done = run_ecoute("check", cwd=tmp_path)
    line = file.read_text(encoding="utf-8").splitlines().index("  - nope://secret-topic") + 1
    assert done.returncode == 2
    assert f"sources.yaml:{line}: alerts.notify[1]: Apprise ne comprend pas" in done.stderr
    assert "secret-topic" not in done.stderr
