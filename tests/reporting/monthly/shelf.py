"""The few reads of a store that the report makes, over lists of mentions; and a lively October."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from reporting.samples import SHOP, mention, news, review, source, toot

from monitor.model import (
    Business,
    DatedFigure,
    DeliveryResult,
    Mention,
    MentionQuery,
    Period,
    Sentiment,
    SourceState,
    Status,
    Story,
)
from monitor.reporting.monthly.gather import gather_month
from monitor.reporting.monthly.material import MonthlyMaterial
from monitor.reporting.monthly.report import MonthlyReport, build_report
from monitor.store.base import Store

PARIS = ZoneInfo("Europe/Paris")
OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
RIVAL = "Interflora Valenciennes"
FLORIST = Business(name=SHOP, competitors=(RIVAL,))


@dataclass
class Shelf:
    """Mentions and what was read; ``voices`` are (name, published) of competitors."""

    mentions: list[Mention]
    sources: list[SourceState] = field(default_factory=lambda: [source("presse")])
    voices: list[tuple[str, datetime]] = field(default_factory=list)
    created: datetime = datetime(2026, 8, 10, tzinfo=UTC)
    reads: int = 40
    accounts: list[DatedFigure] = field(default_factory=list)

    def find(self, query: MentionQuery) -> list[Mention]:
        assert query.by_published
        assert query.since is not None
        assert query.until is not None
        return [
            m
            for m in self.mentions
            if m.business == query.business and query.since <= m.published_at < query.until
        ]

    def figures(self, period: Period) -> list[DatedFigure]:
        return [f for f in self.accounts if period.start <= f.day < period.end]

    def source_states(self) -> list[SourceState]:
        return self.sources

    def articles_read(self, period: Period) -> int:
        return self.reads if period.end > self.created else 0

    def undelivered(self, business: str, since: datetime) -> list[DeliveryResult]:
        return []

    def created_at(self) -> datetime:
        return self.created

    def stories(self, story_ids: Sequence[str]) -> dict[str, Story]:
        told = {i: tuple(m for m in self.mentions if m.story == i) for i in story_ids}
        return {i: Story(id=i, mentions=mentions) for i, mentions in told.items()}

    def share_of_voice(
        self, business: str, period: Period, *, by_published: bool = False
    ) -> dict[str, int]:
        assert by_published
        said = [(m.business, m.published_at) for m in self.mentions if m.relevance > 0]
        inside = [name for name, at in [*said, *self.voices] if period.start <= at < period.end]
        return {business: 0} | {name: inside.count(name) for name in inside}


def read(shelf: Shelf, first: date = OCTOBER, now: datetime = NOW) -> MonthlyMaterial:
    return gather_month(cast("Store", shelf), FLORIST, first, now=now, zone=PARIS)


def told(
    shelf: Shelf, first: date = OCTOBER, now: datetime = NOW, language: str = "fr"
) -> MonthlyReport:
    return build_report(read(shelf, first, now), language, PARIS.key)


def on(day: int, month: int = 10, year: int = 2026) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=UTC)


def lively() -> Shelf:
    """Nine mentions in October, six in September, two in October a year before."""
    negative, neutral, positive = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE
    roses = "Les fleuristes se préparent à un hiver sans roses"
    october = [
        review(
            1,
            1,
            "Livrée avec deux jours de retard par Fleurs Bougamont, la moitié des tiges cassées.",
            "Nathalie R.",
            published_at=on(2),
            polarity=-0.9,
            themes={"livraison": negative, "délai": negative},
        ),
        toot(
            2,
            negative,
            "@fleursbougamont a fermé à 18\u202fh, la vitrine annonce 19\u202fh.",
            "Malik",
            published_at=on(12),
            status=Status.HANDLED,
            themes={"accueil": negative},
        ),
        review(
            3,
            5,
            "Merci à Fleurs Bougamont pour le bouquet de mariée, les pivoines ont tenu.",
            "Inès",
            published_at=on(17),
            themes={"qualité": positive},
        ),
        toot(
            4,
            positive,
            "Passée chez Fleurs Bougamont\u00a0: un café et le sourire.",
            "Camille",
            published_at=on(20),
            themes={"accueil": positive},
        ),
        toot(
            5, negative, "Ah bravo Fleurs Bougamont…", "Théo", confidence=0.4, published_at=on(21)
        ),
        news(6, neutral, roses, "Ouest-France", published_at=on(19), story="s-roses"),
        mention(
            7,
            neutral,
            title=roses,
            url="https://www.nordlittoral.fr/roses",
            published_at=on(20),
            story="s-roses",
        ),
        mention(8, neutral, relevance=0.0, published_at=on(9)),
        toot(9, neutral, "Livre-t-on à Anzin\u202f?", "Jo", published_at=on(31)),
        mention(10, neutral, relevance=0.4, published_at=on(11), url="https://www.denain.fr/vente"),
    ]
    september = [
        toot(number, tone, "Fleurs Bougamont", "Jo", published_at=on(number - 10, 9))
        for number, tone in enumerate([negative, negative, neutral, positive, neutral], 11)
    ]
    september.append(review(16, 3, "Moyen.", "Pat", published_at=on(28, 9)))
    past = [
        review(number, 4, "Bien.", "Al", published_at=on(5, 10, 2025), found_at=on(10, 8))
        for number in (21, 22)
    ]
    voices = [(RIVAL, on(4)), (RIVAL, on(5)), (RIVAL, on(6, 9))]
    return Shelf([*october, *september, *past], voices=voices)
