from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from fixed_clock import FixedClock
from hypothesis import given
from hypothesis import strategies as st
from servers import DROP, LOOPBACK, MailServer

from monitor.delivery.mail import Mailer, MailSettings
from monitor.delivery.outbox import (
    FEWEST_TRIES,
    GIVE_UP_AFTER,
    LONGEST_WAIT,
    DeliveryReport,
    deliver_due,
    next_try_at,
)
from monitor.model import DeliveryResult, DeliveryState, OutboxItem

CLOSED_AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
SIMON, ZOE = "simon@example.fr", "zoe@example.fr"


class FakeOutbox:
    """Mails and where each recipient's copy stands, as the store keeps them."""

    def __init__(self, *digest_ids: str, recipients: tuple[str, ...] = (SIMON,)) -> None:
        self.busy = False
        self.attempts = dict.fromkeys(digest_ids, 0)
        self.results = {
            (digest_id, recipient): DeliveryResult(
                recipient=recipient, state=DeliveryState.WAITING, retry_at=CLOSED_AT
            )
            for digest_id in digest_ids
            for recipient in recipients
        }

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        yield not self.busy

    def claim_outbox(self, now: datetime, *, force: bool = False) -> list[OutboxItem]:
        items = (self._item(digest_id, now, force=force) for digest_id in self.attempts)
        return [item for item in items if item.recipients]

    def record_delivery(
        self, digest_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        self.attempts[digest_id] += 1
        for result in results:
            self.results[digest_id, result.recipient] = result

    def state(self, digest_id: str, recipient: str = SIMON) -> DeliveryState:
        return self.results[digest_id, recipient].state

    def _item(self, digest_id: str, now: datetime, *, force: bool) -> OutboxItem:
        return OutboxItem(
            digest_id=digest_id,
            message_id=f"<{digest_id}@example.fr>",
            message=f"Message-ID: <{digest_id}@example.fr>\r\n\r\nBonjour.\r\n".encode(),
            sender="ecoute@example.fr",
            recipients=tuple(
                result.recipient
                for (owner, _), result in self.results.items()
                if owner == digest_id
                and result.state is DeliveryState.WAITING
                and (force or (result.retry_at or now) <= now)
            ),
            created_at=CLOSED_AT,
            attempts=self.attempts[digest_id],
        )


def mailer(port: int, *, username: str | None = None) -> Mailer:
    settings = MailSettings(
        host=LOOPBACK,
        port=port,
        security="none",
        username=username,
        password="wrong",
        plain_login=True,
    )
    return Mailer(settings, allow_private_hosts=frozenset({f"{LOOPBACK}:{port}"}))


@pytest.fixture
def dead_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_what_is_taken_is_sent_once() -> None:
    outbox = FakeOutbox("d1", "d2")
    with MailServer() as server:
        report = deliver_due(outbox, mailer(server.port), CLOSED_AT)
        again = deliver_due(outbox, mailer(server.port), CLOSED_AT)
    assert report == DeliveryReport(sent=(SIMON, SIMON))
    assert again == DeliveryReport()
    assert len(server.received) == 2


def test_what_waits_is_tried_again_when_due_with_the_same_bytes(clock: FixedClock) -> None:
    outbox = FakeOutbox("d1")
    with MailServer() as server:
        server.answer("DATA", DROP)
        first = deliver_due(outbox, mailer(server.port), clock())
        clock.advance(timedelta(seconds=59))
        too_soon = deliver_due(outbox, mailer(server.port), clock())
        clock.advance(timedelta(seconds=1))
        second = deliver_due(outbox, mailer(server.port), clock())

    assert first.deferred[0].retry_at == CLOSED_AT + timedelta(minutes=1)
    assert "closed the connection" in (first.deferred[0].error or "")
    assert (too_soon.sent, too_soon.complete, second.sent) == ((), True, (SIMON,))
    assert server.seen[0].content == server.seen[1].content


def test_force_tries_what_is_not_due_yet() -> None:
    outbox = FakeOutbox("d1")
    with MailServer() as server:
        server.answer("DATA", "451 later")
        deliver_due(outbox, mailer(server.port), CLOSED_AT)
        assert len(deliver_due(outbox, mailer(server.port), CLOSED_AT, force=True).sent) == 1


def test_a_refusal_is_kept_and_never_tried_again() -> None:
    outbox = FakeOutbox("d1", recipients=(SIMON, ZOE))
    with MailServer() as server:
        server.always(f"RCPT {ZOE}", "550 no such user")
        report = deliver_due(outbox, mailer(server.port), CLOSED_AT)
        deliver_due(outbox, mailer(server.port), CLOSED_AT + timedelta(days=1), force=True)
    assert report.sent == (SIMON,)
    assert not report.complete
    said = f"127.0.0.1:{server.port} answered 550 no such user"
    assert report.problems == (f"{ZOE}: {said} (not tried again by itself, the mail is kept)",)
    assert outbox.state("d1", ZOE) is DeliveryState.REFUSED
    assert len(server.seen) == 1


def test_one_bad_mail_does_not_stop_the_next() -> None:
    outbox = FakeOutbox("d1", "d2")
    with MailServer() as server:
        server.answer("DATA", "554 spam")
        report = deliver_due(outbox, mailer(server.port), CLOSED_AT)
    assert [outbox.state("d1"), outbox.state("d2")] == [DeliveryState.REFUSED, DeliveryState.SENT]
    assert (len(report.refused), len(report.sent)) == (1, 1)


def test_a_dead_server_is_asked_once_a_round(dead_port: int) -> None:
    asked: list[int] = []

    def counting(host: str, port: int, allow: frozenset[str], timeout_s: float) -> socket.socket:
        asked.append(port)
        return socket.create_connection((host, port), timeout_s)

    outbox = FakeOutbox("d1", "d2", "d3")
    dead = Mailer(MailSettings(host=LOOPBACK, port=dead_port, security="none"), connect=counting)
    report = deliver_due(outbox, dead, CLOSED_AT)

    assert asked == [dead_port]
    assert len(report.deferred) == 3
    assert {result.retry_at for result in report.deferred} == {CLOSED_AT + timedelta(minutes=1)}


def test_a_wrong_password_waits_longest_so_as_not_to_lock_the_account() -> None:
    outbox = FakeOutbox("d1")
    with MailServer(users={"ecoute": "right"}) as server:
        report = deliver_due(outbox, mailer(server.port, username="ecoute"), CLOSED_AT)
    assert report.deferred[0].retry_at == CLOSED_AT + LONGEST_WAIT
    assert "check mail.username and password" in (report.deferred[0].error or "")


def test_after_five_days_it_is_given_up_and_said(dead_port: int) -> None:
    outbox = FakeOutbox("d1")
    last_at = CLOSED_AT + GIVE_UP_AFTER
    for _ in range(FEWEST_TRIES - 1):
        before = deliver_due(outbox, mailer(dead_port), last_at - timedelta(hours=1), force=True)
    after = deliver_due(outbox, mailer(dead_port), last_at, force=True)
    assert len(before.deferred) == 1
    assert [result.recipient for result in after.expired] == [SIMON]
    assert "cannot be reached" in after.problems[0]
    assert "given up after 5 days" in after.problems[0]


def test_a_mail_that_slept_for_a_week_still_has_a_try() -> None:
    outbox = FakeOutbox("d1")
    with MailServer() as server:
        report = deliver_due(outbox, mailer(server.port), CLOSED_AT + timedelta(days=7))
    assert len(report.sent) == 1


def test_a_mail_that_slept_for_a_week_is_not_given_up_at_the_first_no(dead_port: int) -> None:
    outbox = FakeOutbox("d1")
    at = CLOSED_AT + timedelta(days=7)
    for tries in range(FEWEST_TRIES):
        report = deliver_due(outbox, mailer(dead_port), at, force=True)
        assert bool(report.expired) == (tries == FEWEST_TRIES - 1)


def test_nothing_is_done_while_another_process_delivers() -> None:
    outbox = FakeOutbox("d1")
    outbox.busy = True
    with MailServer() as server:
        report = deliver_due(outbox, mailer(server.port), CLOSED_AT)
    assert report.busy
    assert server.seen == []


def test_the_waits_grow_from_a_minute_to_six_hours_over_five_days() -> None:
    waits: list[timedelta] = []
    at = CLOSED_AT
    while (retry_at := next_try_at(CLOSED_AT, len(waits), at, 0)) is not None:
        waits.append(retry_at - at)
        at = retry_at
    minutes = [round(wait.total_seconds() / 60) for wait in waits]
    assert minutes[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert at == CLOSED_AT + timedelta(days=5)


@given(
    attempts=st.integers(0, 10_000),
    age=st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    jitter=st.floats(0, 1),
)
def test_a_wait_is_never_too_short_nor_too_long(
    attempts: int, age: timedelta, jitter: float
) -> None:
    now = CLOSED_AT + age
    retry_at = next_try_at(CLOSED_AT, attempts, now, jitter)
    if retry_at is None:
        assert age >= GIVE_UP_AFTER
        assert attempts >= FEWEST_TRIES - 1
    else:
        left = GIVE_UP_AFTER - age
        shortest = min(timedelta(minutes=1), left) if left > timedelta() else timedelta(minutes=1)
        assert shortest <= retry_at - now <= LONGEST_WAIT
