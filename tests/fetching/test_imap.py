"""Mail folders within a poll: a real server on loopback, and ones that misbehave."""

from __future__ import annotations

import asyncio
import base64
import ssl
import time
from collections.abc import Mapping
from datetime import date, timedelta
from socket import socket
from typing import Any

import pytest
from fetching.scripted_imap import ScriptedImap, Speak, close, flood, hang, saying, trickle
from imap_server import PASSWORD, USER, ImapServer, needs_dovecot
from servers import LOOPBACK, make_tls

from monitor.errors import Code, FetchError
from monitor.fetching.base import MailFolder
from monitor.fetching.client import Client
from monitor.fetching.imap_account import ImapAccount
from monitor.fetching.imap_connection import MOST_OF_ANSWER
from monitor.model import FetchMemory, Health

LETTER = b"From: a@b.fr\r\nSubject: bonjour\r\nMessage-ID: <%d@b.fr>\r\n\r\nTexte %d\r\n"


def client_for(port: int, context: ssl.SSLContext | None = None, timeout_s: float = 10) -> Client:
    return Client(
        user_agent="Ecoute/1",
        allow_private_hosts=frozenset({f"{LOOPBACK}:{port}"}),
        timeout=timedelta(seconds=timeout_s),
        ssl_context=context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


def account_for(port: int, **changes: Any) -> ImapAccount:  # noqa: ANN401 - any field
    told = {"security": "none", "plain_login": True, "username": USER, "secret": PASSWORD}
    return ImapAccount(**{"host": LOOPBACK, "port": port, **told, **changes})


def look(
    account: ImapAccount,
    client: Client,
    folder: str = "INBOX",
    *,
    read_only: bool = True,
    asking: Any = None,  # noqa: ANN401 - a coroutine function
) -> Any:  # noqa: ANN401 - what it returns
    """Open a folder and ask; by default for the UIDs of all its mails."""

    async def everything(opened: MailFolder) -> list[int]:
        return await opened.uids_after(0)

    async def run() -> object:
        async with client:
            session = client.session(FetchMemory())
            async with session.mailbox(account, folder, read_only=read_only) as opened:
                return await (asking or everything)(opened)

    return asyncio.run(run())


def failure(account: ImapAccount, client: Client, folder: str = "INBOX") -> FetchError:
    async def read(opened: MailFolder) -> None:
        uids = await opened.uids_after(0)
        await opened.summaries(uids, "FROM")
        await opened.whole(uids[0], 1_000)

    with pytest.raises(FetchError) as raised:
        look(account, client, folder, asking=read)
    assert PASSWORD not in str(raised.value)
    assert "\n" not in str(raised.value)
    return raised.value


# --- Dovecot ----------------------------------------------------------------------------------


@needs_dovecot
def test_a_real_server_gives_its_mails_and_keeps_them_unread() -> None:
    async def ask(opened: MailFolder) -> dict[str, Any]:
        uids = await opened.uids_since(date(2020, 1, 1))
        [one, two] = await opened.summaries(uids, "SUBJECT MESSAGE-ID")
        return {
            "uids": uids,
            "later": await opened.uids_after(uids[-1]),
            "head": two.head,
            "size": one.size,
            "whole": await opened.whole(uids[0], 1_000),
            "cut": await opened.whole(uids[0], 10),
            "gone": await opened.whole(999, 10),
            "validity": opened.uid_validity,
            "late": opened.is_late,
        }

    with ImapServer() as imap:
        for n in (1, 2):
            imap.deliver(LETTER % (n, n))
        told = look(account_for(imap.port), client_for(imap.port), asking=ask)
        assert told["uids"] == [1, 2]
        assert told["later"] == []
        assert told["head"] == b"Subject: bonjour\r\nMessage-ID: <2@b.fr>\r\n\r\n"
        assert told["whole"] == LETTER % (1, 1)
        assert told["size"] == len(told["whole"])
        assert told["cut"] == (LETTER % (1, 1))[:10]
        assert told["gone"] is None
        assert told["validity"] > 0
        assert not told["late"]
        assert sorted(imap.mails()) == ["<1@b.fr>", "<2@b.fr>"]

        async def mark(opened: MailFolder) -> str | None:
            return await opened.mark_seen([1])

        look(account_for(imap.port), client_for(imap.port), asking=mark)  # EXAMINE changes nothing
        assert sorted(imap.mails()) == ["<1@b.fr>", "<2@b.fr>"]
        account, client = account_for(imap.port), client_for(imap.port)
        assert look(account, client, read_only=False, asking=mark) is None
        assert sorted(imap.mails()) == ["<2@b.fr>", "S <1@b.fr>"]


@needs_dovecot
def test_a_folder_is_named_as_people_name_it_and_one_that_is_not_there_is_told() -> None:
    with ImapServer() as imap:
        imap.deliver(LETTER % (1, 1), ".Alertes &- &AOk-t&AOk-")
        account = account_for(imap.port)
        assert look(account, client_for(imap.port), "Alertes & été") == [1]
        error = failure(account, client_for(imap.port), "Alertes")
        assert (error.code, error.missing) == (Code.EMPTY, "Alertes")


@needs_dovecot
@pytest.mark.parametrize("implicit", [True, False])
def test_tls_is_spoken_and_its_certificate_checked(implicit: bool) -> None:  # noqa: FBT001 - a parameter
    tls = make_tls()
    with ImapServer(tls=tls, implicit=implicit) as imap:
        imap.deliver(LETTER % (1, 1))
        account = account_for(imap.port, security="tls" if implicit else "starttls")
        assert look(account, client_for(imap.port, tls.client)) == [1]
        error = failure(account, client_for(imap.port, ssl.create_default_context()))
        assert error.code is Code.TLS


@needs_dovecot
def test_a_wrong_password_asks_a_person() -> None:
    with ImapServer() as imap:
        error = failure(account_for(imap.port, secret="faux"), client_for(imap.port))
        assert (error.code, error.health) == (Code.AUTH, Health.NEEDS_TOKEN)


# --- servers that misbehave -------------------------------------------------------------------

LOGIN = b"%s OK [CAPABILITY IMAP4rev1] in\r\n"
OPEN = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n%s OK [READ-ONLY] open\r\n"
FOUND = b"* SEARCH 1\r\n%s OK done\r\n"
HEAD = (
    b"* 1 FETCH (UID 1 RFC822.SIZE 9 BODY[HEADER.FIELDS (FROM)]<0> {4}\r\nA: b)\r\n%s OK done\r\n"
)
GOOD: Mapping[str, Speak] = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n%s OK done\r\n",
    "LOGIN": LOGIN,
    "EXAMINE": OPEN,
    "UID SEARCH": FOUND,
    "UID FETCH": HEAD,
}


@pytest.mark.parametrize(
    ("greeting", "answers", "code"),
    [
        (b"HTTP/1.1 400 Bad\r\n\r\n", {}, Code.PROTOCOL),
        (close, {}, Code.CONNECT),
        (saying(b"* BYE later\r\n"), {}, Code.CONNECT),
        (hang, {}, Code.TIMEOUT),
        (trickle, {}, Code.TIMEOUT),
        (flood, {}, Code.PROTOCOL),
        (None, {"LOGIN": saying(b"* BYE shutting down\r\n")}, Code.CONNECT),
        (None, {"LOGIN": hang}, Code.TIMEOUT),
        (None, {"LOGIN": b"%s NO [UNAVAILABLE] try later\r\n"}, Code.RATE_LIMITED),
        (None, {"LOGIN": b"%s NO [THROTTLED] slow down\r\n"}, Code.RATE_LIMITED),
        (None, {"LOGIN": b"%s NO [AUTHENTICATIONFAILED] no\r\n"}, Code.AUTH),
        (None, {"EXAMINE": b"%s NO [NONEXISTENT] no\r\n"}, Code.EMPTY),
        (None, {"EXAMINE": b"%s NO [INUSE] busy\r\n"}, Code.RATE_LIMITED),
        (None, {"UID SEARCH": b"%s BAD what\r\n"}, Code.PROTOCOL),
        (None, {"UID SEARCH": b"* SEARCH one two -3 \xff\r\n%s NO x\r\n"}, Code.PROTOCOL),
        (None, {"UID SEARCH": trickle}, Code.TIMEOUT),
        (None, {"UID FETCH": saying(b"* 1 FETCH (UID 1 BODY[] {1000}\r\nhalf")}, Code.TRUNCATED),
        (None, {"UID FETCH": b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\nx"}, Code.TOO_LARGE),
        (
            None,
            {"UID FETCH": b"* 1 FETCH (UID 1 BODY[] {" + b"9" * 5000 + b"}\r\nx"},
            Code.PROTOCOL,
        ),
        (None, {"UID FETCH": flood}, Code.TIMEOUT),
        (None, {"UID FETCH": close}, Code.TRUNCATED),
        (None, {"UID FETCH": saying(b"* BYE enough\r\n")}, Code.CONNECT),
        (None, {"UID FETCH": b"x" * 1_100_000}, Code.PROTOCOL),
        (None, {"UID FETCH": b"%s NO not now\r\n"}, Code.PROTOCOL),
        (None, {"UID FETCH": b"\x00\xff\xfe\r\n"}, Code.PROTOCOL),
    ],
)
def test_a_server_that_misbehaves_is_told_by_its_code(
    greeting: Speak | None, answers: Mapping[str, Speak], code: Code
) -> None:
    started_s = time.perf_counter()
    with ScriptedImap({**GOOD, **answers}, greeting or b"* OK hello\r\n") as server:
        error = failure(account_for(server.port), client_for(server.port, timeout_s=0.5))
    assert error.code is code, error
    assert time.perf_counter() - started_s < 8


def test_what_was_not_asked_for_is_not_taken() -> None:
    fetched = (
        b"* 2 FETCH (UID 8 RFC822.SIZE 4 BODY[HEADER.FIELDS (FROM)]<0> {4}\r\nnope)\r\n"
        b"* 3 FETCH (FLAGS (\\Seen))\r\n"
        b"* 1 FETCH (BODY[HEADER.FIELDS (FROM)]<0> {4}\r\nA: b UID 1 RFC822.SIZE 9)\r\n"
        b"* 4 FETCH (UID 2 RFC822.SIZE 0 BODY[HEADER.FIELDS (FROM)]<0> NIL)\r\n%s OK done\r\n"
    )

    async def ask(opened: MailFolder) -> list[tuple[int, int, bytes]]:
        return [(s.uid, s.size, s.head) for s in await opened.summaries([1, 2], "FROM")]

    with ScriptedImap({**GOOD, "UID FETCH": fetched}) as server:
        found = look(account_for(server.port), client_for(server.port), asking=ask)
    assert found == [(1, 9, b"A: b"), (2, 0, b"")]


def test_a_size_that_is_a_lie_fills_no_memory() -> None:
    """Of what is claimed nothing is set aside; what comes is cut off at the limit."""
    claimed = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % (MOST_OF_ANSWER + 1)
    with ScriptedImap({**GOOD, "UID FETCH": saying(claimed)}) as server:
        error = failure(account_for(server.port), client_for(server.port))
    assert error.code is Code.TOO_LARGE


def test_nothing_secret_goes_without_tls() -> None:
    with ScriptedImap(GOOD) as server:
        client = client_for(server.port)
        assert failure(account_for(server.port, plain_login=False), client).code is Code.BLOCKED
        client = client_for(server.port)
        assert failure(account_for(server.port, security="starttls"), client).code is Code.TLS
        assert not any("LOGIN" in line for line in server.lines)


def test_a_server_that_logs_us_in_by_itself_gets_no_password() -> None:
    with ScriptedImap(GOOD, b"* PREAUTH welcome\r\n") as server:
        error = failure(account_for(server.port), client_for(server.port))
        assert error.code is Code.AUTH
        assert not any("LOGIN" in line for line in server.lines)


def challenge(peer: socket, said: bytes) -> bytes:
    peer.sendall(b"+ " + said + b"\r\n")
    heard = b""
    while not heard.endswith(b"\n"):
        heard += peer.recv(1_000)
    return heard


def test_a_token_is_sent_as_xoauth2_wants_it() -> None:
    heard: list[bytes] = []

    def accept(peer: socket) -> None:
        heard.append(challenge(peer, b""))
        tag = server.lines[-1].split(" ")[0].encode()
        peer.sendall(tag + b" OK in\r\n")

    with ScriptedImap({**GOOD, "AUTHENTICATE": accept}) as server:
        account = account_for(server.port, username="a@b.fr", secret="t0ken", by_token=True)
        assert look(account, client_for(server.port)) == [1]
    assert base64.b64decode(heard[0]) == b"user=a@b.fr\x01auth=Bearer t0ken\x01\x01"


def test_a_token_that_is_refused_lacks_the_right() -> None:
    def refuse(peer: socket) -> None:
        challenge(peer, b"")
        assert challenge(peer, b"eyJzdGF0dXMiOiI0MDEifQ==") == b"\r\n"
        tag = server.lines[-1].split(" ")[0].encode()
        peer.sendall(tag + b" NO AUTHENTICATE failed.\r\n")

    with ScriptedImap({**GOOD, "AUTHENTICATE": refuse}) as server:
        account = account_for(server.port, secret="t0ken", by_token=True)
        with pytest.raises(FetchError) as raised:
            look(account, client_for(server.port))
    assert raised.value.health is Health.PERMISSION_MISSING


@pytest.mark.parametrize("secret", ["é", "a\r\nb NOOP"])
def test_a_password_that_cannot_be_sent_is_not(secret: str) -> None:
    with ScriptedImap(GOOD) as server:
        error = failure(account_for(server.port, secret=secret), client_for(server.port))
        assert error.code is Code.AUTH
        assert secret not in str(error)
        assert not any("NOOP" in line for line in server.lines)


def test_a_private_address_is_not_reached_unless_allowed() -> None:
    client = Client(user_agent="x", ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert failure(account_for(9), client).code is Code.BLOCKED


def test_a_poll_that_is_cancelled_leaves_no_conversation_behind() -> None:
    async def run(client: Client, account: ImapAccount) -> None:
        async with client:
            session = client.session(FetchMemory())
            async with asyncio.timeout(0.2):
                async with session.mailbox(account, "INBOX"):
                    raise AssertionError

    with ScriptedImap({**GOOD, "LOGIN": hang}) as server:
        started_s = time.perf_counter()
        with pytest.raises(TimeoutError):
            asyncio.run(run(client_for(server.port), account_for(server.port)))
        assert time.perf_counter() - started_s < 5
