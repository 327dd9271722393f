"""What alerts are decided from: values read once, so that the rules stay pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.model import (
    AlertReason,
    Mention,
    Record,
    SourceState,
    Story,
    Tempo,
    ToldReason,
)
from monitor.reporting.day_counts import count_days
from monitor.usual.rates import DayCounts
from monitor.usual.seasons import Season
from monitor.usual.unusual import Unusual

FRESH = timedelta(days=7)
"""What was published or found longer ago is no news for an alert: the digest tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """What the owner wants to be told at once; ``low_rating`` in stars, 0 for none."""

    negative: bool = True
    low_rating: int = 2
    spike: bool = True
    surge: bool = True
    reach: bool = True
    sources: bool = True
    reminder: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """One business at one moment; ``mentions`` are those found within ``FRESH``.

    ``told`` are the reasons of earlier alerts. ``records`` are by platform, of the time before.
    """

    business: str
    now: datetime
    zone: ZoneInfo
    mentions: tuple[Mention, ...]
    told: tuple[ToldReason, ...] = ()
    tempo: Tempo | None = None
    seasons: tuple[Season, ...] = ()
    records: Mapping[str, Record] = field(default_factory=dict)
    stories: Mapping[str, Story] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A reason to tell something, with what its sentence is made of.

    ``measure`` names the reach that is unusual (``views``…), ``figure`` is how much it is, and
    ``record`` the most before.
    """

    reason: AlertReason
    mention: Mention | None = None
    mentions: tuple[Mention, ...] = ()
    unusual: Unusual | None = None
    state: SourceState | None = None
    measure: str = ""
    figure: int = 0
    record: int = 0


def day_counts(facts: AlertFacts, *, negative: bool) -> DayCounts | None:
    """Count mentions by the owner's day, up to today; ``None`` where no day was seen whole."""
    if facts.tempo is None:
        return None
    today = facts.now.astimezone(facts.zone).date()
    return count_days(facts.tempo, facts.zone, today, negative=negative)
