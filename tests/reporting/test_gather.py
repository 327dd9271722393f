"""What is read from the store for a digest, and for the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from reporting.samples import NOW, PARIS, SHOP, WEEK, mention, source

from monitor.model import (
    Count,
    DeliveryResult,
    DeliveryState,
    KeptReply,
    Mention,
    MentionQuery,
    Period,
    Sentiment,
    SourceState,
    Status,
    Story,
    Tempo,
)
from monitor.reporting.digest import build_digest
from monitor.reporting.gather import gather
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.periods import period_back
from monitor.reporting.stats import SHARES_FROM, stats_json, stats_report
from monitor.store.base import Store


@dataclass
class Shelf:
    """The few reads of a store that reporting makes, over a list of mentions."""

    mentions: list[Mention]
    sources: list[SourceState] = field(default_factory=list)
    read_since: Period = WEEK
    voices: dict[str, int] = field(default_factory=dict)
    lost: list[DeliveryResult] = field(default_factory=list)
    replies: list[KeptReply] = field(default_factory=list)

    def find(self, query: MentionQuery) -> list[Mention]:
        return [
            m
            for m in self.mentions
            if (query.business in {None, m.business})
            and (query.since is None or m.found_at >= query.since)
            and (query.until is None or m.found_at < query.until)
            and not (query.undigested and m.digest_id)
        ]

    def count(self, query: MentionQuery, by: str) -> list[Count]:
        found = self.find(query)
        if not found:
            return []
        tones = [m.sentiment for m in found]
        mean = sum(m.polarity or 0 for m in found) / len(found)
        numbers = {str(tone): tones.count(tone) for tone in Sentiment}
        return [Count(key=by, total=len(found), polarity=mean, **numbers)]

    def source_states(self) -> list[SourceState]:
        return self.sources

    def articles_read(self, period: Period) -> int:
        return 40 if period.start >= self.read_since.start else 0

    def undelivered(self, business: str, since: datetime) -> list[DeliveryResult]:
        return self.lost if business == SHOP and since < NOW else []

    def alerted(self, mention_ids: Sequence[str]) -> dict[str, datetime]:
        return {}

    def unconfirmed_replies(self, business: str) -> list[KeptReply]:
        return self.replies if business == SHOP else []

    def stories(self, story_ids: Sequence[str]) -> dict[str, Story]:
        told = {i: tuple(m for m in self.mentions if m.story == i) for i in story_ids}
        return {i: Story(id=i, mentions=mentions) for i, mentions in told.items()}

    def tempo(
        self, business: str, since: datetime, *, sure_from: float, settled: datetime
    ) -> Tempo:
        return Tempo(since=settled, hours=())

    def share_of_voice(self, business: str, period: Period) -> dict[str, int]:
        return self.voices


def read(shelf: Shelf, *, undigested: bool = True) -> Material:
    return gather(cast("Store", shelf), SHOP, WEEK, undigested=undigested, now=NOW, timezone=PARIS)


def weeks_ago(steps: int) -> Period:
    return period_back(WEEK, PARIS, steps)


def test_a_digest_takes_what_no_digest_holds_however_old() -> None:
    late = mention(1, found_at=weeks_ago(3).start)
    told = mention(2, digest_id="d-1")
    other = mention(3, business="Autre")
    assert [m.id for m in read(Shelf([late, told, other, mention(4)])).mentions] == [
        "m-001",
        "m-004",
    ]


def test_a_past_period_is_shown_again_whole() -> None:
    told = mention(2, digest_id="d-1")
    late = mention(1, found_at=weeks_ago(3).start)
    assert [m.id for m in read(Shelf([told, late]), undigested=False).mentions] == ["m-002"]


def test_the_trend_begins_when_reading_began() -> None:
    shelf = Shelf([mention(1, found_at=weeks_ago(2).start, digest_id="d")], read_since=weeks_ago(3))
    made = read(shelf)
    assert [part.tally.total for part in made.trend] == [0, 1, 0]
    assert made.previous == made.trend[-1].tally


def test_before_the_first_poll_there_is_nothing_to_compare_with() -> None:
    made = read(Shelf([mention(1)]))
    assert (made.previous, made.trend) == (None, ())


def test_older_negatives_without_an_answer_are_counted() -> None:
    old = weeks_ago(1).start
    mentions = [
        mention(1, Sentiment.NEGATIVE, found_at=old, digest_id="d"),
        mention(2, Sentiment.NEGATIVE, found_at=old, digest_id="d", status=Status.HANDLED),
        mention(3, Sentiment.NEGATIVE, found_at=old, digest_id="d", confidence=0.3),
        mention(4, Sentiment.NEGATIVE, found_at=old),
    ]
    made = read(Shelf(mentions))
    assert made.waiting == 1
    assert [m.id for m in made.mentions] == ["m-004"]


def test_only_the_sources_of_the_business_are_told() -> None:
    shelf = Shelf([], [source("a"), source("b", businesses=("Autre",)), source("c", businesses=())])
    assert [state.id for state in read(shelf).sources] == ["a", "c"]


def test_statistics_stand_against_the_equally_long_period_before() -> None:
    shelf = Shelf([mention(1, Sentiment.NEGATIVE), mention(2, found_at=weeks_ago(1).start)])
    stats = stats_json(stats_report(cast("Store", shelf), SHOP, WEEK.start, WEEK.end, "day"))
    assert stats["total"] == {
        "mentions": 1,
        "negative": 1,
        "neutral": 0,
        "positive": 0,
        "unrated": 0,
        "polarity": -0.55,
    }
    assert stats["previous"] == {
        "since": "2026-11-09T07:00:00Z",
        "until": "2026-11-16T07:00:00Z",
        "mentions": 1,
        "negative": 0,
        "neutral": 1,
        "positive": 0,
        "unrated": 0,
        "polarity": 0.02,
    }
    assert stats["groups"] == [{"key": "day", **cast("dict[str, float]", stats["total"])}]


def test_statistics_of_nothing_are_zero_and_unknown() -> None:
    stats = stats_report(cast("Store", Shelf([])), None, WEEK.start, WEEK.end, "week")
    assert (stats.total.total, stats.total.polarity, stats.groups, stats.voices) == (
        0,
        None,
        (),
        (),
    )


def test_the_share_of_voice_is_a_share_only_when_counts_bear_it() -> None:
    few = Shelf([], voices={SHOP: 3, "Interflora": 9})
    many = Shelf([], voices={SHOP: SHARES_FROM, "Interflora": SHARES_FROM})
    shares = [
        [
            (v.name, v.share)
            for v in stats_report(cast("Store", s), SHOP, WEEK.start, NOW, "day").voices
        ]
        for s in (few, many)
    ]
    assert shares == [
        [("Interflora", None), (SHOP, None)],
        [(SHOP, 0.5), ("Interflora", 0.5)],
    ]


def test_mails_that_did_not_arrive_are_told_in_the_next_digest() -> None:
    refused = DeliveryResult(
        recipient="zoe@example.fr", state=DeliveryState.REFUSED, error="550 no such user"
    )
    material = read(Shelf([], lost=[refused, refused]))
    health = build_digest(material, DigestOptions(language="fr")).health
    assert [(trouble.source, trouble.what) for trouble in health.troubles] == [
        (
            "zoe@example.fr",
            "2 r\u00e9sum\u00e9s n\u2019ont pas pu lui \u00eatre remis (550 no such user)",
        )
    ]
    assert not health.is_well
