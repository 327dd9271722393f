"""Reads from the store what a digest is made of; the only file of this room that asks it."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import (
    Mention,
    MentionQuery,
    Period,
    Sentiment,
    SourceState,
    Status,
)
from monitor.reporting.material import TREND_PERIODS, Material, PeriodTally
from monitor.reporting.periods import period_back
from monitor.reporting.stats import Tally, tally, verdict
from monitor.store.base import Store

TOLD_FOR = timedelta(days=30)
"""How long a digest that did not arrive is spoken of: a monthly one tells it once."""


def gather(
    store: Store,
    business: str,
    period: Period,
    *,
    undigested: bool,
    now: datetime,
    timezone: str = "Europe/Paris",
) -> Material:
    """Read one business's digest; ``undigested`` takes every mention not yet in a digest.

    Else the mentions found in the period are shown again, whatever digests hold them. Earlier
    periods are read one at a time, and kept as counts only.
    """
    # No bound in time for what no digest holds: one found by a clock that was ahead counts too.
    query = MentionQuery(business=business, undigested=True, news_only=True)
    if not undigested:
        query = MentionQuery(
            business=business, since=period.start, until=period.end, news_only=True
        )
    mentions = store.find(query)
    trend, waiting = _read_earlier(store, business, period, timezone, {m.id for m in mentions})
    return Material(
        business=business,
        period=period,
        now=now,
        mentions=tuple(mentions),
        previous=trend[-1].tally if trend else None,
        trend=tuple(trend),
        sources=_sources_of(store, business),
        articles_read=store.articles_read(period),
        waiting=waiting,
        undelivered=tuple(store.undelivered(business, now - TOLD_FOR)),
        stories=store.stories(sorted({mention.story for mention in mentions})),
    )


def _read_earlier(
    store: Store, business: str, period: Period, timezone: str, shown: set[str]
) -> tuple[list[PeriodTally], int]:
    """Return the earlier periods since anything was read, and what of them waits for an answer."""
    earlier, waiting = [], 0
    for steps in range(TREND_PERIODS - 1, 0, -1):
        part = period_back(period, timezone, steps)
        query = MentionQuery(business=business, since=part.start, until=part.end, news_only=True)
        mentions = [m for m in store.find(query) if m.id not in shown]
        waiting += sum(_waits(mention) for mention in mentions)
        earlier.append(PeriodTally(period=part, tally=tally(mentions)))
    while earlier and earlier[0].tally == Tally() and not store.articles_read(earlier[0].period):
        del earlier[0]
    return earlier, waiting


def _waits(mention: Mention) -> bool:
    return mention.status is Status.NEW and verdict(mention) is Sentiment.NEGATIVE


def _sources_of(store: Store, business: str) -> tuple[SourceState, ...]:
    states = store.source_states()
    return tuple(state for state in states if not state.businesses or business in state.businesses)
