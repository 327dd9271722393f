"""What a poll remembers: validators, permanent moves; and where its headers go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from monitor.errors import Code, FetchError
from monitor.model import FetchMemory, Moved, Validators

if TYPE_CHECKING:
    from fetching.conftest import MakeClient, Serve

pytestmark = pytest.mark.anyio

NEW = FetchMemory()


def ok(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Length: 2", *headers, "", "ok"]).encode("utf-8")


def moved(status: int, target: str) -> bytes:
    return f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nLocation: {target}\r\n\r\n".encode()


NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"


# --- validators -------------------------------------------------------------------------------


async def test_validators_are_sent_back_at_the_next_poll(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok('ETag: W/"1"', "Last-Modified: then"), NOT_MODIFIED)
    client = make_client(server)
    first = client.session(NEW)
    await first.get(server.url("/a"))
    second = client.session(first.memory)
    response = await second.get(server.url("/a"))
    assert (response.not_modified, response.status, response.body) == (True, 304, b"")
    assert server.header("if-none-match") == 'W/"1"'
    assert server.header("if-modified-since") == "then"
    assert second.unchanged
    assert second.memory == first.memory


async def test_validators_are_of_one_address_with_its_parameters(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok('ETag: "1"'))
    client = make_client(server)
    first = client.session(NEW)
    await first.get(server.url(), params={"q": "secret"})
    assert "secret" not in str(first.memory)
    second = client.session(first.memory)
    for query in ("other", "secret"):
        await second.get(server.url(), params={"q": query})
    assert [server.header("if-none-match", n) for n in range(3)] == [None, None, '"1"']


async def test_what_one_poll_learnt_is_sent_by_the_next_only(
    serve: Serve, make_client: MakeClient
) -> None:
    """Else its second request would be "not modified" before its first answer is stored."""
    server = await serve(ok('ETag: "1"'))
    session = make_client(server).session(NEW)
    await session.get(server.url())
    await session.get(server.url())
    assert server.header("if-none-match") is None


async def test_an_answer_without_validators_forgets_the_old_ones(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok())
    url = server.url("/a")
    kept = Validators(etag='"kept"')
    session = make_client(server).session(
        FetchMemory(validators={url: Validators(etag='"1"'), "http://else.example/": kept})
    )
    await session.get(url)
    assert session.memory.validators == {"http://else.example/": kept}


@pytest.mark.parametrize("etag", ["x" * 1025, '"\u00e9"', '"a\tb"', '"a\x7fb"', ""])
async def test_hostile_validators_are_dropped(
    serve: Serve, make_client: MakeClient, etag: str
) -> None:
    server = await serve(ok(f"ETag: {etag}"))
    session = make_client(server).session(NEW)
    try:
        await session.get(server.url())
    except FetchError as error:
        assert error.code is Code.PROTOCOL  # noqa: PT017 - some are no HTTP at all
    assert session.memory == NEW


async def test_stored_validators_with_line_breaks_are_not_sent(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok())
    hostile = Validators(etag='"1"\r\nX-Evil: 1', last_modified="a\nb")
    await (
        make_client(server)
        .session(FetchMemory(validators={server.url("/a"): hostile}))
        .get(server.url("/a"))
    )
    assert "evil" not in server.requests[0].lower()


async def test_validators_of_a_redirect_target_are_not_sent_to_another(
    serve: Serve, make_client: MakeClient
) -> None:
    """A "not modified" from a server we never read would lose its entries."""
    server = await serve(moved(302, "/one"), moved(302, "/two"))
    server.routes["/one"] = [ok('ETag: "1"')]
    server.routes["/two"] = [NOT_MODIFIED]
    client = make_client(server)
    session = client.session(NEW)
    await session.get(server.url("/a"))
    with pytest.raises(FetchError, match="protocol"):
        await client.session(session.memory).get(server.url("/a"))
    assert server.header("if-none-match") is None


async def test_memory_stays_small_when_addresses_change(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok('ETag: "1"'))
    session = make_client(server).session(NEW)
    for since in range(103):
        await session.get(server.url(), params={"since_id": since})
    assert len(session.memory.validators) == 100


# --- permanent moves --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_move_is_believed_once_seen_twice(
    serve: Serve, make_client: MakeClient, status: int
) -> None:
    server = await serve(moved(status, "/new"))
    server.routes["/new"] = [ok()]
    client, memory, notices = make_client(server), NEW, []
    for _ in range(3):
        session = client.session(memory)
        response = await session.get(server.url("/old"))
        assert response.url == server.url("/new")
        memory = session.memory
        notices.append(session.notice)
    assert server.targets == ["/old", "/new", "/old", "/new", "/new"]
    said = f"{server.url('/old')} -> {server.url('/new')}"
    assert notices == [None, said, said]


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_temporary_redirect_is_never_remembered(
    serve: Serve, make_client: MakeClient, status: int
) -> None:
    server = await serve(moved(status, "/new"))
    server.routes["/new"] = [ok()]
    client, memory = make_client(server), NEW
    for _ in range(3):
        session = client.session(memory)
        await session.get(server.url("/old"))
        memory = session.memory
    assert memory == NEW


async def test_asking_twice_in_one_poll_counts_once(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(moved(301, "/new"))
    server.routes["/new"] = [ok()]
    session = make_client(server).session(NEW)
    await session.get(server.url("/old"))
    await session.get(server.url("/old"))
    assert [move.seen for move in session.memory.moved.values()] == [1]


async def test_twice_means_twice_in_a_row(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(moved(301, "/new"), ok(), moved(301, "/new"))
    server.routes["/new"] = [ok()]
    client, memory = make_client(server), NEW
    for _ in range(3):
        session = client.session(memory)
        await session.get(server.url("/old"))
        memory = session.memory
    assert [move.seen for move in memory.moved.values()] == [1]


async def test_a_move_counts_up_to_its_first_temporary_hop(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(moved(301, "/new"))
    server.routes["/new"] = [moved(302, "/today")]
    server.routes["/today"] = [moved(301, "/here")]
    server.routes["/here"] = [ok()]
    session = make_client(server).session(NEW)
    await session.get(server.url("/old"))
    assert session.memory.moved == {
        server.url("/old"): Moved(target=server.url("/new"), seen=1),
    }


async def test_a_move_to_a_blocked_address_is_never_remembered(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(moved(301, "http://127.0.0.1:1/"))
    session = make_client(server).session(NEW)
    with pytest.raises(FetchError) as failed:
        await session.get(server.url("/old"))
    assert failed.value.code is Code.BLOCKED
    assert session.memory == NEW


async def test_a_lost_target_sends_us_back_to_the_written_address(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok())
    server.routes["/new"] = [NOT_FOUND]
    memory = FetchMemory(moved={server.url("/old"): Moved(target=server.url("/new"), seen=2)})
    session = make_client(server).session(memory)
    assert (await session.get(server.url("/old"))).url == server.url("/old")
    assert session.memory.moved == {}
    assert session.notice is None


async def test_a_target_that_is_gone_is_gone_although_the_old_host_errs(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(NOT_FOUND)
    server.routes["/new"] = [GONE]
    memory = FetchMemory(moved={server.url("/old"): Moved(target=server.url("/new"), seen=2)})
    with pytest.raises(FetchError) as failed:
        await make_client(server).session(memory).get(server.url("/old"))
    assert failed.value.code is Code.GONE


async def test_a_move_back_is_believed_at_once(serve: Serve, make_client: MakeClient) -> None:
    server = await serve(ok())
    server.routes["/new"] = [moved(301, "/old")]
    memory = FetchMemory(moved={server.url("/old"): Moved(target=server.url("/new"), seen=2)})
    session = make_client(server).session(memory)
    await session.get(server.url("/old"))
    assert session.memory.moved == {}


async def test_a_second_move_is_followed_from_the_first(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(NOT_FOUND)
    server.routes["/new"] = [moved(301, "/newer")]
    server.routes["/newer"] = [ok()]
    memory = FetchMemory(moved={server.url("/old"): Moved(target=server.url("/new"), seen=2)})
    client = make_client(server)
    for _ in range(3):
        session = client.session(memory)
        await session.get(server.url("/old"))
        memory = session.memory
    assert server.targets == ["/new", "/newer", "/new", "/newer", "/newer"]


async def test_a_query_is_taken_along_a_move_but_never_stored(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(moved(301, "/new?token=s3cret&v=2"))
    server.routes["/new?token=s3cret&v=2"] = [ok()]
    client, memory = make_client(server), NEW
    for _ in range(3):
        session = client.session(memory)
        await session.get(server.url("/old?token=s3cret"))
        memory = session.memory
    assert server.targets[-1] == server.targets[-2] == "/new?token=s3cret&v=2"
    assert "s3cret" not in f"{memory}{session.notice}"


async def test_a_move_that_hides_the_query_is_not_stored(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(moved(301, "/new?v=2&b=s3cret&a=1"))
    server.routes["/new?v=2&b=s3cret&a=1"] = [ok()]
    session = make_client(server).session(NEW)
    await session.get(server.url("/old?a=1&b=s3cret"))
    assert session.memory.moved == {}


# --- hops -------------------------------------------------------------------------------------


async def test_five_hops_are_followed_and_six_are_not(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok())
    for hop in range(6):
        server.routes[f"/{hop}"] = [moved(302, f"/{hop + 1}")]
    session = make_client(server).session(NEW)
    assert (await session.get(server.url("/1"))).url == server.url("/6")
    with pytest.raises(FetchError) as failed:
        await session.get(server.url("/0"))
    assert failed.value.code is Code.REDIRECT


async def test_headers_of_a_source_go_to_its_own_origin_only(
    serve: Serve, make_client: MakeClient
) -> None:
    home, away = await serve(moved(302, "/there")), await serve(ok())
    home.routes["/there"] = [moved(302, away.url("/reflect"))]
    away.routes["/reflect"] = [moved(302, home.url("/back"))]
    home.routes["/back"] = [ok()]
    session = make_client(home, away).session(NEW)
    await session.get(home.url("/"), headers={"Authorization": "Bearer geheim"})
    assert home.targets == ["/", "/there", "/back"]
    assert [home.header("authorization", n) for n in range(3)] == ["Bearer geheim"] * 2 + [None]
    assert away.header("authorization") is None


async def test_another_host_on_the_same_address_is_another_origin(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok())
    server.routes["/"] = [moved(302, server.url("/there", host="two.example"))]
    client = make_client(server, names=["one.example", "two.example"])
    await client.session(NEW).get(
        server.url("/", host="one.example"), headers={"X-Api-Key": "geheim"}
    )
    assert [server.header("x-api-key", n) for n in range(2)] == ["geheim", None]
    assert server.header("host") == f"two.example:{server.port}"


async def test_headers_do_not_go_where_an_address_moved_to(
    serve: Serve, make_client: MakeClient
) -> None:
    home, away = await serve(ok()), await serve(ok())
    memory = FetchMemory(moved={home.url("/a"): Moved(target=away.url("/b"), seen=2)})
    session = make_client(home, away).session(memory)
    await session.get(home.url("/a"), headers={"Authorization": "Bearer geheim"})
    assert away.header("authorization") is None


async def test_credentials_that_a_redirect_names_are_not_used(
    serve: Serve, make_client: MakeClient
) -> None:
    server = await serve(ok())
    server.routes["/"] = [moved(302, server.url("/there").replace("//", "//a:b@"))]
    response = await make_client(server).session(NEW).get(server.url("/"))
    assert server.header("authorization") is None
    assert response.url == server.url("/there")


async def test_a_cancelled_poll_gives_its_turns_back(serve: Serve, make_client: MakeClient) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        arrived.release()
        await asyncio.Event().wait()

    arrived = asyncio.Semaphore(0)
    server = await serve(hang, hang, ok())
    client = make_client(server)
    polls = [asyncio.create_task(client.session(NEW).get(server.url())) for _ in range(4)]
    await arrived.acquire()
    await arrived.acquire()
    for poll in polls:
        poll.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    assert (await client.session(NEW).get(server.url())).body == b"ok"
