"""What the store tells alerts: how much was said, what is a record, what was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fixed_clock import FixedClock
from store.samples import BAD, DAY, NOW, RIVAL, SHOP, outcome, sighting, state

from monitor.model import (
    AlertReason,
    AlertRule,
    ClosedAlert,
    DeliveryResult,
    DeliveryState,
    Lane,
    MentionQuery,
    Period,
    Tempo,
)
from monitor.store.sqlite import SqliteStore

LONG_AGO = NOW - 400 * DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    clock = FixedClock(LONG_AGO)
    opened = SqliteStore.open(tmp_path / "mentions.db", clock=clock)
    opened.register_sources([state()])
    clock.at = NOW
    yield opened
    opened.close()


def tempo(store: SqliteStore) -> Tempo:
    return store.tempo(SHOP, NOW - 300 * DAY, sure_from=0.6, settled=NOW - 36 * DAY)


def total(store: SqliteStore) -> tuple[int, int]:
    hours = tempo(store).hours
    return sum(h.total for h in hours), sum(h.negative for h in hours)


def alert(*keys: str, **changes: object) -> ClosedAlert:
    plain = ClosedAlert(
        id="a1",
        business=SHOP,
        closed_at=NOW,
        subject="Alerte",
        text="Bonjour",
        html="<p>Bonjour</p>",
        notice="Alerte\n\nBonjour",
        message_id="<a1@x>",
        message=b"Subject: Alerte\r\n\r\nBonjour",
        sender="ecoute@example.fr",
        recipients=("simon@example.fr",),
        channels=("notify[0] ntfy",),
        reasons=tuple(AlertReason(rule=AlertRule.SPIKE, key=k, business=SHOP) for k in keys),
    )
    return replace(plain, **changes)  # type: ignore[arg-type] # any field


def test_mentions_are_counted_by_the_hour_of_publication(store: SqliteStore) -> None:
    store.save_poll(outcome(sighting(1), sighting(2, score=BAD)))
    assert total(store) == (2, 1)
    first, second = tempo(store).hours
    assert (first.hour, second.hour) == (NOW - timedelta(hours=2), NOW - timedelta(hours=1))


def test_an_unsure_negative_is_not_counted_as_one(store: SqliteStore) -> None:
    store.save_poll(outcome(sighting(1, score=replace(BAD, confidence=0.5))))
    assert total(store) == (1, 0)


def test_doubtful_late_rival_and_backfilled_mentions_are_not_counted(store: SqliteStore) -> None:
    store.save_poll(
        outcome(
            sighting(1, relevance=0.3),
            sighting(2, published_at=NOW - 5 * DAY),
            sighting(3, business=RIVAL, competitor_of=SHOP),
        )
    )
    store.save_poll(replace(outcome(sighting(4)), is_backfill=True))
    assert total(store) == (0, 0)


def test_a_new_source_is_no_spike(store: SqliteStore) -> None:
    store.register_sources([state(), state("new-blog")])
    found = outcome(sighting(1, source_id="new-blog"), sighting(2), state=state("new-blog"))
    store.save_poll(found)
    assert total(store) == (1, 0)


def test_what_is_usual_is_learnt_since_the_last_settled_source_came(tmp_path: Path) -> None:
    clock = FixedClock(LONG_AGO)
    store = SqliteStore.open(tmp_path / "two.db", clock=clock)
    store.register_sources([state()])
    clock.at = NOW - 100 * DAY
    store.register_sources([state(), state("blog")])
    assert tempo(store).since == NOW - 99 * DAY
    assert store.sources_added()["blog"] == NOW - 100 * DAY
    store.close()


def test_a_record_is_of_one_platform_and_period(store: SqliteStore) -> None:
    store.save_poll(
        outcome(
            sighting(1, platform="mastodon", likes=7, shares=2, author_followers=300),
            sighting(2, platform="mastodon", likes=1, views=900),
            sighting(3, likes=5_000),
        )
    )
    record = store.record(SHOP, "mastodon", Period(start=NOW, end=NOW + DAY))
    assert (record.mentions, record.engagement, record.audience) == (2, 9, 900)
    earlier = store.record(SHOP, "mastodon", Period(start=NOW - DAY, end=NOW))
    assert (earlier.mentions, earlier.engagement) == (0, 0)


def test_no_key_is_told_twice_and_nothing_is_half_done(store: SqliteStore) -> None:
    assert store.close_alert(alert("one", "two"))
    assert not store.close_alert(alert("three", "two", id="a2", message_id="<a2@x>"))
    assert [told.reason.key for told in store.told_reasons(NOW - DAY)] == ["one", "two"]
    assert store.alerts_closed(SHOP, NOW - DAY) == 1
    assert store.alerts_closed(SHOP, NOW + DAY) == 0


def test_mails_and_notices_wait_apart(store: SqliteStore) -> None:
    store.close_alert(alert("one"))
    (mail,) = store.claim_alerts(NOW, Lane.MAIL)
    (notice,) = store.claim_alerts(NOW, Lane.NOTICE)
    assert mail.message.startswith(b"Subject")
    assert notice.message.decode() == "Alerte\n\nBonjour"
    sent = DeliveryResult(recipient="notify[0] ntfy", state=DeliveryState.SENT)
    store.record_alert_delivery("a1", [sent], NOW)
    assert store.claim_alerts(NOW, Lane.NOTICE, force=True) == []
    assert store.claim_outbox(NOW, force=True) == []


def test_a_mention_knows_when_an_alert_first_told_it(store: SqliteStore) -> None:
    store.save_poll(outcome(sighting(1), sighting(2)))
    one, two = store.find(MentionQuery())
    reason = AlertReason(rule=AlertRule.NEGATIVE, key="bad", business=SHOP, mention_id=one.id)
    store.close_alert(alert(reasons=(reason,)))
    assert store.alerted([one.id, two.id]) == {one.id: NOW}
    assert store.alerted([]) == {}
