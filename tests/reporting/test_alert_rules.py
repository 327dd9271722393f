from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from reporting.samples import NOW, SHOP, mention, toot

from monitor.model import (
    AlertReason,
    AlertRule,
    Health,
    HourCount,
    Kind,
    Mention,
    PollError,
    PollStatus,
    Record,
    Sentiment,
    SourceState,
    Status,
    Story,
    Tempo,
    ToldReason,
)
from monitor.reporting.alert_facts import Alarm, AlertFacts, AlertRules, day_counts
from monitor.reporting.alert_rules import business_alarms, source_alarms

PARIS = ZoneInfo("Europe/Paris")
RECENT = NOW - timedelta(hours=2)
BAD = mention(
    1, Sentiment.NEGATIVE, kind=Kind.POST, published_at=RECENT, found_at=RECENT, polarity=-0.7
)
KNOWN = Record(mentions=40, engagement=10, audience=500)


def facts(*mentions: Mention, **fields: object) -> AlertFacts:
    plain = AlertFacts(business=SHOP, now=NOW, zone=PARIS, mentions=mentions)
    return replace(plain, **fields)  # type: ignore[arg-type] # any field, checked by replace


def rules_of(alarms: list[Alarm]) -> list[AlertRule]:
    return [alarm.reason.rule for alarm in alarms]


def told(alarm: Alarm, at: datetime = NOW) -> ToldReason:
    return ToldReason(reason=alarm.reason, told_at=at)


def test_a_strongly_negative_mention_is_told() -> None:
    assert rules_of(business_alarms(facts(BAD), AlertRules())) == [AlertRule.NEGATIVE]


@pytest.mark.parametrize(
    "change",
    [
        {"polarity": -0.3},
        {"confidence": 0.5},
        {"relevance": 0.3},
        {"corrected": True},
        {"status": Status.HANDLED},
        {"digest_id": "d1"},
        {"published_at": NOW - timedelta(days=8)},
        {"sentiment": Sentiment.NEUTRAL},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_mild_unsure_old_or_known_is_left_to_the_digest(change: dict[str, object]) -> None:
    assert business_alarms(facts(replace(BAD, **change)), AlertRules()) == []  # type: ignore[arg-type]


def test_a_low_rating_is_told_whatever_its_words() -> None:
    review = mention(2, kind=Kind.REVIEW, rating=2.0, published_at=RECENT)
    assert rules_of(business_alarms(facts(review), AlertRules())) == [AlertRule.RATING]
    assert business_alarms(facts(review), AlertRules(low_rating=1)) == []


def test_negative_off_silences_ratings_too() -> None:
    review = replace(BAD, rating=1.0)
    assert business_alarms(facts(review, BAD), AlertRules(negative=False)) == []


def test_what_was_told_is_not_told_again() -> None:
    (alarm,) = business_alarms(facts(BAD), AlertRules())
    assert business_alarms(facts(BAD, told=(told(alarm),)), AlertRules()) == []


def test_copies_of_one_article_are_told_once_and_two_posts_twice() -> None:
    articles = [replace(BAD, id=f"a{n}", kind=Kind.ARTICLE, story="s") for n in range(3)]
    posts = [replace(BAD, id=f"p{n}", story="t") for n in range(2)]
    assert len(business_alarms(facts(*articles), AlertRules(reach=False))) == 1
    assert len(business_alarms(facts(*posts), AlertRules(reach=False))) == 2


# --- reach ---


def test_a_post_that_passes_the_record_three_times_is_told() -> None:
    post = toot(3, Sentiment.POSITIVE, "Bravo", "Léa", published_at=RECENT, likes=40, shares=5)
    (alarm,) = business_alarms(facts(post, records={"mastodon": KNOWN}), AlertRules())
    assert (alarm.reason.rule, alarm.measure) == (AlertRule.REACH, "engagement")
    assert (alarm.figure, alarm.record) == (45, 10)
    higher = {"mastodon": replace(KNOWN, engagement=16)}
    assert business_alarms(facts(post, records=higher), AlertRules()) == []


def test_where_little_is_known_a_reach_must_be_large() -> None:
    post = toot(3, Sentiment.POSITIVE, "Bravo", "Léa", published_at=RECENT, likes=45)
    assert business_alarms(facts(post), AlertRules()) == []
    (alarm,) = business_alarms(facts(replace(post, likes=120)), AlertRules())
    assert alarm.figure == 120


def test_many_views_are_told_even_of_what_a_digest_told() -> None:
    video = mention(4, platform="youtube", published_at=RECENT, views=9_000, digest_id="d")
    (alarm,) = business_alarms(facts(video, records={"youtube": KNOWN}), AlertRules())
    assert (alarm.measure, alarm.figure) == ("views", 9_000)


def test_a_story_of_four_outlets_is_told_once() -> None:
    copies = [
        mention(n, published_at=RECENT, story="s", url=f"https://journal{n}.fr/x") for n in range(4)
    ]
    stories = {"s": Story(id="s", mentions=tuple(copies))}
    (alarm,) = business_alarms(facts(*copies, stories=stories), AlertRules())
    assert (alarm.measure, alarm.figure) == ("outlets", 4)


# --- crowds ---


def tempo(*today: int, negative: int = 0) -> Tempo:
    """A year with three mentions a week, one of them negative; then today's hours."""
    since = NOW - timedelta(days=366)
    quiet = [
        HourCount(hour=since + timedelta(days=n), total=1, negative=int(n % 7 == 0))
        for n in range(0, 364, 2)
    ]
    now = [
        HourCount(hour=NOW - timedelta(hours=n), total=t, negative=negative)
        for n, t in enumerate(today)
    ]
    return Tempo(since=since, hours=(*quiet, *now))


def test_a_spike_is_told_with_what_is_usual() -> None:
    (alarm,) = business_alarms(facts(tempo=tempo(9)), AlertRules())
    assert alarm.reason.rule is AlertRule.SPIKE
    assert alarm.reason.count == 9
    assert alarm.unusual is not None
    assert alarm.unusual.expected < 1


def test_a_spike_is_told_again_only_once_it_doubled() -> None:
    (first,) = business_alarms(facts(tempo=tempo(9)), AlertRules())
    yesterday = (told(first, NOW - timedelta(days=1)),)
    assert business_alarms(facts(tempo=tempo(9, 5), told=yesterday), AlertRules()) == []
    (again,) = business_alarms(facts(tempo=tempo(9, 14), told=yesterday), AlertRules())
    assert again.reason.key != first.reason.key


def test_a_surge_of_negatives_is_told_apart() -> None:
    found = business_alarms(facts(tempo=tempo(5, negative=5)), AlertRules())
    assert AlertRule.SURGE in rules_of(found)
    only = business_alarms(facts(tempo=tempo(5, negative=5)), AlertRules(surge=False))
    assert AlertRule.SURGE not in rules_of(only)


def test_one_negative_among_fourteen_is_usual() -> None:
    assert business_alarms(facts(tempo=tempo(1, negative=1)), AlertRules()) == []


def test_days_are_the_owners() -> None:
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Paris
    seen = Tempo(since=at - timedelta(days=3), hours=(HourCount(hour=at, total=2, negative=0),))
    counts = day_counts(facts(tempo=seen, now=at + timedelta(minutes=10)), negative=False)
    assert counts is not None
    assert counts.counts[-1] == 2


# --- sources ---


def source(**fields: object) -> SourceState:
    plain = SourceState(
        id="press",
        type="feed",
        address="https://x.example/rss",
        businesses=(SHOP,),
        options_hash="1",
        status=PollStatus.FAILED,
        polled_at=NOW,
        last_ok_at=NOW - timedelta(days=2),
        error=PollError(code="timeout", message="Pas de réponse."),
    )
    return replace(plain, **fields)  # type: ignore[arg-type] # any field, checked by replace


ADDED = {"press": NOW - timedelta(days=30)}


def test_a_source_silent_for_a_day_is_told_once() -> None:
    (alarm,) = source_alarms([source()], ADDED, NOW, ())
    assert alarm.reason.rule is AlertRule.SILENT
    later = NOW + timedelta(days=20)
    assert source_alarms([source()], ADDED, later, {alarm.reason.key}) == []


def test_a_new_silence_is_told_anew() -> None:
    (alarm,) = source_alarms([source()], ADDED, NOW, ())
    again = source(last_ok_at=NOW - timedelta(days=1, hours=1))
    assert len(source_alarms([again], ADDED, NOW, {alarm.reason.key})) == 1


def test_a_source_never_read_has_a_day_from_when_it_was_added() -> None:
    never = source(last_ok_at=None)
    assert source_alarms([never], {"press": NOW - timedelta(hours=20)}, NOW, ()) == []
    assert len(source_alarms([never], {"press": NOW - timedelta(hours=25)}, NOW, ())) == 1


def test_a_source_that_failed_an_hour_ago_is_no_alarm() -> None:
    assert source_alarms([source(last_ok_at=NOW - timedelta(hours=1))], ADDED, NOW, ()) == []


def test_a_token_about_to_expire_is_told() -> None:
    well = source(health=Health.TOKEN_EXPIRES_SOON, last_ok_at=NOW, error=None)
    (alarm,) = source_alarms([well], ADDED, NOW, ())
    assert alarm.reason.rule is AlertRule.TOKEN
    assert source_alarms([well], ADDED, NOW, {alarm.reason.key}) == []


def test_a_reason_names_no_business_that_it_does_not_concern() -> None:
    (alarm,) = source_alarms([source()], ADDED, NOW, ())
    assert alarm.reason == AlertReason(
        rule=AlertRule.SILENT, key=alarm.reason.key, business=None, source="press"
    )
