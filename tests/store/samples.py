"""Sightings and states to store; the shop is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.dedupe.fingerprint import fingerprint
from monitor.model import (
    ClosedDigest,
    Entry,
    Kind,
    Match,
    Period,
    PollOutcome,
    PollStatus,
    Score,
    Sentiment,
    Sighting,
    SourceState,
)

SHOP = "Fleurs Bougamont"
RIVAL = "Interflora Valenciennes"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)

GOOD = Score(sentiment=Sentiment.POSITIVE, polarity=0.6, confidence=0.8, scorer="sample-1")
UNRATED = Score(sentiment=None, polarity=None, confidence=None, scorer="other_language")
BAD = Score(sentiment=Sentiment.NEGATIVE, polarity=-0.7, confidence=0.9, scorer="sample-1")


def entry(number: int = 1, **changes: Any) -> Entry:  # noqa: ANN401 - any field of an Entry
    """An article; each number is about something else, at an address of its own."""
    plain = Entry(
        external_id=f"guid-{number}",
        url=f"https://www.lobservateur.fr/valenciennes/article-{number}",
        kind=Kind.ARTICLE,
        title=f"Le fleuriste numéro {number} ouvre ses portes rue de Paris",
        text=f"Fleurs Bougamont a fêté l'évènement {number} avec {number * 7} bouquets offerts.",
        author=f"Journaliste {number}",
        published_at=NOW - timedelta(hours=number),
    )
    return replace(plain, **changes)


def sighting(
    number: int = 1,
    *,
    source_id: str = "local-press",
    platform: str = "feed",
    business: str = SHOP,
    competitor_of: str | None = None,
    score: Score = GOOD,
    relevance: float = 0.9,
    language: str | None = "fr",
    **changes: Any,  # noqa: ANN401 - any field of an Entry
) -> Sighting:
    """A sighting of ``entry(number)`` for the shop."""
    seen = entry(number, **changes)
    return Sighting(
        source_id=source_id,
        platform=platform,
        entry=seen,
        match=Match(
            business=business,
            terms=(business,),
            relevance=relevance,
            reason="its whole name",
            competitor_of=competitor_of,
        ),
        fingerprint=fingerprint(seen),
        language=language,
        score=score,
    )


def state(source_id: str = "local-press", **changes: Any) -> SourceState:  # noqa: ANN401 - any field
    """A source's state."""
    plain = SourceState(
        id=source_id,
        type="feed",
        address=f"https://{source_id}.example/rss.xml",
        businesses=(SHOP,),
        options_hash="h1",
        status=PollStatus.OK,
    )
    return replace(plain, **changes)


LOCAL_PRESS = state()


def outcome(
    *sightings: Sighting, at: datetime = NOW, fetched: int = 40, state: SourceState = LOCAL_PRESS
) -> PollOutcome:
    """A poll that read these."""
    return PollOutcome(state=state, at=at, fetched=fetched, sightings=sightings)


def digest(*mention_ids: str, **changes: Any) -> ClosedDigest:  # noqa: ANN401 - any field
    """A closed digest of these mentions, for two people."""
    plain = ClosedDigest(
        id="d1",
        business=SHOP,
        period=Period(start=NOW - 7 * DAY, end=NOW),
        closed_at=NOW,
        subject="La semaine de Fleurs Bougamont",
        text="Bonjour",
        html="<p>Bonjour</p>",
        message_id="<d1@ecoute.example>",
        message=b"Subject: La semaine\r\n\r\nBonjour",
        sender="ecoute@example.fr",
        recipients=("simon@example.fr", "ana@example.fr"),
        mention_ids=mention_ids,
        report="2026/11/23-fleurs-bougamont",
    )
    return replace(plain, **changes)
