"""What the client makes of answers, good and bad, said by real servers on loopback."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from monitor.errors import Code, FetchError, Malformed
from monitor.model import FetchMemory

if TYPE_CHECKING:
    from fetching.conftest import MakeClient, RawAnswer, Serve

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NEW = FetchMemory()


def ok(body: bytes = b"hello", *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def packed(body: bytes, encoding: str) -> bytes:
    return ok(body, f"Content-Encoding: {encoding}")


def status(number: int, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {number} Said", "Content-Length: 0", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def close_at_once(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(*_LINGER_NOT)
    writer.close()


async def reset_in_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    await reset(writer)


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.01)


_LINGER_NOT = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
BIG_HEADERS = b"HTTP/1.1 200 OK\r\n" + b"X-Flood: 0123456789\r\n" * 20_000 + b"\r\n"
GZIPPED = gzip.compress(b"hello hello", mtime=0)
BOMB = gzip.compress(bytes(50_000_000), mtime=0)


async def test_an_answer_is_read_whole(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(ok(b"hello", "Content-Type: text/plain"))
    session = make_client(server).session(NEW)
    response = await session.get(server.url("/a?x=1"), params={"q": "fleurs & co", "n": 2})
    assert (response.status, response.body) == (200, b"hello")
    assert response.headers["content-type"] == "text/plain"
    assert server.targets == ["/a?x=1&q=fleurs+%26+co&n=2"]
    assert server.header("user-agent") == "Ecoute/1 (+https://example.fr)"
    assert (session.requests, session.unchanged, session.notice) == (1, False, None)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (close_at_once, Code.CONNECT),
        (reset, Code.CONNECT),
        (b"hello, this is no HTTP\r\n", Code.PROTOCOL),
        (b"\x00\x01\x02\xff" * 50, Code.PROTOCOL),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Code.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", Code.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", Code.PROTOCOL),
        (BIG_HEADERS, Code.PROTOCOL),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", Code.PROTOCOL),
        (b"HTTP/1.1 206 Part\r\nContent-Length: 1\r\n\r\nx", Code.PROTOCOL),
        (status(304), Code.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello", Code.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", Code.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Code.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Code.TRUNCATED),
        (reset_in_body, Code.TRUNCATED),
        (packed(GZIPPED[:-9], "gzip"), Code.TRUNCATED),
        (packed(b"plain text", "gzip"), Code.BAD_ENCODING),
        (packed(GZIPPED[:-8] + bytes(8), "gzip"), Code.BAD_ENCODING),
        (packed(gzip.compress(GZIPPED, mtime=0), "gzip, gzip"), Code.BAD_ENCODING),
        (packed(b"hello", "br"), Code.BAD_ENCODING),
        (packed(BOMB, "gzip"), Code.TOO_LARGE),
        (ok(bytes(100_001)), Code.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(100_001), Code.TOO_LARGE),
        (status(404), Code.HTTP_STATUS),
        (status(500), Code.HTTP_STATUS),
        (status(503), Code.HTTP_STATUS),
        (status(300), Code.HTTP_STATUS),
        (status(999), Code.HTTP_STATUS),
        (status(401), Code.AUTH),
        (status(403), Code.AUTH),
        (status(410), Code.GONE),
        (status(429), Code.RATE_LIMITED),
        (status(503, "Retry-After: 60"), Code.RATE_LIMITED),
        (status(503, "Retry-After: soon"), Code.RATE_LIMITED),
        (status(301), Code.REDIRECT),
        (status(302, "Location: "), Code.REDIRECT),
        (status(302, "Location: http://a:b:c/"), Code.REDIRECT),
        (status(302, "Location: /"), Code.REDIRECT),
        (status(302, "Location: ftp://example.org/"), Code.BLOCKED),
        (status(302, "Location: file:///etc/passwd"), Code.BLOCKED),
    ],
)
async def test_a_bad_answer_has_its_code(
    serve: Serve, make_client: MakeClient, answer: RawAnswer, code: Code
) -> None:
    server = await serve(answer)
    session = make_client(server).session(NEW)
    with pytest.raises(FetchError) as failed:
        await session.get(server.url())
    assert failed.value.code is code
    assert session.memory == NEW
    assert session.requests == 0


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (packed(GZIPPED, "gzip"), b"hello hello"),
        (packed(GZIPPED, "X-GZIP, identity"), b"hello hello"),
        (packed(GZIPPED + GZIPPED, "gzip"), b"hello hellohello hello"),
        (packed(GZIPPED + bytes(20), "gzip"), b"hello hello"),
        (packed(zlib.compress(b"hello"), "deflate"), b"hello"),
        (packed(zlib.compress(b"hello")[2:-4], "deflate"), b"hello"),
        (packed(b"", "gzip"), b""),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"later"), b"later"),
        (status(204), b""),
        (ok(bytes(100_000)), bytes(100_000)),
    ],
)
async def test_a_good_answer_is_unpacked(
    serve: Serve, make_client: MakeClient, answer: bytes, body: bytes
) -> None:
    server = await serve(answer)
    assert (await make_client(server).session(NEW).get(server.url())).body == body


@pytest.mark.parametrize("answer", [hang, trickle])
async def test_a_slow_server_times_out_however_lively(
    serve: Serve, make_client: MakeClient, answer: RawAnswer
) -> None:
    server = await serve(answer)
    with pytest.raises(FetchError) as failed:
        await make_client(server, timeout_s=0.15).session(NEW).get(server.url())
    assert failed.value.code is Code.TIMEOUT


async def test_redirects_share_one_deadline(serve: Serve, make_client: MakeClient) -> None:
    async def slow_redirect(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(status(302, f"Location: /{len(server.requests)}"))

    server = await serve(slow_redirect)
    with pytest.raises(FetchError) as failed:
        await make_client(server, timeout_s=0.25).session(NEW).get(server.url())
    assert failed.value.code is Code.TIMEOUT


async def test_waiting_for_a_turn_is_not_counted(serve: Serve, make_client: MakeClient) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(ok())

    server = await serve(slow)
    client = make_client(server, timeout_s=0.25)
    gets = [client.session(NEW).get(server.url()) for _ in range(8)]
    assert len(await asyncio.gather(*gets)) == 8


async def test_a_host_gets_two_requests_at_once_at_most(
    serve: Serve, make_client: MakeClient
) -> None:
    at_once, most = 0, 0

    async def count(writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        writer.write(ok())

    server = await serve(count)
    client = make_client(server)
    await asyncio.gather(*(client.session(NEW).get(server.url()) for _ in range(10)))
    assert most == 2


async def test_a_bomb_is_not_unpacked(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(packed(BOMB, "gzip"))
    session = make_client(server, max_bytes=1_000_000).session(NEW)
    tracemalloc.start()
    with pytest.raises(FetchError, match="too_large"):
        await session.get(server.url())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize(
    ("kind", "body", "kept"),
    [
        ("application/json", b'{"error": 190}', b'{"error": 190}'),
        ("text/javascript; charset=UTF-8", b' {"error": 190}', b' {"error": 190}'),
        ("", b'[{"error": 403}]', b'[{"error": 403}]'),
        ("text/plain", b"no such page", b""),
        ("text/html", b'{"error": 190}', b""),
    ],
)
async def test_the_json_of_an_error_is_kept_whatever_its_type_is_said_to_be(
    serve: Serve, make_client: MakeClient, kind: str, body: bytes, kept: bytes
) -> None:
    head = f"HTTP/1.1 400 Said\r\nContent-Length: {len(body)}\r\n"
    said = f"Content-Type: {kind}\r\n" if kind else ""
    server = await serve(f"{head}{said}\r\n".encode() + body)
    with pytest.raises(FetchError) as error:
        await make_client(server).session(NEW).get(server.url())
    assert error.value.body == kept


async def test_a_server_that_refuses_is_connect(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(ok())
    client = make_client(server)
    await server.__aexit__()
    with pytest.raises(FetchError) as failed:
        await client.session(NEW).get(server.url())
    assert failed.value.code is Code.CONNECT


async def test_a_limit_on_one_source_holds_no_other_of_that_host(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(status(429, "Retry-After: 120"), ok(b"<rss/>"))
    client = make_client(server)
    with pytest.raises(FetchError) as failed:
        await client.session(NEW).get(server.url("/limited"))
    assert failed.value.code is Code.RATE_LIMITED
    assert failed.value.retry_at == NOW + timedelta(minutes=2)
    assert (await client.session(NEW).get(server.url("/other"))).body == b"<rss/>"


async def test_cookies_are_never_sent_back(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(ok(b"", "Set-Cookie: a=b"))
    client = make_client(server)
    for _ in range(2):
        await client.session(NEW).get(server.url())
    assert server.header("cookie") is None


async def test_user_and_password_of_an_address_go_as_basic_authentication(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok())
    url = server.url().replace("127", "me:p%40ss@127")
    response = await make_client(server).session(NEW).get(url)
    assert server.header("authorization") == "Basic bWU6cEBzcw=="
    assert response.url == server.url()


@pytest.mark.parametrize("token", ["geheim\n", "geheim\u00e9", "geheim\r\nX: y"])
async def test_a_token_that_cannot_be_sent_is_not_shown(
    serve: Serve, make_client: MakeClient, token: str
) -> None:
    server = await serve(ok())
    with pytest.raises(FetchError) as failed:
        await make_client(server).session(NEW).get(server.url(), headers={"X-Token": token})
    assert failed.value.code is Code.PROTOCOL
    assert "geheim" not in str(failed.value)
    assert failed.value.__cause__ is None


@pytest.mark.parametrize("url", ["ftp://example.org/", "nothing", "http://", "http://[::1/"])
async def test_what_is_no_web_address_is_blocked(make_client: MakeClient, url: str) -> None:
    with pytest.raises(FetchError) as failed:
        await make_client().session(NEW).get(url)
    assert failed.value.code is Code.BLOCKED


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[NaN]", b"\xff\xfe", b"[" * 50_000])
async def test_what_is_not_json_is_malformed(
    serve: Serve, make_client: MakeClient, body: bytes
) -> None:
    server = await serve(ok(body))
    with pytest.raises(Malformed) as failed:
        await make_client(server).session(NEW).get_json(server.url())
    assert failed.value.code is Code.API


async def test_json_is_read_unconditionally(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(ok(b'\xef\xbb\xbf{"a": [1]}', 'ETag: "1"'))
    client = make_client(server)
    first = client.session(NEW)
    await first.get(server.url())
    answer, _ = await client.session(first.memory).get_json(server.url())
    assert answer == {"a": [1]}
    assert server.header("if-none-match") is None


# --- TLS --------------------------------------------------------------------------------------


def certificate(authority: trustme.CA, *names: str, expired: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    not_after = datetime(2020, 1, 2, tzinfo=UTC) if expired else None
    authority.issue_cert(*names, not_after=not_after).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_good_certificate_is_checked_against_the_host_asked(
    serve: Serve, make_client: MakeClient
) -> None:
    authority = trustme.CA()
    server = await serve(ok(b"safe"), context=certificate(authority, "shop.example"))
    client = make_client(server, names=["shop.example"], ssl_context=trusting(authority))
    response = await client.session(NEW).get(server.url(host="shop.example"))
    assert response.body == b"safe"


@pytest.mark.parametrize("fault", ["other host", "unknown authority", "expired"])
async def test_a_bad_certificate_is_never_ignored(
    serve: Serve, make_client: MakeClient, fault: str
) -> None:
    authority = trustme.CA()
    name = "127.0.0.1" if fault != "other host" else "other.example"
    server = await serve(ok(), context=certificate(authority, name, expired=fault == "expired"))
    trusted = trustme.CA() if fault == "unknown authority" else authority
    with pytest.raises(FetchError) as failed:
        await make_client(server, ssl_context=trusting(trusted)).session(NEW).get(server.url())
    assert failed.value.code is Code.TLS
    assert server.requests == []


async def test_plain_http_on_a_tls_port_is_tls(serve: Serve, make_client: MakeClient) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await serve(ok())
    async with await asyncio.start_server(speak, "127.0.0.1", 0) as plain:
        server.port = plain.sockets[0].getsockname()[1]
        with pytest.raises(FetchError) as failed:
            await make_client(server).session(NEW).get(f"https://{server.address}/")
    assert failed.value.code is Code.TLS


async def test_https_down_to_http_is_refused(serve: Serve, make_client: MakeClient) -> None:
    authority = trustme.CA()
    server = await serve(
        status(302, "Location: http://127.0.0.1/"), context=certificate(authority, "127.0.0.1")
    )
    with pytest.raises(FetchError) as failed:
        await make_client(server, ssl_context=trusting(authority)).session(NEW).get(server.url())
    assert failed.value.code is Code.REDIRECT
