"""The least store that obeys decide(), and short ways to make what it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.dedupe.decide import Known, New, Update, Verdict, decide, lookup_keys
from monitor.dedupe.fingerprint import fingerprint
from monitor.model import Entry, Kind, Match, Score, Sentiment, Sighting

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_MATCH = Match(business="Fleurs Bougamont", terms=(), relevance=1.0, reason="test")
_SCORE = Score(sentiment=Sentiment.NEUTRAL, polarity=0.0, confidence=0.5, scorer="test")


def seen(
    external_id: str,
    url: str | None = None,
    title: str | None = None,
    text: str = "",
    *,
    source: str = "press",
    platform: str = "feed",
    kind: Kind = Kind.ARTICLE,
    at: datetime | None = NOON,
    author: str | None = None,
    author_url: str | None = None,
    outlet: str | None = None,
    rating: float | None = None,
) -> Sighting:
    """Make a sighting of an entry."""
    entry = Entry(
        external_id=external_id,
        url=url,
        title=title,
        text=text,
        kind=kind,
        published_at=at,
        author=author,
        author_url=author_url,
        outlet=outlet,
        rating=rating,
    )
    return Sighting(
        source_id=source,
        platform=platform,
        entry=entry,
        match=_MATCH,
        fingerprint=fingerprint(entry),
        language="fr",
        score=_SCORE,
    )


class Memory:
    """Mentions by id, each as the sighting whose words it has and the places it was met at."""

    def __init__(self) -> None:
        self.mentions: dict[str, Sighting] = {}
        self.places: dict[str, list[Sighting]] = {}

    def save(self, sighting: Sighting) -> Verdict:
        """Decide, and keep what was decided."""
        verdict = decide(sighting, self._find(sighting))
        mention_id = f"m{len(self.mentions):03}" if isinstance(verdict, New) else verdict.id
        if isinstance(verdict, New | Update):
            self.mentions[mention_id] = sighting
        self.places.setdefault(mention_id, []).append(sighting)
        return verdict

    def _find(self, sighting: Sighting) -> list[Known]:
        keys = lookup_keys(sighting)
        return [
            known
            for mention_id in self.mentions
            for known in self._known(mention_id)
            if (known.platform, known.external_id) == (keys.platform, keys.external_id)
            or (keys.canonical_url and known.canonical_url == keys.canonical_url)
            or (keys.title_key and known.title_key == keys.title_key)
        ]

    def _known(self, mention_id: str) -> list[Known]:
        words = self.mentions[mention_id]
        return [
            Known(
                id=mention_id,
                source_id=place.source_id,
                platform=place.platform,
                external_id=place.entry.external_id,
                is_origin=place.source_id == words.source_id,
                kind=words.entry.kind,
                canonical_url=place.fingerprint.canonical_url,
                title=words.entry.title,
                text=words.entry.text,
                rating=words.entry.rating,
                title_key=words.fingerprint.title_key,
                text_key=words.fingerprint.text_key,
                outlet_key=words.fingerprint.outlet_key,
                published_at=words.entry.published_at or NOON + timedelta(hours=1),
                author=words.entry.author,
            )
            for place in self.places[mention_id]
        ]
