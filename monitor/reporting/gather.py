"""Reads from the store what a digest is made of; the only file of this room that asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import (
    Mention,
    MentionQuery,
    Period,
    Sentiment,
    SourceState,
    Status,
    Story,
)
from monitor.reporting.material import TREND_PERIODS, Material, PeriodTally
from monitor.reporting.periods import period_back
from monitor.reporting.stats import Tally, is_relevant, tally, waits
from monitor.reporting.usualness import expected_negatives
from monitor.store.base import Store
from monitor.usual.seasons import Season

REMIND_AFTER = timedelta(hours=48)
"""How long a negative mention may wait for an answer before it is told again."""
REMIND_FOR = timedelta(days=30)
"""How long it is told again: after a month an answer would only revive it."""
MOST_REMINDERS = 5
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
    mailbox: str | None = None,
    reader: str | None = None,
    seasons: tuple[Season, ...] = (),
) -> Material:
    """Read one business's digest; ``undigested`` takes every mention not yet in a digest.

    For a ``reader`` these are the mentions that no digest told them, whatever the business's own
    holds.

    Else the mentions found in the period are shown again, whatever digests hold them. Earlier
    periods are read one at a time, and kept as counts only.
    """
    # No bound in time for what no digest holds: one found by a clock that was ahead counts too.
    query = MentionQuery(business=business, undigested=True, news_only=True)
    if reader is not None:
        query = MentionQuery(business=business, untold_to=reader, news_only=True)
    if not undigested:
        query = MentionQuery(
            business=business, since=period.start, until=period.end, news_only=True
        )
    mentions = store.find(query)
    if reader is not None:  # which digest of theirs told it: none
        mentions = [replace(mention, digest_id=None) for mention in mentions]
    shown = {mention.id for mention in mentions}
    trend = _read_earlier(store, business, period, timezone, shown)
    reminders = _reminders(store, business, now, shown)
    waiting_since = min(
        period_back(period, timezone, TREND_PERIODS - 1).start, now - REMIND_FOR, period.start
    )
    earlier = Period(start=waiting_since, end=period.start)
    return Material(
        business=business,
        period=period,
        now=now,
        mentions=tuple(mentions),
        previous=trend[-1].tally if trend else None,
        trend=tuple(trend),
        sources=sources_of(store, business),
        articles_read=store.articles_read(period),
        waiting=sum(map(waits, _found(store, business, earlier, shown))),
        waiting_since=waiting_since,
        reminders=_told_apart(reminders)[:MOST_REMINDERS],
        undelivered=tuple(store.undelivered(business, now - TOLD_FOR)),
        stories=_stories(store, mentions, reader),
        alerted=store.alerted([mention.id for mention in mentions]),
        replies=tuple(store.unconfirmed_replies(business)),
        mailbox=None if mailbox is None else store.mailbox_state(mailbox),
        expected=expected_negatives(store, business, period, timezone, seasons),
    )


def _stories(store: Store, mentions: Sequence[Mention], reader: str | None) -> dict[str, Story]:
    """Return the stories of mentions, told before where the reader was told them."""
    found = store.stories(sorted({mention.story for mention in mentions}))
    if reader is None:
        return found
    ids = [mention.id for story in found.values() for mention in story.mentions]
    told = store.told_in(reader, ids)
    return {
        key: replace(
            story,
            mentions=tuple(replace(one, digest_id=told.get(one.id)) for one in story.mentions),
        )
        for key, story in found.items()
    }


def _read_earlier(
    store: Store, business: str, period: Period, timezone: str, shown: set[str]
) -> list[PeriodTally]:
    """Return the earlier periods since anything was read."""
    parts = [period_back(period, timezone, steps) for steps in range(TREND_PERIODS - 1, 0, -1)]
    earlier = [
        PeriodTally(period=part, tally=tally(_found(store, business, part, shown)))
        for part in parts
    ]
    while earlier and earlier[0].tally == Tally() and not store.articles_read(earlier[0].period):
        del earlier[0]
    return earlier


def _found(store: Store, business: str, period: Period, shown: set[str]) -> list[Mention]:
    """Return what was found in a period, but for what the digest itself shows."""
    query = MentionQuery(business=business, since=period.start, until=period.end, news_only=True)
    return [mention for mention in store.find(query) if mention.id not in shown]


def _reminders(store: Store, business: str, now: datetime, shown: set[str]) -> list[Mention]:
    """Return the negative mentions that have waited too long, the newest first."""
    query = MentionQuery(
        business=business,
        sentiment=Sentiment.NEGATIVE,
        status=Status.NEW,
        since=now - REMIND_FOR,
        until=now - REMIND_AFTER,
        news_only=True,
    )
    found = store.find(query)
    return [m for m in found if waits(m) and is_relevant(m) and m.id not in shown]


def _told_apart(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Leave one mention a story."""
    return tuple({mention.story: mention for mention in reversed(mentions)}.values())[::-1]


def sources_of(store: Store, business: str) -> tuple[SourceState, ...]:
    """Return the states of the sources that are read for a business."""
    states = store.source_states()
    return tuple(state for state in states if not state.businesses or business in state.businesses)
