"""The servers of the tests do what the tests rely on."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest
from ruamel.yaml import YAML
from servers import (
    Answer,
    FeedServer,
    Hang,
    MailServer,
    Raw,
    Request,
    Trickle,
    redirect,
    script,
    truncated,
    with_etag,
    write_config,
)


def test_routes_answer_and_requests_are_kept() -> None:
    with FeedServer({"/a": "texte é"}) as server:
        server["/b"] = lambda request: Answer(status=201, body=request.target.encode())
        with httpx.Client() as client:
            first = client.get(server.url("/a"), headers={"X-Test": "1"})
            second = client.get(server.url("/b?q=1"))
            absent = client.get(server.url("/c"))
    assert (first.text, second.text) == ("texte é", "/b?q=1")
    assert (second.status_code, absent.status_code) == (201, 404)
    assert [request.path for request in server.requests] == ["/a", "/b", "/c"]
    assert server.requests_for("/a")[0].headers["x-test"] == "1"


def test_an_etag_sent_back_is_not_modified() -> None:
    with FeedServer({"/": with_etag(b"x", '"v1"', "Mon, 23 Nov 2026 07:00:00 GMT")}) as server:
        fresh = httpx.get(server.url())
        again = httpx.get(server.url(), headers={"If-None-Match": fresh.headers["etag"]})
    assert (fresh.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_script_answers_in_turn_then_the_last_for_ever() -> None:
    def told(request: Request) -> bytes:
        return request.method.encode()

    with FeedServer({"/": script(redirect("/x", 301), b"one", told)}) as server:
        said = [httpx.get(server.url()) for _ in range(4)]
    assert said[0].headers["location"] == "/x"
    assert [answer.text for answer in said[1:]] == ["one", "GET", "GET"]


@pytest.mark.parametrize(
    ("route", "error"),
    [
        (Raw(), httpx.RemoteProtocolError),
        (Raw(data=b"nonsense\r\n\r\n"), httpx.RemoteProtocolError),
        (truncated(b"abc"), httpx.RemoteProtocolError),
        (Hang(), httpx.ReadTimeout),
        (Trickle(body=b"x", pause_s=0.3), httpx.ReadTimeout),
    ],
)
def test_faults(route: Raw | Hang | Trickle, error: type[Exception]) -> None:
    with FeedServer({"/": route}) as server, pytest.raises(error):
        httpx.get(server.url(), timeout=0.1)


def test_a_configuration_allows_its_servers_and_is_its_owners_alone(tmp_path: Path) -> None:
    with FeedServer() as feeds, MailServer(users={"ecoute": "secret"}) as mail:
        file = write_config(
            tmp_path,
            feeds=[feeds.url("/rss.xml"), {"type": "mastodon", "base_url": feeds.url("")}],
            mail=mail,
            language="en",
        )
    config = YAML(typ="safe").load(file)
    assert config["network"]["allow_private_hosts"] == sorted([feeds.address, mail.address])
    assert config["sources"][0] == {"type": "feed", "url": feeds.url("/rss.xml")}
    assert (config["mail"]["username"], config["mail"]["plain_login"]) == ("ecoute", True)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_no_test_reaches_beyond_this_machine(host: str) -> None:
    with pytest.raises(PermissionError, match="a test tried"):
        socket.create_connection((host, 80), timeout=1)


def test_no_test_looks_a_name_up() -> None:
    with pytest.raises(socket.gaierror, match="a test tried"):
        socket.getaddrinfo("example.org", 80)
