"""Counts, averages and shares, and how they compare with the period before; nothing is worded.

What is uncertain is counted as uncertain: see ``verdict``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.clock import format_instant
from monitor.matching.relevance import RELEVANT_FROM
from monitor.model import Count, Json, Mention, MentionQuery, Period, Sentiment, Status

if TYPE_CHECKING:
    from monitor.store.base import Store

SHARES_FROM = 30
"""Below this many mentions a share is noise: shared/digest.md gives counts only."""
SURE_FROM = 0.6
"""Confidence under which a person should read it again: docs/sentiment.md has the curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Mentions of one period by verdict; ``unsure`` are those a person should read again.

    ``unrated`` are in a language that no scorer reads.
    ``rating`` is the mean of the ``reviews`` that gave stars, ``reach`` the people who may have
    seen the mentions whose reach is known, ``views`` the views of those whose views are.
    """

    total: int = 0
    negative: int = 0
    neutral: int = 0
    positive: int = 0
    unsure: int = 0
    unrated: int = 0
    reviews: int = 0
    rating: float | None = None
    reach: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How often one name was mentioned; ``share`` (0..1) only where counts bear it."""

    name: str
    mentions: int
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What ``ecoute stats`` tells: a period, the equally long one before, groups, voices."""

    business: str | None
    period: Period
    before: Period
    by: str
    total: Count
    previous: Count
    groups: tuple[Count, ...]
    voices: tuple[Voice, ...]


def is_relevant(mention: Mention) -> bool:
    """Say whether the mention is likely about this business and not a namesake."""
    return mention.relevance >= RELEVANT_FROM


def is_dismissed(mention: Mention) -> bool:
    """Say whether a person wants no more of it: not about this business, or blocked.

    No computed relevance is 0: see ``matching.relevance``.
    """
    return mention.relevance == 0


def is_unrated(mention: Mention) -> bool:
    """Say whether it is about this business and no scorer could say how good or bad."""
    return is_relevant(mention) and mention.sentiment is None


def verdict(mention: Mention) -> Sentiment | None:
    """Return the sentiment to count, ``None`` when unsure or unrated; a person's is always sure."""
    if not is_relevant(mention):
        return None
    if mention.corrected or (mention.confidence or 0.0) >= SURE_FROM:
        return mention.sentiment
    return None


def waits(mention: Mention) -> bool:
    """Say whether a mention is negative and nothing was done about it."""
    return mention.status is Status.NEW and verdict(mention) is Sentiment.NEGATIVE


def tally(mentions: Iterable[Mention]) -> Tally:
    """Count mentions by verdict; those that a person dismissed count nowhere."""
    mentions = [mention for mention in mentions if not is_dismissed(mention)]
    verdicts = [verdict(mention) for mention in mentions]
    unrated = sum(map(is_unrated, mentions))
    stars = [m.rating for m in mentions if m.rating is not None and is_relevant(m)]
    reaches = [m.reach for m in mentions if m.reach is not None and is_relevant(m)]
    views = [m.views for m in mentions if m.views is not None and is_relevant(m)]
    return Tally(
        total=len(mentions),
        negative=verdicts.count(Sentiment.NEGATIVE),
        neutral=verdicts.count(Sentiment.NEUTRAL),
        positive=verdicts.count(Sentiment.POSITIVE),
        unsure=verdicts.count(None) - unrated,
        unrated=unrated,
        reviews=len(stars),
        rating=sum(stars) / len(stars) if stars else None,
        reach=sum(reaches) if reaches else None,
        views=sum(views) if views else None,
    )


def tally_by(
    mentions: Iterable[Mention], key: Callable[[Mention], str], *, most: int
) -> tuple[tuple[tuple[str, Tally], ...], int]:
    """Return the ``most`` frequent keys with their tallies, and how many mentions are left."""
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(key(mention), []).append(mention)
    ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    left = sum(len(group) for _, group in ranked[most:])
    return tuple((name, tally(group)) for name, group in ranked[:most]), left


def share(part: int, total: int) -> float | None:
    """Return a share in 0..1, ``None`` where ``total`` is too small for one."""
    return part / total if total >= SHARES_FROM else None


def period_before(period: Period) -> Period:
    """Return the equally long period that ends where this one starts."""
    return Period(start=period.start - (period.end - period.start), end=period.start)


def stats_report(
    store: Store, business: str | None, since: datetime, until: datetime, by: str
) -> Stats:
    """Read the counts of a period and of the one before; ``by`` is a key of ``Store.count``."""
    period = Period(start=since, end=until)
    before = period_before(period)
    voices = store.share_of_voice(business, period) if business is not None else {}
    return Stats(
        business=business,
        period=period,
        before=before,
        by=by,
        total=_count_all(store, business, period),
        previous=_count_all(store, business, before),
        groups=tuple(store.count(_query(business, period), by)),
        voices=rank_voices(voices),
    )


def stats_json(stats: Stats) -> dict[str, Json]:
    """Return what ``stats --json`` prints; shares in 0..1, ``null`` where counts are too small."""
    return {
        "business": stats.business,
        "since": format_instant(stats.period.start),
        "until": format_instant(stats.period.end),
        "by": stats.by,
        "total": _count_json(stats.total),
        "previous": {
            "since": format_instant(stats.before.start),
            "until": format_instant(stats.before.end),
            **_count_json(stats.previous),
        },
        "groups": [{"key": count.key, **_count_json(count)} for count in stats.groups],
        "share_of_voice": [asdict(voice) for voice in stats.voices],
    }


def _query(business: str | None, period: Period) -> MentionQuery:
    return MentionQuery(business=business, since=period.start, until=period.end)


def _count_all(store: Store, business: str | None, period: Period) -> Count:
    counts = store.count(_query(business, period), "all")
    nothing = Count(key="all", total=0, negative=0, neutral=0, positive=0, polarity=None)
    return counts[0] if counts else nothing


def rank_voices(voices: Mapping[str, int]) -> tuple[Voice, ...]:
    """Put names in the order of their mentions, with their shares where counts bear them."""
    total = sum(voices.values())
    ranked = sorted(voices.items(), key=lambda voice: (-voice[1], voice[0]))
    return tuple(Voice(name=name, mentions=n, share=share(n, total)) for name, n in ranked)


def _count_json(count: Count) -> dict[str, Json]:
    return {
        "mentions": count.total,
        "negative": count.negative,
        "neutral": count.neutral,
        "positive": count.positive,
        "unrated": count.unrated,
        "polarity": count.polarity,
    }
