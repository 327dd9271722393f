"""The daemon as its keepers see it: systemd, a health check, Prometheus, a dead-man's switch."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from end_to_end.feeds import GOOD, rss
from servers import Answer, FeedServer, run_ecoute, started_ecoute, write_config

PATIENCE_S = 30
KEY = "0f9d2c71-canary"
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$HOME/asked"
case "$*" in
  *is-active*) echo active ;;
  *is-enabled*) echo enabled ;;
  *daemon-reload*) [ -e "$HOME/refuse" ] && { echo "Failed to connect to bus" >&2; exit 1; } ;;
esac
exit 0
"""


def wait_until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def ask(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def test_a_running_daemon_is_healthy_and_tells_its_figures(tmp_path: Path) -> None:
    port = free_port()
    with FeedServer({"/rss": rss([GOOD]), "/gone": Answer(status=500)}) as web:
        feeds = [
            {"type": "feed", "url": web.url("/rss"), "id": "press"},
            {"type": "feed", "url": web.url("/gone"), "id": "broken"},
        ]
        write_config(tmp_path, feeds=feeds, monitoring={"listen": f"127.0.0.1:{port}"})
        with started_ecoute("run", cwd=tmp_path) as daemon:
            # Mentions are counted once a minute: they are asked for once there is one.
            wait_until(lambda: "press" in run_ecoute("mentions", "--json", cwd=tmp_path).stdout)
            wait_until(lambda: 'ecoute_poll_errors_total{source="b' in ask(port, "/metrics")[1])
            wait_until(lambda: 'source="press",status="ok"} 1' in ask(port, "/metrics")[1])
            status, health = ask(port, "/healthz")
            _, figures = ask(port, "/metrics")
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=10) == 0
    assert (status, json.loads(health)["status"]) == (200, "ok")
    assert 'ecoute_mentions_total{business="Fleurs Bougamont"} 1\n' in figures
    assert 'ecoute_poll_errors_total{source="broken",code="http_status"} 1\n' in figures
    assert 'ecoute_source_last_success_timestamp_seconds{source="press"} ' in figures
    assert "Bougamont a" not in figures


def test_without_being_asked_to_it_listens_nowhere(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")])
        with started_ecoute("run", cwd=tmp_path) as daemon:
            wait_until(lambda: web.requests)
            inodes = sockets(daemon.pid)
            listening = {
                line.split()[9]
                for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
                if line.split()[3] == "0A"
            }
    assert not inodes & listening


def sockets(pid: int) -> set[str]:
    """Return the inodes of a process's sockets; what it closes while we look is none."""
    links = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            links.append(str(descriptor.readlink()))
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def test_a_port_in_use_ends_it_with_its_code_and_polls_nothing(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")])
        done = run_ecoute("run", cwd=tmp_path, env={"ECOUTE_LISTEN": web.address})
        assert web.requests == []
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("port_in_use: Cette adresse est déjà utilisée")


def test_a_second_daemon_hears_of_the_first_and_not_of_its_port(tmp_path: Path) -> None:
    port = free_port()
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")], monitoring={"listen": port})
        with started_ecoute("run", cwd=tmp_path):
            wait_until(lambda: ask(port, "/healthz")[0])
            second = run_ecoute("run", cwd=tmp_path)
    assert second.stderr.splitlines()[-1].startswith("already_running: ")


@pytest.mark.parametrize("told", ["nowhere", "127.0.0.1:99999999", "127.0.0.1:"])
def test_an_address_that_cannot_be_read_is_told(tmp_path: Path, told: str) -> None:
    write_config(tmp_path)
    done = run_ecoute("run", cwd=tmp_path, env={"ECOUTE_LISTEN": told})
    assert done.returncode == 2
    assert "ECOUTE_LISTEN" in done.stderr


def test_systemd_hears_that_it_is_ready_lives_and_stops(tmp_path: Path) -> None:
    with (
        FeedServer({"/rss": rss([GOOD])}) as web,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
    ):
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE_S)
        write_config(tmp_path, feeds=[web.url("/rss")])
        env = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with started_ecoute("run", cwd=tmp_path, env=env) as daemon:
            assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
            daemon.send_signal(signal.SIGTERM)
            assert systemd.recv(100) == b"STOPPING=1"
            assert daemon.wait(timeout=10) == 0


def test_a_sign_of_life_is_given_while_all_is_well_and_its_address_is_no_where(
    tmp_path: Path,
) -> None:
    with FeedServer({"/rss": rss([GOOD]), f"/{KEY}": b"OK"}) as web:
        monitoring = {"ping": "${PING}", "ping_every": "1s"}
        allowed = {"allow_private_hosts": [web.address]}
        write_config(tmp_path, feeds=[web.url("/rss")], monitoring=monitoring, network=allowed)
        env = {"PING": web.url(f"/{KEY}")}
        with started_ecoute("--verbose", "run", cwd=tmp_path, env=env) as daemon:
            wait_until(lambda: len(web.requests_for(f"/{KEY}")) > 1)
            daemon.send_signal(signal.SIGTERM)
            _, log = daemon.communicate(timeout=10)
    assert KEY not in log
    assert KEY.encode() not in (tmp_path / "mentions.db").read_bytes()


def test_one_pass_gives_its_sign_of_life_too(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD]), f"/{KEY}": b"OK"}) as web:
        allowed = {"allow_private_hosts": [web.address]}
        section = {"ping": web.url(f"/{KEY}")}
        write_config(tmp_path, feeds=[web.url("/rss")], monitoring=section, network=allowed)
        assert run_ecoute("run", "--once", cwd=tmp_path).returncode == 0
        assert len(web.requests_for(f"/{KEY}")) == 1


def test_a_store_that_takes_nothing_is_told_by_the_health_check(tmp_path: Path) -> None:
    port = free_port()
    with FeedServer({"/rss": rss([GOOD])}) as web:
        feed = {"type": "feed", "url": web.url("/rss"), "every": "1s"}
        write_config(tmp_path, feeds=[feed], monitoring={"listen": port})
        with started_ecoute("run", cwd=tmp_path, env={"ECOUTE_FLOOR": "1s"}) as daemon:
            wait_until(lambda: ask(port, "/healthz")[0] == 200)
            # No file of its may grow, from now on: as on a full disk.
            resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (0, 0))
            wait_until(lambda: ask(port, "/healthz")[0] == 503)
            assert set(json.loads(ask(port, "/healthz")[1])["ailments"]) == {"poll"}


def test_with_fifty_sources_it_takes_little_memory_at_rest(tmp_path: Path) -> None:
    """Feeds here are small; bench/frugal.py has large ones."""
    with FeedServer({"*": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url(f"/{number}") for number in range(50)])
        with started_ecoute("--quiet", "run", cwd=tmp_path) as daemon:
            wait_until(lambda: len(web.requests) == 50)
            wait_until(lambda: resident_mb(daemon.pid) < 150)


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


# --- the service ------------------------------------------------------------------------------


@pytest.fixture
def systemctl(tmp_path: Path) -> dict[str, str]:
    """Stand in for systemctl, which would start a real service; it notes what it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "systemctl"
    program.write_text(SYSTEMCTL, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "LANG": "en_GB.UTF-8"}


def asked(folder: Path) -> list[str]:
    return (folder / "asked").read_text(encoding="utf-8").splitlines()


def test_a_service_is_installed_shown_and_removed(
    tmp_path: Path, systemctl: dict[str, str]
) -> None:
    write_config(tmp_path, language="en")
    shown = run_ecoute("service", "install", "--user", "--print", cwd=tmp_path, env=systemctl)
    unit = tmp_path / ".config/systemd/user/ecoute.service"
    assert not unit.exists()
    done = run_ecoute("service", "install", "--user", cwd=tmp_path, env=systemctl)
    assert (done.returncode, unit.read_text(encoding="utf-8")) == (0, shown.stdout)
    assert f"ReadWritePaths={tmp_path}" in shown.stdout
    assert asked(tmp_path) == [
        "--user daemon-reload",
        "--user enable ecoute.service",
        "--user restart ecoute.service",
    ]
    state = run_ecoute("service", "status", "--user", cwd=tmp_path, env=systemctl)
    assert (state.returncode, state.stdout) == (0, f"ecoute: active, enabled ({unit})\n")
    gone = run_ecoute("service", "uninstall", "--user", cwd=tmp_path, env=systemctl)
    assert (gone.returncode, unit.exists()) == (0, False)
    assert "--user disable --now ecoute.service" in asked(tmp_path)
    state = run_ecoute("service", "status", "--user", cwd=tmp_path, env=systemctl)
    assert state.returncode == 1


def test_a_unit_that_is_not_ours_stays(tmp_path: Path, systemctl: dict[str, str]) -> None:
    write_config(tmp_path, language="en")
    unit = tmp_path / ".config/systemd/user/shop.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\n", encoding="utf-8")
    for command in ("install", "uninstall"):
        done = run_ecoute(
            "service", command, "--user", "--name", "shop", cwd=tmp_path, env=systemctl
        )
        assert done.returncode == 2
        assert "was not written by" in done.stderr
    assert unit.read_text(encoding="utf-8") == "[Service]\n"


def test_a_systemd_that_does_not_answer_is_told_with_what_to_type(
    tmp_path: Path, systemctl: dict[str, str]
) -> None:
    write_config(tmp_path, language="en")
    (tmp_path / "refuse").touch()
    done = run_ecoute("service", "install", "--user", cwd=tmp_path, env=systemctl)
    assert done.returncode == 1
    assert "Failed to connect to bus" in done.stderr
    assert "systemctl --user restart ecoute.service" in done.stderr
    assert (tmp_path / ".config/systemd/user/ecoute.service").exists()


def test_a_wrong_configuration_installs_nothing(tmp_path: Path, systemctl: dict[str, str]) -> None:
    (tmp_path / "sources.yaml").write_text("businesses: []\n", encoding="utf-8")
    done = run_ecoute("service", "install", "--user", cwd=tmp_path, env=systemctl)
    assert done.returncode == 2
    assert not (tmp_path / ".config").exists()


def test_an_address_that_no_daemon_could_listen_at_is_refused(
    tmp_path: Path, systemctl: dict[str, str]
) -> None:
    write_config(tmp_path)
    args = ("service", "install", "--user", "--listen", "nowhere")
    assert run_ecoute(*args, cwd=tmp_path, env=systemctl).returncode == 2
    assert not (tmp_path / ".config").exists()


@pytest.mark.parametrize("name", ["../evil", "a b", "", "x" * 70])
def test_a_name_is_a_name(tmp_path: Path, systemctl: dict[str, str], name: str) -> None:
    write_config(tmp_path)
    done = run_ecoute("service", "install", "--user", "--name", name, cwd=tmp_path, env=systemctl)
    assert done.returncode == 2
    assert not (tmp_path / ".config").exists()
