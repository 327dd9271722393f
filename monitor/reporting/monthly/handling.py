"""What was done about the month's negative mentions, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Mention, Sentiment, Status
from monitor.reporting.items import Item, write_item
from monitor.reporting.material import Material
from monitor.reporting.monthly.phrasing import told
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import verdict, waits

_SHOWN = 10
_STATES = (
    ("waiting", Status.NEW),
    ("handled", Status.HANDLED),
    ("ignored", Status.IGNORED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """A sentence, the mentions that wait (oldest first) and those that were handled.

    ``rest`` tells of the waiting that are not shown, ``older`` of those of the months before.
    """

    summary: str
    waiting: tuple[Item, ...]
    rest: str | None
    handled: tuple[Item, ...]
    older: str | None


def write_handling(material: Material, phrases: Phrases) -> Handling | None:
    """Word what was handled; ``None`` where there is nothing negative."""
    negative = sorted(
        (m for m in material.mentions if verdict(m) is Sentiment.NEGATIVE),
        key=lambda mention: (mention.published_at, mention.id),
    )
    older = told(phrases, "older", material.waiting) if material.waiting else None
    if not negative and not older:
        return None
    waiting = list(filter(waits, negative))
    done = [mention for mention in negative if mention.status is Status.HANDLED]
    left = len(waiting) - _SHOWN
    return Handling(
        summary=_summary(negative, phrases),
        waiting=_items(waiting, material, phrases),
        rest=told(phrases, "waiting_rest", left) if left > 0 else None,
        handled=_items(done, material, phrases),
        older=older,
    )


def _summary(negative: Sequence[Mention], phrases: Phrases) -> str:
    if not negative:
        return phrases.words("report.handling_none")
    counts = [(key, sum(m.status is status for m in negative)) for key, status in _STATES]
    states = phrases.listed([told(phrases, f"state_{key}", n) for key, n in counts if n])
    return told(phrases, "handling", len(negative), states=states)


def _items(mentions: Sequence[Mention], material: Material, phrases: Phrases) -> tuple[Item, ...]:
    return tuple(write_item([mention], phrases, material.now) for mention in mentions[:_SHOWN])
