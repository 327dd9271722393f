from __future__ import annotations

import gzip
import json
import logging
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from servers import Answer, FeedServer

from monitor.delivery import notify_guard
from monitor.delivery.notify import Notifier, NotifyUnavailable, channel_names
from monitor.model import DeliveryState
from monitor.wording import Wording

pytest.importorskip("apprise", reason="the extra notify is not installed")

pytestmark = [
    # Apprise loads all its plugins at the first address, among them what imports imghdr.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

TEXT = "Alerte Fleurs Bougamont\u00a0: 1 mention\n\n• Très déçu\nhttps://x.example/1".encode()
WORDS = Wording("fr")


@contextmanager
def service(answer: Answer | None = None) -> Iterator[FeedServer]:
    with FeedServer({"/hook": answer or Answer(body=b"ok")}) as web:
        yield web


def notifier(web: FeedServer, *, allowed: bool = True) -> Notifier:
    allow = frozenset([web.address] if allowed else [])
    url = f"json://lea:hush@127.0.0.1:{web.port}/hook"
    return Notifier([url], allow_private_hosts=allow, words=WORDS)


def test_a_notice_arrives_with_its_title() -> None:
    with service() as web:
        (result,) = notifier(web).send(TEXT, "", ["notify[0] json"])
        (request,) = web.requests
    assert result.state is DeliveryState.SENT
    told = json.loads(request.body)
    assert told["title"] == "Alerte Fleurs Bougamont\u00a0: 1 mention"
    assert told["message"].endswith("https://x.example/1")


def test_what_this_process_saw_taken_is_not_given_twice() -> None:
    with service() as web:
        channel = notifier(web)
        for _ in range(2):
            (result,) = channel.send(TEXT, "", ["notify[0] json"])
        assert result.state is DeliveryState.SENT
        assert len(web.requests) == 1


def test_a_refusal_waits_and_tells_its_status_and_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with service(Answer(status=503)) as web:
        (result,) = notifier(web).send(TEXT, "", ["notify[0] json"])
    assert result.state is DeliveryState.WAITING
    assert result.error == "le service n’a pas pris la notification (HTTP 503)"
    assert "hush" not in caplog.text


def test_an_address_that_is_not_public_is_refused_unless_allowed() -> None:
    with service() as web:
        (result,) = notifier(web, allowed=False).send(TEXT, "", ["notify[0] json"])
        assert web.requests == []
    assert result.state is DeliveryState.WAITING
    assert result.error is not None
    assert "network.allow_private_hosts" in result.error


def test_a_redirect_to_an_address_that_is_not_public_is_refused() -> None:
    with service() as inner:
        away = Answer(status=307, headers={"Location": inner.url("/hook")})
        with service(away) as outer:
            (result,) = notifier(outer).send(TEXT, "", ["notify[0] json"])
        assert inner.requests == []
    assert result.state is DeliveryState.WAITING


def test_other_connections_are_not_guarded() -> None:
    with service() as web:
        notifier(web, allowed=False).send(TEXT, "", ["notify[0] json"])
        socket.create_connection(("127.0.0.1", web.port), timeout=5).close()


def test_a_channel_no_longer_configured_is_told_as_refused() -> None:
    with service() as web:
        (result,) = notifier(web).send(TEXT, "", ["notify[7] ntfy"])
    assert result.state is DeliveryState.REFUSED


def test_an_address_that_apprise_does_not_know_is_named_by_its_place() -> None:
    with pytest.raises(NotifyUnavailable) as raised:
        Notifier(["json://x.example", "nope://y"], allow_private_hosts=frozenset(), words=WORDS)
    assert raised.value.place == 1


def test_a_channel_is_named_by_no_secret() -> None:
    assert channel_names(["tgram://123:token/chat"]) == ("notify[0] tgram",)


# --- hostile services ---------------------------------------------------------------------------


def test_a_bomb_in_an_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(200_000_000))
    with service(Answer(headers={"Content-Encoding": "gzip"}, body=bomb)) as web:
        channel = notifier(web)
        tracemalloc.start()
        (result,) = channel.send(TEXT, "", ["notify[0] json"])
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert result.state is DeliveryState.WAITING
    assert most < 30_000_000


def test_an_answer_without_end_is_left_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify_guard.run_guarded, "__defaults__", (0.5,))
    is_over = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not is_over.wait(0.02):
                connection.sendall(b"X: a\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        dripping = threading.Thread(target=drip, args=(server,))
        dripping.start()
        allow = frozenset([f"127.0.0.1:{port}"])
        channel = Notifier([f"json://127.0.0.1:{port}"], allow_private_hosts=allow, words=WORDS)
        (result,) = channel.send(TEXT, "", ["notify[0] json"])
        is_over.set()
        dripping.join()
    assert result.state is DeliveryState.WAITING


def test_a_datagram_to_what_is_not_public_is_refused() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)  # noqa: FBT003 - socket's
        address = f"rsyslog://127.0.0.1:{server.getsockname()[1]}"
        channel = Notifier([address], allow_private_hosts=frozenset(), words=WORDS)
        (result,) = channel.send(TEXT, "", ["notify[0] rsyslog"])
        with pytest.raises(BlockingIOError):
            server.recv(100)
    assert result.state is DeliveryState.WAITING
