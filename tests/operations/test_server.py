"""``/healthz`` and ``/metrics`` asked over HTTP on loopback."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from monitor.errors import StoreError
from monitor.operations.prometheus import Metric, Sample
from monitor.operations.server import StatusServer
from monitor.operations.vitals import Vitals


def figures() -> list[Metric]:
    return [Metric("ecoute_up", "gauge", "Up.", (Sample(1),))]


@pytest.fixture
def server() -> Iterator[StatusServer]:
    vitals = Vitals()
    with StatusServer(host="127.0.0.1", port=0, vitals=vitals, figures=figures) as listening:
        yield listening


def ask(
    server: StatusServer, path: str, method: str = "GET", host: str | None = None
) -> tuple[int, str, dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, path, headers={} if host is None else {"Host": host})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, {name.lower(): value for name, value in answer.getheaders()}


def test_health_is_503_until_all_is_well(server: StatusServer) -> None:
    status, body, _ = ask(server, "/healthz")
    assert (status, json.loads(body)) == (
        503,
        {"status": "ailing", "ailments": {"heart": "starting"}},
    )
    server.vitals.beat()
    status, body, headers = ask(server, "/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "ailments": {}})
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"


def test_metrics_are_prometheus_text(server: StatusServer) -> None:
    status, body, headers = ask(server, "/metrics?x=1")
    assert status == 200
    assert body.endswith("\necoute_up 1\n")
    assert headers["content-type"].startswith("text/plain; version=0.0.4")


def test_a_head_has_no_body(server: StatusServer) -> None:
    status, body, headers = ask(server, "/metrics", "HEAD")
    assert (status, body) == (200, "")
    assert int(headers["content-length"]) > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_it_is_read_only(server: StatusServer, method: str) -> None:
    status, _, headers = ask(server, "/healthz", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_there_is_nothing_else(server: StatusServer) -> None:
    assert ask(server, "/../../etc/passwd")[0] == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:9464", "127.0.0.1.evil.example", ""]
)
def test_a_foreign_host_is_not_answered(server: StatusServer, host: str) -> None:
    status, body, headers = ask(server, "/metrics", host=host)
    assert status == 421
    assert "ecoute_up" not in body
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:9464", "127.1.2.3"]
)
def test_this_machine_is_answered(server: StatusServer, host: str) -> None:
    assert ask(server, "/metrics", host=host)[0] == 200


def test_opened_to_others_it_answers_under_any_name() -> None:
    with StatusServer(host="0.0.0.0", port=0, vitals=Vitals(), figures=figures) as opened:
        assert ask(opened, "/metrics", host="ecoute:9464")[0] == 200


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_request_gets_no_page_and_harms_nothing(
    server: StatusServer, said: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(said)
        answer = connection.recv(65536)
    assert b"<" not in answer
    assert ask(server, "/metrics")[0] == 200


def test_a_crowd_that_says_nothing_is_turned_away(server: StatusServer) -> None:
    crowd = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(40)]
    try:
        closed = [connection for connection in crowd[-20:] if connection.recv(1) == b""]
        assert len(closed) == 20
    finally:
        for connection in crowd:
            connection.close()


def test_a_port_in_use_is_told(server: StatusServer) -> None:
    second = StatusServer(host="127.0.0.1", port=server.port, vitals=Vitals(), figures=figures)
    with (
        pytest.raises(StoreError, match=r"^port_in_use: 127\.0\.0\.1:\d+: Address already"),
        second,
    ):
        pass


def test_an_address_of_another_machine_is_told() -> None:
    elsewhere = StatusServer(host="192.0.2.1", port=9464, vitals=Vitals(), figures=figures)
    with pytest.raises(StoreError, match="an address of this machine"), elsewhere:
        pass
