"""Servers and resolvers that lie: each ends in its code, within its time, and no address leaks."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import tracemalloc
import zlib
from collections.abc import Sequence
from datetime import timedelta

import pytest
from fetching.conftest import MakeClient, RawServer, Serve
from servers import Answer, FeedServer

from monitor.articles.lookup import look_up
from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.client import Client
from monitor.fetching.posting import Poster
from monitor.model import Entry, FetchMemory, Kind
from monitor.sources.registry import source_types

pytestmark = pytest.mark.anyio
NEW = FetchMemory()
PUBLIC = "9.9.9.9"
LIMIT = 100_000


def head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


def moved(target: str, *lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 302 Found", f"Location: {target}", *lines, "", "")).encode()


async def code_of(client: Client, url: str) -> Code:
    with pytest.raises(FetchError) as failed:
        await client.session(NEW).get(url)
    return failed.value.code


def resolving(*answers: Sequence[str], timeout_s: float = 5) -> Client:
    """A client whose resolver gives these answers in turn, the last one for ever."""
    coming = itertools.chain(answers, itertools.repeat(answers[-1]))
    return Client(
        user_agent="Ecoute",
        lookup=lambda host, port: next(coming),
        timeout=timedelta(seconds=timeout_s),
    )


# --- the address checked is the address connected ---------------------------------------------


async def test_a_name_that_leads_elsewhere_after_the_check_gains_nothing(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the very address that was judged, not to the name once more."""
    inner = await serve(head("Content-Length: 6") + b"secret")
    connected: list[str] = []

    async def note(remote_host: str, *_args: object, **_options: object) -> None:
        connected.append(remote_host)
        raise OSError(remote_host)

    monkeypatch.setattr("anyio.connect_tcp", note)
    async with resolving([PUBLIC], ["127.0.0.1"]) as client:
        with pytest.raises((FetchError, OSError)):
            await client.session(NEW).get(f"http://rebind.example:{inner.port}/")
        assert await code_of(client, f"http://rebind.example:{inner.port}/") is Code.BLOCKED
    assert "127.0.0.1" not in connected
    assert inner.requests == []


async def test_of_an_answer_that_mixes_public_and_private_no_private_one_is_tried(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = await serve(head())
    monkeypatch.setattr("monitor.fetching.transport.CONNECT_LIMIT_S", 0.2)
    async with resolving(["127.0.0.1", PUBLIC, "::1"]) as client:
        with pytest.raises((FetchError, PermissionError)):
            await client.session(NEW).get(f"http://mixed.example:{inner.port}/")
    assert inner.requests == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "http://user@127.0.0.1:{port}/",
        "http://outer.example@127.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://0x7f000001:{port}/",
        "http://127.1:{port}/",
        "http://0.0.0.0:{port}/",
        "http://0:{port}/",
        "http://[::]:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://[2002:7f00:1::]:{port}/",
        "http://169.254.169.254:{port}/latest/meta-data/",
        "http://localhost:{port}/",
        "http://１２７.０.０.１:{port}/",
        "//127.0.0.1:{port}/",
        "\\\\127.0.0.1:{port}/",
        "gopher://127.0.0.1:{port}/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "javascript:alert(1)",
    ],
)
async def test_no_redirect_leads_to_what_is_not_public(
    serve: Serve, make_client: MakeClient, target: str
) -> None:
    inner = await serve(head("Content-Length: 6") + b"secret")
    outer = await serve()
    outer.routes["/"] = [moved(target.format(port=inner.port))]
    outer._answers = [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]  # noqa: SLF001 - ours
    client = make_client(outer)
    assert await code_of(client, outer.url()) in {
        Code.BLOCKED,
        Code.DNS,
        Code.REDIRECT,
        Code.HTTP_STATUS,
    }
    assert inner.requests == []


async def test_each_hop_is_judged_and_asks_with_nothing_of_the_one_before(
    serve: Serve, make_client: MakeClient
) -> None:
    inner = await serve(head())
    last = await serve(moved(f"http://127.0.0.1:{inner.port}/"))
    first = await serve(moved(last.url(host="other.example"), "Set-Cookie: id=1; Path=/"))
    client = make_client(first, last, names=("other.example",))
    with pytest.raises(FetchError) as failed:
        await client.session(NEW).get(first.url(), headers={"Authorization": "Bearer hush"})
    assert failed.value.code is Code.BLOCKED
    assert inner.requests == []
    assert "hush" in first.requests[0]
    assert last.header("authorization") is None
    assert last.header("cookie") is None


async def test_articles_robots_and_discovered_feeds_are_judged_alike(
    serve: Serve, make_client: MakeClient
) -> None:
    inner = await serve(head("Content-Type: text/html") + b"<p>secret</p>")
    away = moved(f"http://127.0.0.1:{inner.port}/")
    page = head("Content-Type: text/html") + (
        b'<html><link rel="alternate" type="application/rss+xml" href="http://127.0.0.1:%d/"></html>'
        % inner.port
    )
    outer = await serve(page)
    outer.routes = {"/article": [away], "/robots.txt": [away]}
    session = make_client(outer).session(NEW)
    article = Entry(
        external_id="1", url=outer.url("/article"), text="", kind=Kind.ARTICLE, searched_for="x"
    )
    assert await look_up([article], session, lambda _: False) == (article,)
    for kind, url in (("page", outer.url("/avis")), ("feed", outer.url())):
        made = source_types()[kind]
        source = made(made.options_type.model_validate({"type": kind, "url": url}), ())
        with pytest.raises(SourceError) as failed:
            [_ async for _ in source.pages(session, {})]
        assert failed.value.code is Code.BLOCKED
    assert inner.requests == []


# --- bombs and drips ---------------------------------------------------------------------------


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


ZEROS = bytes(50_000_000)


@pytest.mark.parametrize(
    ("encoding", "body", "code"),
    [
        ("gzip", gzip.compress(ZEROS), Code.TOO_LARGE),
        ("x-gzip", gzip.compress(ZEROS), Code.TOO_LARGE),
        ("deflate", zlib.compress(ZEROS), Code.TOO_LARGE),
        ("deflate", _raw_deflate(ZEROS), Code.TOO_LARGE),
        ("gzip", gzip.compress(b"") * 10_000, Code.TOO_LARGE),
        ("gzip, gzip", gzip.compress(gzip.compress(ZEROS)), Code.BAD_ENCODING),
        ("gzip, identity, deflate", b"x", Code.BAD_ENCODING),
        ("br", b"x", Code.BAD_ENCODING),
        ("zstd", b"\x28\xb5\x2f\xfd", Code.BAD_ENCODING),
        ("compress", b"\x1f\x9d", Code.BAD_ENCODING),
        ("gzip" + ", gzip" * 5_000, b"x", Code.BAD_ENCODING),
    ],
)
async def test_a_bomb_of_any_kind_stays_small(
    serve: Serve, make_client: MakeClient, encoding: str, body: bytes, code: Code
) -> None:
    server = await serve(head(f"Content-Encoding: {encoding}") + body)
    client = make_client(server, max_bytes=LIMIT)
    tracemalloc.start()
    try:
        assert await code_of(client, server.url()) is code
        assert tracemalloc.get_traced_memory()[1] < 20 * LIMIT
    finally:
        tracemalloc.stop()


async def drip_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        writer.write(b"X-%d: a\r\n" % number)
        await writer.drain()
        await asyncio.sleep(0.02)


async def say_continue(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


async def drip_chunks(writer: asyncio.StreamWriter) -> None:
    writer.write(head("Transfer-Encoding: chunked"))
    while True:
        writer.write(b"1\r\na\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def long_extension(writer: asyncio.StreamWriter) -> None:
    writer.write(head("Transfer-Encoding: chunked") + b"1;")
    while True:
        writer.write(b"a" * 50_000)
        await writer.drain()


async def many_trailers(writer: asyncio.StreamWriter) -> None:
    writer.write(head("Transfer-Encoding: chunked") + b"1\r\na\r\n0\r\n")
    while True:
        writer.write(b"X: " + b"a" * 50_000 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (drip_headers, {Code.TIMEOUT, Code.PROTOCOL}),
        (say_continue, {Code.TIMEOUT, Code.PROTOCOL}),
        (drip_chunks, {Code.TIMEOUT}),
        (long_extension, {Code.PROTOCOL}),
        (many_trailers, {Code.PROTOCOL}),
        (head("Transfer-Encoding: chunked") + b"f" * 4_000 + b"\r\n", {Code.PROTOCOL}),
        (head("Content-Length: " + "9" * 10_000), {Code.PROTOCOL, Code.TOO_LARGE}),
        (head("Content-Length: -1"), {Code.PROTOCOL}),
        (head("Content-Length: 1", "Content-Length: 2") + b"ab", {Code.PROTOCOL}),
        (head("Content-Length: ²") + b"ab", {Code.PROTOCOL}),
        (b"HTTP/1.1 " + b"9" * 5_000 + b" OK\r\n\r\n", {Code.PROTOCOL}),
        (head("X: " + "a" * 200_000), {Code.PROTOCOL}),
    ],
)
async def test_lively_and_endless_answers_end_in_time(
    serve: Serve, make_client: MakeClient, answer: bytes, codes: set[Code]
) -> None:
    server = await serve(answer)
    client = make_client(server, timeout_s=0.5)
    async with asyncio.timeout(5):
        assert await code_of(client, server.url()) in codes


async def test_redirects_without_end_stop_at_the_sixth(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve()
    server._answers = [moved(f"/{number}") for number in range(50)]  # noqa: SLF001 - ours
    assert await code_of(make_client(server), server.url()) is Code.REDIRECT
    assert len(server.requests) == 6


# --- the server of a scorer ---------------------------------------------------------------------


def post(server: FeedServer, timeout_s: float = 5) -> Code:
    poster = Poster(user_agent="Ecoute", timeout=timedelta(seconds=timeout_s), max_bytes=LIMIT)
    with pytest.raises(SourceError) as failed:
        poster(server.url("/v1"), {"a": 1}, {"Authorization": "Bearer hush"})
    return failed.value.code


def test_a_scorers_token_goes_along_no_redirect() -> None:
    with FeedServer({"/v1": Answer(body=b"{}")}) as other:
        away = Answer(status=307, headers={"Location": other.url("/v1")})
        with FeedServer({"/v1": away}) as server:
            assert post(server) is Code.REDIRECT
        assert other.requests == []


def test_a_scorers_answer_is_bounded_as_it_unpacks() -> None:
    bomb = gzip.compress(json.dumps("a" * 5_000_000).encode())
    answer = Answer(headers={"Content-Encoding": "gzip"}, body=bomb)
    with FeedServer({"/v1": answer}) as server:
        assert post(server) is Code.TOO_LARGE


def test_a_scorers_deep_answer_is_malformed() -> None:
    with FeedServer({"/v1": Answer(body=b"[" * 50_000)}) as server:
        assert post(server) is Code.API


__all__ = ["RawServer"]
