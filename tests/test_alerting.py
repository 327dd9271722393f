"""Alerts with a clock that the test moves: told once, in their time, whatever happens between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from fixed_clock import FixedClock
from store.samples import BAD, GOOD, SHOP, outcome, sighting, state

from monitor.alerting import ALL, Alerter, AlertSettings, Watch
from monitor.delivery.mail import Mailer
from monitor.digest_settings import DigestSettings
from monitor.digesting import Digester
from monitor.errors import DeliveryError
from monitor.model import (
    AlertRule,
    ClosedAlert,
    DeliveryResult,
    DeliveryState,
    Kind,
    Lane,
    MentionQuery,
    PollError,
    PollStatus,
)
from monitor.quiet import parse_quiet
from monitor.reporting.alert_facts import AlertRules
from monitor.store.sqlite import SqliteStore

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
TO = ("simon@example.fr",)


class Post(Mailer):
    """A mail server that keeps what it is given, unless it is down."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.is_down = False

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> list[DeliveryResult]:
        if self.is_down:
            raise DeliveryError("down")
        self.taken.append(message)
        return [DeliveryResult(recipient=r, state=DeliveryState.SENT) for r in recipients]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "mentions.db", clock=clock)
    opened.register_sources([state()])
    yield opened
    opened.close()


@pytest.fixture
def post() -> Post:
    return Post()


def alerter(store: SqliteStore, clock: FixedClock, post: Post | None, **changes: object) -> Alerter:
    settings = AlertSettings(
        language="fr",
        zone=PARIS,
        rules=AlertRules(),
        recipients=TO,
        sender="Écoute <ecoute@example.fr>",
        quiet=parse_quiet("21h-8h"),
        per_day=5,
    )
    return Alerter(
        store=store,
        watched=(Watch(business=SHOP),),
        settings=replace(settings, **changes),  # type: ignore[arg-type] # any setting
        mailer=post,
        notifier=None,
        clock=clock,
        chance=lambda: 0.0,
    )


def complain(store: SqliteStore, clock: FixedClock, *numbers: int) -> None:
    """Store a post each that is very negative."""
    posts = [
        sighting(n, score=BAD, kind=Kind.POST, published_at=clock.at - timedelta(minutes=5))
        for n in numbers
    ]
    store.save_poll(outcome(*posts, at=clock.at))


def rules_of(alerts: Sequence[ClosedAlert]) -> list[AlertRule]:
    return [reason.rule for alert in alerts for reason in alert.reasons]


def test_several_at_once_are_one_mail_and_told_once(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    complain(store, clock, 1, 2, 3)
    alerts = alerter(store, clock, post)
    (raised,) = alerts.raise_due()
    assert len(raised.reasons) == 3
    alerts.deliver()
    clock.advance(timedelta(hours=1))
    assert alerts.raise_due() == []
    alerts.deliver()
    assert post.taken == [raised.message]


def test_the_mail_is_in_a_lane_of_its_own(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    complain(store, clock, 1)
    (raised,) = alerter(store, clock, post).raise_due()
    assert raised.subject == "Alerte Fleurs Bougamont\u00a0: 1\u00a0mention très négative"
    assert b"List-Id: <fleurs-bougamont.alert.example.fr>" in raised.message
    assert store.claim_outbox(clock.at, force=True) == []


def test_what_comes_at_night_is_told_in_the_morning(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    clock.at = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    complain(store, clock, 1)
    alerts = alerter(store, clock, post)
    assert alerts.raise_due() == []
    clock.at = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert rules_of(alerts.raise_due()) == [AlertRule.NEGATIVE]


def test_the_night_of_the_october_change_has_its_eleven_hours_and_one(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    """Summer time ends at 3 h: hour by hour, nothing goes out before 8 h on the wall."""
    clock.at = datetime(2026, 10, 24, 19, 30, tzinfo=UTC)  # 21 h 30
    complain(store, clock, 1)
    alerts = alerter(store, clock, post)
    waited = 0
    while not alerts.raise_due():
        clock.advance(timedelta(minutes=30))
        waited += 1
    assert clock.at == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)
    assert waited == 23


def test_a_mail_that_waits_respects_the_night_too(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    clock.at = datetime(2026, 11, 23, 19, 50, tzinfo=UTC)  # 20 h 50
    complain(store, clock, 1)
    alerts = alerter(store, clock, post)
    alerts.raise_due()
    post.is_down = True
    alerts.deliver()
    post.is_down = False
    clock.at = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    assert alerts.deliver() is None
    assert post.taken == []
    clock.at = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    alerts.deliver()
    assert len(post.taken) == 1


def test_past_the_daily_cap_the_rest_waits_for_tomorrow(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    alerts = alerter(store, clock, post, per_day=2)
    raised = []
    for number in range(1, 5):
        complain(store, clock, number)
        raised += alerts.raise_due()
        clock.advance(timedelta(hours=1))
    assert len(raised) == 2
    assert "dernière alerte" in raised[-1].text
    assert "dernière alerte" not in raised[0].text
    clock.at = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    (tomorrow,) = alerts.raise_due()
    assert len(tomorrow.reasons) == 2


def test_a_process_killed_between_fixing_and_sending_loses_and_doubles_nothing(
    tmp_path: Path, store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    complain(store, clock, 1)
    (raised,) = alerter(store, clock, post).raise_due()
    after = SqliteStore.open(tmp_path / "mentions.db", clock=clock)
    again = alerter(after, clock, post)
    assert again.raise_due() == []
    again.deliver()
    again.deliver()
    after.close()
    assert post.taken == [raised.message]


def test_two_processes_tell_a_thing_once(
    store: SqliteStore, clock: FixedClock, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    complain(store, clock, 1)
    ours, theirs = (alerter(store, clock, post) for _ in range(2))
    fix = store.close_alert

    def beaten(alert: ClosedAlert) -> bool:
        monkeypatch.setattr(store, "close_alert", fix)
        clock.advance(timedelta(seconds=1))
        assert theirs.raise_due()
        return fix(alert)

    monkeypatch.setattr(store, "close_alert", beaten)
    assert ours.raise_due() == []
    ours.deliver()
    assert len(post.taken) == 1


def test_a_server_that_is_down_gets_the_same_bytes_later(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    complain(store, clock, 1)
    alerts = alerter(store, clock, post)
    (raised,) = alerts.raise_due()
    post.is_down = True
    for _ in range(3):
        alerts.deliver()
        clock.advance(timedelta(minutes=10))
    post.is_down = False
    alerts.deliver()
    assert post.taken == [raised.message]


def test_with_nobody_to_tell_nothing_is_marked_as_told(
    store: SqliteStore, clock: FixedClock
) -> None:
    complain(store, clock, 1)
    assert alerter(store, clock, None, sender=None).raise_due() == []
    (mention,) = store.find(MentionQuery())
    assert store.alerted([mention.id]) == {}


def test_what_a_digest_told_needs_no_alert_and_an_alerted_mention_is_marked_in_it(
    tmp_path: Path, store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    complain(store, clock, 1)
    alerts = alerter(store, clock, post)
    alerts.raise_due()
    clock.advance(timedelta(hours=2))
    complain(store, clock, 2)
    settings = DigestSettings(
        language="fr",
        zone=PARIS,
        schedule="weekly",
        recipients=(),
        sender=None,
        items=12,
        lines=60,
        when_empty=True,
        reports=tmp_path / "reports",
    )
    digester = Digester(
        store=store, businesses=(SHOP,), settings=settings, mailer=None, clock=clock
    )
    closed = digester.close(SHOP)
    assert closed is not None
    assert closed.text.count("Déjà signalé par une alerte, lundi 23\u00a0novembre à 12\u00a0h") == 1
    assert len(closed.mention_ids) == 2
    assert alerts.raise_due() == []


def test_a_silent_source_is_told_with_its_only_business_or_apart(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    failing = state(
        status=PollStatus.FAILED,
        polled_at=NOON,
        last_ok_at=NOON - timedelta(days=2),
        error=PollError(code="timeout", message="Pas de réponse."),
    )
    store.save_poll(replace(outcome(at=clock.at), state=failing))
    one = alerter(store, clock, post)
    assert list(one.pending()) == [SHOP]
    two = replace(one, watched=(Watch(business=SHOP), Watch(business="Chez Léa")))
    (raised,) = two.raise_due()
    assert raised.business == ALL
    assert raised.subject == "Alerte Écoute\u00a0: 1\u00a0source muette"
    assert "local-press\u00a0: muette depuis 2 jours\u00a0; Pas de réponse." in raised.text


def test_a_year_of_quiet_and_then_a_fourfold_week(tmp_path: Path, post: Post) -> None:
    """Five mentions a week, looked at each day at noon; then twenty within a week."""
    rng = np.random.default_rng(5)
    clock = FixedClock(NOON - timedelta(days=400))
    store = SqliteStore.open(tmp_path / "year.db", clock=clock)
    store.register_sources([state()])
    alerts = alerter(store, clock, post)
    days: list[int] = []

    def told_on_a_day(mean: float) -> list[AlertRule]:
        clock.advance(timedelta(days=1))
        known = sum(days)
        days.append(int(rng.poisson(mean)))
        found = [
            sighting(known + n, score=GOOD, published_at=clock.at - timedelta(hours=n))
            for n in range(1, days[-1] + 1)
        ]
        store.save_poll(outcome(*found, at=clock.at))
        return rules_of(alerts.raise_due())

    quiet = [rule for _ in range(390) for rule in told_on_a_day(5 / 7)]
    assert quiet.count(AlertRule.SPIKE) <= 1
    busy: list[AlertRule] = []
    while sum(days[-7:]) < 20:
        busy += told_on_a_day(20 / 7)
    assert AlertRule.SPIKE in busy + told_on_a_day(20 / 7)
    store.close()


def test_a_notice_waits_for_no_mail(store: SqliteStore, clock: FixedClock, post: Post) -> None:
    class Phone:
        channels = ("notify[0] json",)
        taken: list[str] = []  # noqa: RUF012 - one test's

        def send(
            self, message: bytes, sender: str, recipients: Sequence[str]
        ) -> list[DeliveryResult]:
            self.taken.append(message.decode())
            return [DeliveryResult(recipient=r, state=DeliveryState.SENT) for r in recipients]

    complain(store, clock, 1)
    phone = Phone()
    alerts = replace(alerter(store, clock, post), notifier=phone)  # type: ignore[arg-type] # what is used of it
    post.is_down = True
    alerts.raise_due()
    alerts.deliver()
    alerts.deliver()
    assert len(phone.taken) == 1
    assert phone.taken[0].startswith("Alerte Fleurs Bougamont")
    assert len(store.claim_alerts(clock.at, Lane.MAIL, force=True)) == 1


def test_an_erased_mention_leaves_its_alert(
    store: SqliteStore, clock: FixedClock, post: Post
) -> None:
    complain(store, clock, 1)
    alerts = alerter(store, clock, post)
    alerts.raise_due()
    alerts.deliver()
    clock.advance(timedelta(days=20))
    store.expire(clock.at, timedelta(days=10))
    with store._connection.reading() as db:  # noqa: SLF001 - what is on disk
        row = next(iter(db.query("SELECT text, html, notice, message FROM alert")))
    assert set(row.values()) == {"", b""}
