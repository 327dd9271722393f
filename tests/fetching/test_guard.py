from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from socket import getaddrinfo  # bound before the tests' own check, which takes 127.1 for a name

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Code, FetchError
from monitor.fetching import transport
from monitor.fetching.client import Client
from monitor.fetching.guard import Guard, Lookup, connect_checked, is_public, look_up
from monitor.model import FetchMemory

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%2",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = ["8.8.8.8", "100.63.0.1", "172.32.0.1", "2a00:1450::1", "2606:4700::1", "64:ff9b::808:808"]


def read_numbers(host: str, port: int) -> Sequence[str]:
    """Read an address as the system does, however spelled; never ask for a name."""
    found = getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(address[0]) for *_, address in found]


@pytest.mark.parametrize("ip", PRIVATE)
def test_an_address_that_is_not_globally_routable_is_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_routable_address_is_public(ip: str) -> None:
    assert is_public(ip)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_mapped_or_translated_as_by_itself(ip: IPv4Address) -> None:
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) | int(ip))
    six_to_four = IPv6Address((0x2002 << 112) | (int(ip) << 80) | 1)
    mapped = IPv6Address((0xFFFF << 32) | int(ip))
    for form in (translated, six_to_four, mapped):
        assert is_public(str(form)) is is_public(str(ip))


@given(st.ip_addresses())
def test_every_address_is_judged(ip: IPv4Address | IPv6Address) -> None:
    assert is_public(str(ip)) in {True, False}


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "017700000001", "0"])
def test_other_spellings_of_loopback_are_blocked(host: str) -> None:
    with pytest.raises(FetchError) as failed:
        connect_checked(host, 80, frozenset(), 5, lookup=read_numbers)
    assert failed.value.code is Code.BLOCKED


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("[::1]:8080", "::1", 8080),
        ("[0:0::1]:8080", "::1", 8080),
        ("Shop.Example:80", "shop.example", 80),
        ("shop.example:443", "shop.example.", 443),
        ("\u00e9t\u00e9.example:80", "xn--t-9fab.example", 80),
    ],
)
def test_the_allow_list_lifts_the_check(entry: str, host: str, port: int) -> None:
    assert Guard(frozenset({entry})).admit(host, port, ["10.0.0.1"]) == ("10.0.0.1",)


@pytest.mark.parametrize(
    ("host", "port"), [("127.0.0.1", 8081), ("localhost", 8080), ("evil.example", 8080)]
)
def test_the_allow_list_is_for_that_host_and_port_only(host: str, port: int) -> None:
    guard = Guard(frozenset({"127.0.0.1:8080", "not an entry", "[::1"}))
    with pytest.raises(FetchError) as failed:
        guard.admit(host, port, ["127.0.0.1"])
    assert failed.value.code is Code.BLOCKED


def test_of_mixed_addresses_only_the_public_ones_are_tried() -> None:
    assert Guard().admit("x.example", 80, ["10.0.0.1", "8.8.8.8", "::1"]) == ("8.8.8.8",)


def test_a_host_is_looked_up_as_the_system_does() -> None:
    assert look_up("127.0.0.1", 80) == ["127.0.0.1"]


# --- connecting, blocking ---------------------------------------------------------------------


def test_the_address_checked_is_the_one_connected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        allow = frozenset({f"mail.example:{port}"})
        with connect_checked(
            "mail.example", port, allow, 5, lookup=lambda host, port: ["127.0.0.1"]
        ) as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
            assert connection.gettimeout() == 5


def test_the_next_address_is_tried_when_one_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        allow = frozenset({f"mail.example:{port}"})
        addresses = ["127.0.0.2", "127.0.0.1"]
        with connect_checked("mail.example", port, allow, 5, lookup=lambda *_: addresses) as found:
            assert found.getpeername()[0] == "127.0.0.1"


def unknown(host: str, port: int) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def unspeakable(host: str, port: int) -> Sequence[str]:
    raise UnicodeError("label too long")


def no_address(host: str, port: int) -> Sequence[str]:
    return []


def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


FAILURES = [
    (unknown, Code.DNS),
    (unspeakable, Code.DNS),
    (no_address, Code.DNS),
    (loopback, Code.BLOCKED),
]


@pytest.mark.parametrize(("lookup", "code"), FAILURES)
def test_what_cannot_be_connected_to_has_its_code(lookup: Lookup, code: Code) -> None:
    with pytest.raises(FetchError) as failed:
        connect_checked("x.example", 80, frozenset(), 5, lookup=lookup)
    assert failed.value.code is code


def test_a_silent_name_server_is_not_waited_for() -> None:
    done = threading.Event()

    def silent(host: str, port: int) -> Sequence[str]:
        done.wait()
        return []

    with pytest.raises(FetchError) as failed:
        connect_checked("x.example", 80, frozenset(), 0.05, lookup=silent)
    done.set()
    assert failed.value.code is Code.DNS


def test_a_refused_connection_is_connect() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(FetchError) as failed:
        connect_checked("127.0.0.1", port, frozenset({f"127.0.0.1:{port}"}), 5)
    assert failed.value.code is Code.CONNECT


# --- connecting, in the client ----------------------------------------------------------------


def get(url: str, lookup: Lookup) -> FetchError:
    async def poll() -> FetchError:
        async with Client(user_agent="Ecoute", lookup=lookup) as client:
            with pytest.raises(FetchError) as failed:
                await client.session(FetchMemory()).get(url)
            return failed.value

    return asyncio.run(poll())


@pytest.mark.parametrize(("lookup", "code"), FAILURES)
def test_the_client_says_so_too(lookup: Lookup, code: Code) -> None:
    assert get("http://x.example/", lookup).code is code


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/", "http://[::ffff:7f00:1]/"]
)
def test_the_client_blocks_loopback_however_written(url: str) -> None:
    assert get(url, read_numbers).code is Code.BLOCKED


def test_a_machine_without_answers_from_dns_finishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The constant is patched: it is a promise in itself, and ten seconds long."""
    monkeypatch.setattr(transport, "CONNECT_LIMIT_S", 0.05)
    done = threading.Event()

    def silent(host: str, port: int) -> Sequence[str]:
        done.wait()
        return []

    assert get("http://x.example/", silent).code is Code.DNS
    done.set()
