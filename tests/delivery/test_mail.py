"""Real SMTP on loopback: every answer a server can give, and what becomes of the mail."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

import pytest
from servers import DROP, HANG, LOOPBACK, MailServer, Tls, make_tls

from monitor.delivery.compose import compose_mail, message_id
from monitor.delivery.mail import Mailer, MailSettings
from monitor.errors import DeliveryError
from monitor.model import DeliveryResult, DeliveryState

SENDER = "Écoute <ecoute@example.fr>"
SIMON = "simon@example.fr"
ZOE = "zoe@example.fr"
PASSWORD = "s3cret-passw0rd"

SENT, WAITING, REFUSED = DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.REFUSED


def mail_for(*recipients: str) -> bytes:
    return compose_mail(
        subject="Fleurs Bougamont, semaine 47 : 1 mention, 1 négative",
        text="Une mention négative.\n.\n..\nFrom un lecteur\n",
        html="<p>Une mention négative.</p>",
        sender=SENDER,
        recipients=recipients,
        message_id=message_id("3fa9c1", "example.fr"),
        date=datetime(2026, 11, 23, 7, tzinfo=UTC),
        business="Fleurs Bougamont",
    )


@pytest.fixture(scope="module")
def tls() -> Tls:
    return make_tls()


def mailer(
    port: int,
    *,
    security: Literal["starttls", "tls", "none"] = "none",
    context: ssl.SSLContext | None = None,
    username: str | None = None,
    password: str | None = None,
    plain_login: bool = False,
    step_s: float = 10,
    whole_s: float = 20,
) -> Mailer:
    settings = MailSettings(
        host=LOOPBACK,
        port=port,
        security=security,
        username=username,
        password=password,
        plain_login=plain_login,
        step_s=step_s,
        whole_s=whole_s,
    )
    allowed = frozenset({f"{LOOPBACK}:{port}"})
    return Mailer(settings, ssl_context=context, allow_private_hosts=allowed)


def send(mailer: Mailer, *recipients: str) -> list[DeliveryResult]:
    return mailer.send(mail_for(*recipients), SENDER, recipients)


def states(results: list[DeliveryResult]) -> list[DeliveryState]:
    return [result.state for result in results]


def test_a_mail_taken_arrives_byte_for_byte() -> None:
    with MailServer() as server:
        results = send(mailer(server.port), SIMON)

    assert results == [DeliveryResult(recipient=SIMON, state=SENT)]
    (received,) = server.received
    assert received.content == mail_for(SIMON)
    assert (received.sender, received.recipients) == ("ecoute@example.fr", (SIMON,))


def test_a_4xx_waits_and_the_next_try_is_the_same_bytes() -> None:
    with MailServer() as server:
        server.answer("DATA", "451 4.7.1 try later")
        first = send(mailer(server.port), SIMON)
        second = send(mailer(server.port), SIMON)

    assert (states(first), states(second)) == ([WAITING], [SENT])
    assert first[0].error == f"127.0.0.1:{server.port} answered 451 4.7.1 try later"
    assert server.seen[0].content == server.seen[1].content


def test_one_refused_recipient_does_not_stop_the_others() -> None:
    with MailServer() as server:
        server.always(f"RCPT {SIMON}", "550 no such user")
        server.answer(f"RCPT {ZOE}", "450 mailbox busy")
        results = send(mailer(server.port), SIMON, "max@example.fr", ZOE)

    assert states(results) == [REFUSED, SENT, WAITING]
    assert server.received[0].recipients == ("max@example.fr",)
    assert "550 no such user" in (results[0].error or "")


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("said", "state"), [("554 no", REFUSED), ("452 full", WAITING)])
def test_an_answer_to_the_whole_mail_is_for_every_recipient(
    step: str, said: str, state: DeliveryState
) -> None:
    with MailServer() as server:
        server.always(step, said)
        assert states(send(mailer(server.port), SIMON, ZOE)) == [state, state]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", f"RCPT {ZOE}", "DATA"])
def test_a_connection_lost_anywhere_waits(step: str) -> None:
    with MailServer() as server:
        server.answer(step, DROP)
        results = send(mailer(server.port), SIMON, ZOE)

    assert states(results) == [WAITING, WAITING]
    assert results[0].error == f"127.0.0.1:{server.port} closed the connection"


def test_a_421_between_recipients_waits_for_all() -> None:
    with MailServer() as server:
        server.answer(f"RCPT {ZOE}", "421 going down")
        assert states(send(mailer(server.port), SIMON, ZOE)) == [WAITING, WAITING]


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
def test_a_silent_server_waits(step: str) -> None:
    with MailServer() as server:
        server.answer(step, HANG)
        results = send(mailer(server.port, step_s=0.2), SIMON)

    assert states(results) == [WAITING]
    assert results[0].error == f"127.0.0.1:{server.port} did not answer within 0.2 s"


def test_a_refused_connection_is_trouble_of_the_server() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DeliveryError, match="cannot be reached") as caught:
        send(mailer(port), SIMON)
    assert not caught.value.permanent


def test_a_host_that_is_not_public_is_not_reached() -> None:
    settings = MailSettings(host=LOOPBACK, port=25, security="none")
    with pytest.raises(DeliveryError, match="blocked"):
        send(Mailer(settings), SIMON)


@contextmanager
def saying(*lines: bytes, pause_s: float = 0) -> Iterator[int]:
    """Run a server that says these bytes, one by one, and then listens in silence."""
    stopped = threading.Event()

    def talk(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(0.05)
            for byte in b"".join(lines):
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return
                if stopped.wait(pause_s):
                    return
            stopped.wait(10)

    with socket.create_server((LOOPBACK, 0)) as listening:
        thread = threading.Thread(target=talk, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        stopped.set()
        thread.join(5)


def test_a_lively_trickle_is_cut_at_the_whole_limit() -> None:
    trickle = [b"220-so slow\r\n"] * 50
    with saying(*trickle, pause_s=0.02) as port, pytest.raises(DeliveryError, match="in all"):
        send(mailer(port, step_s=1, whole_s=0.3), SIMON)


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (b"554 go away\r\n", "answered 554 go away"),
        (b"421 busy\r\n", "answered 421 busy"),
        (b"HTTP/1.1 400 Bad\r\n", "answered what is not SMTP"),
    ],
)
def test_an_unkind_greeting_is_trouble_of_the_server(greeting: bytes, said: str) -> None:
    with saying(greeting) as port, pytest.raises(DeliveryError, match=said) as caught:
        send(mailer(port, step_s=1), SIMON)
    assert not caught.value.permanent


def test_an_answer_is_one_plain_line() -> None:
    with MailServer() as server:
        server.always("MAIL", "550-\x1b[31mred\u202e\r\n550 second line")
        (result,) = send(mailer(server.port), SIMON)
    assert result.error == f"127.0.0.1:{server.port} answered 550 [31mred second line"


# --- TLS and login ----------------------------------------------------------------------------


def test_starttls_and_a_login(tls: Tls) -> None:
    with MailServer(tls=tls, users={"ecoute": PASSWORD}) as server:
        over = mailer(
            server.port,
            security="starttls",
            context=tls.client,
            username="ecoute",
            password=PASSWORD,
        )
        assert states(send(over, SIMON)) == [SENT]
    assert server.logins == [("ecoute", True)]


def test_tls_from_the_first_byte(tls: Tls) -> None:
    with MailServer(tls=tls, implicit=True, users={"ecoute": PASSWORD}) as server:
        over = mailer(
            server.port, security="tls", context=tls.client, username="ecoute", password=PASSWORD
        )
        assert states(send(over, SIMON)) == [SENT]


def test_a_missing_starttls_is_an_error_and_nothing_is_sent() -> None:
    with MailServer(users={"ecoute": PASSWORD}) as server:
        over = mailer(server.port, security="starttls", username="ecoute", password=PASSWORD)
        with pytest.raises(DeliveryError, match="offers no STARTTLS"):
            send(over, SIMON)
    assert (server.seen, server.logins) == ([], [])


@pytest.mark.parametrize("implicit", [True, False])
def test_a_certificate_of_an_unknown_authority_is_never_accepted(tls: Tls, implicit: bool) -> None:  # noqa: FBT001 - a parameter of the test
    with MailServer(tls=tls, implicit=implicit, users={"ecoute": PASSWORD}) as server:
        over = mailer(
            server.port,
            security="tls" if implicit else "starttls",
            username="ecoute",
            password=PASSWORD,
        )
        with pytest.raises(DeliveryError, match="certificate that is not valid"):
            send(over, SIMON)
    assert (server.seen, server.logins) == ([], [])


def test_a_certificate_for_another_host_is_never_accepted() -> None:
    other = make_tls("mail.example.org")
    with MailServer(tls=other) as server:
        over = mailer(server.port, security="starttls", context=other.client)
        with pytest.raises(DeliveryError, match="certificate that is not valid"):
            send(over, SIMON)
    assert server.seen == []


def test_no_login_without_tls_unless_the_user_says_so() -> None:
    with MailServer(users={"ecoute": PASSWORD}) as server:
        careful = mailer(server.port, username="ecoute", password=PASSWORD)
        with pytest.raises(DeliveryError, match="no login without TLS") as caught:
            send(careful, SIMON)
        assert caught.value.permanent
        assert server.logins == []
        daring = mailer(server.port, username="ecoute", password=PASSWORD, plain_login=True)
        assert states(send(daring, SIMON)) == [SENT]


def test_a_wrong_password_is_for_the_user_to_mend_and_never_told(tls: Tls) -> None:
    with MailServer(tls=tls, users={"ecoute": "right"}) as server:
        over = mailer(
            server.port,
            security="starttls",
            context=tls.client,
            username="ecoute",
            password=PASSWORD,
        )
        with pytest.raises(DeliveryError, match="refused the login") as caught:
            send(over, SIMON)
    assert caught.value.permanent
    assert PASSWORD not in repr(caught.value) + str(caught.value.__cause__)
    assert server.seen == []


def test_a_server_that_repeats_the_password_is_not_repeated() -> None:
    with MailServer() as server:
        server.always("MAIL", f"550 {PASSWORD} AGVjb3V0ZQBzM2NyZXQtcGFzc3cwcmQ=")
        over = mailer(server.port, username=None, password=PASSWORD)
        (result,) = send(over, SIMON)
    assert PASSWORD not in (result.error or "")


def test_a_password_that_cannot_be_sent_is_not_told(tls: Tls) -> None:
    with MailServer(tls=tls, users={"ecoute": "x"}) as server:
        over = mailer(
            server.port,
            security="starttls",
            context=tls.client,
            username="ecoute",
            password="é-secret",
        )
        with pytest.raises(DeliveryError, match="outside ASCII") as caught:
            send(over, SIMON)
    assert caught.value.__cause__ is None


def test_a_login_demanded_later_waits_for_the_user() -> None:
    with MailServer(users={"ecoute": PASSWORD}) as server:
        (result,) = send(mailer(server.port), SIMON)
    assert result.state is WAITING
    assert "530" in (result.error or "")


def test_settings_never_show_the_password() -> None:
    assert PASSWORD not in repr(MailSettings(host="h", port=1, password=PASSWORD))


# --- addresses --------------------------------------------------------------------------------


def test_an_accented_address_is_given_to_a_server_that_can() -> None:
    with MailServer() as server:
        assert states(send(mailer(server.port), SIMON, "zoé@exemplé.fr")) == [SENT, SENT]
    assert [mail.recipients for mail in server.received] == [(SIMON,), ("zoé@xn--exempl-gva.fr",)]


def test_an_accented_address_does_not_stop_the_others_where_the_server_cannot() -> None:
    with MailServer(utf8=False) as server:
        results = send(mailer(server.port), "zoé@example.fr", SIMON)
    assert states(results) == [REFUSED, SENT]
    assert server.received[0].content == mail_for("zoé@example.fr", SIMON)


def test_what_is_no_address_is_refused_alone() -> None:
    with MailServer() as server:
        bad = "a b@example.fr\r\nRCPT TO:<x@example.fr>"
        results = mailer(server.port).send(mail_for(SIMON), SENDER, [bad, SIMON])
    assert states(results) == [REFUSED, SENT]
    assert server.received[0].recipients == (SIMON,)


def test_what_was_taken_is_not_given_twice_because_its_record_failed() -> None:
    with MailServer() as server:
        server.answer(f"RCPT {ZOE}", "450 busy")
        over = mailer(server.port)
        first = send(over, SIMON, ZOE)
        second = send(over, SIMON, ZOE)
    assert (states(first), states(second)) == ([SENT, WAITING], [SENT, SENT])
    assert [mail.recipients for mail in server.received] == [(SIMON,), (ZOE,)]
