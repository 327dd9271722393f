"""A real daemon that is pushed to: a burst, a kill, a second start; and what its owner is told."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from end_to_end.test_operations import free_port, wait_until
from promises.shop import Shop
from servers import FeedServer, started_ecoute, write_config

SECRET = "c0ffee-canary-0123456789"
CONNECTIONS, PUSHES, KILLED_AFTER = 20, 200, 60


class Sender:
    """Pushes items over twenty connections; ``taken`` are those that were answered with a 202."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: set[str] = set()
        self.refused: list[int] = []
        self.enough = threading.Event()

    def push(self, ids: list[str]) -> None:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(self._push_some, (ids[n::CONNECTIONS] for n in range(CONNECTIONS))))

    def _push_some(self, ids: list[str]) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json", "X-Ecoute-Token": SECRET}
        try:
            for one in ids:
                item = {"id": one, "url": f"https://forum.example/{one}", "text": f"Avis {one}."}
                connection.request("POST", "/hooks/zapier", json.dumps(item), headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 202:
                    self.taken.add(one)
                else:
                    self.refused.append(answer.status)
                if len(self.taken) >= KILLED_AFTER:
                    self.enough.set()
        except (OSError, HTTPException):
            return  # the daemon was killed
        finally:
            connection.close()


def webhook(**options: object) -> dict[str, object]:
    told = {"type": "webhook", "id": "zapier", "secret": SECRET, "about": "Fleurs Bougamont"}
    return told | options


def configured(folder: Path, *hooks: dict[str, object]) -> int:
    port = free_port()
    listen = {"listen": f"127.0.0.1:{port}"}
    write_config(folder, feeds=hooks, receiving=listen, alerts={"sources": True})
    return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stored(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "mentions.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [one for (one,) in db.execute("SELECT external_id FROM mention")]


def test_what_was_taken_survives_a_kill_and_a_burst_is_stored_once_each(tmp_path: Path) -> None:
    port = configured(tmp_path, webhook())
    ids = [f"p{n}" for n in range(PUSHES)]
    first = Sender(port)
    with started_ecoute("run", cwd=tmp_path) as daemon:
        wait_until(lambda: listens(port))
        pushing = threading.Thread(target=first.push, args=(ids,))
        pushing.start()
        assert first.enough.wait(60)
        daemon.kill()
        pushing.join(60)
    kept = stored(tmp_path)
    assert first.taken <= set(kept)
    assert len(kept) == len(set(kept))
    again = Sender(port)
    with started_ecoute("run", cwd=tmp_path) as daemon:
        wait_until(lambda: listens(port))
        again.push(ids)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=10) == 0
        assert daemon.stderr is not None
        logged = daemon.stderr.read()
    assert (len(again.taken), again.refused) == (PUSHES, [])
    assert sorted(stored(tmp_path)) == sorted(ids)
    assert SECRET not in logged


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with FeedServer() as web:
        yield Shop(tmp_path, web)


def findings(shop: Shop) -> dict[str, Any]:
    done = shop.ecoute("check", "--json")
    return {finding["id"]: finding for finding in json.loads(done.out)}


def test_the_owner_is_told_the_address_and_nothing_is_polled(shop: Shop, tmp_path: Path) -> None:
    port = configured(tmp_path, webhook())
    found = findings(shop)["zapier"]
    assert found["ok"]
    assert found["message"].endswith(f"http://127.0.0.1:{port}/hooks/zapier")
    assert shop.poll()["zapier"]["status"] == "skipped"
    done = shop.ecoute("sources")
    assert done.out.startswith("zapier\ten attente d’un premier envoi\t")
    [state] = json.loads(shop.ecoute("sources", "--json").out)
    assert (state["status"], state["state"], state["error"]) == (None, "ok", None)
    assert shop.ecoute("backfill", "--since", "30d").code == 0
    assert shop.ecoute("run", "--once").code == 0


def test_a_taken_port_is_told_before_anything_is_lost(shop: Shop, tmp_path: Path) -> None:
    port = configured(tmp_path, webhook())
    with socket.create_server(("127.0.0.1", port)):
        assert not findings(shop)["zapier"]["ok"]


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ({"secret": "short"}, "sources[0].secret: au moins 8 caractères"),
        ({"form": "meta"}, "verify_token"),
        ({"id": None}, "sources[0].id: "),
    ],
)
def test_a_webhook_that_would_not_work_is_a_fault_of_its_line(
    shop: Shop, tmp_path: Path, told: dict[str, object], path: str
) -> None:
    configured(tmp_path, webhook(**told))
    done = shop.ecoute("config", "validate")
    assert done.code == 2
    assert "\nsources.yaml:" in done.err
    assert path in done.err
    assert SECRET not in done.err
    assert "short" not in done.err
