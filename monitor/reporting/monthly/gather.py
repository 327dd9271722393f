"""Reads from the store what the report of a month is made of."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.model import Business, DatedFigure, Mention, MentionQuery, Period
from monitor.reporting.gather import TOLD_FOR, sources_of
from monitor.reporting.material import Material, PeriodTally
from monitor.reporting.monthly.material import MONTHS, MonthlyMaterial
from monitor.reporting.monthly.months import month_period, weeks_of
from monitor.reporting.periods import period_back
from monitor.reporting.stats import Tally, tally, waits
from monitor.store.base import Store


def gather_month(
    store: Store, business: Business, first: date, *, now: datetime, zone: ZoneInfo
) -> MonthlyMaterial:
    """Read one business's month, which begins on ``first``; every count is of what was published.

    Earlier mentions are read a month or a week at a time, and kept as counts only.
    """
    period = month_period(first, zone)
    mentions = _published(store, business.name, period)
    earlier, waiting = _read_earlier(store, business.name, period, zone)
    year_ago, *others = [part if _is_known(store, part) else None for part in earlier]
    silent = next((n for n, part in enumerate(others) if part), len(others))
    # Between two months that are known, one of which nothing is known had no mention either.
    months = [*earlier[1 + silent :], PeriodTally(period=period, tally=tally(mentions))]
    span = Period(start=months[0].period.start, end=period.end)
    return MonthlyMaterial(
        month=Material(
            business=business.name,
            period=period,
            now=now,
            mentions=tuple(mentions),
            previous=others[-1].tally if others[-1] else None,
            sources=sources_of(store, business.name),
            articles_read=store.articles_read(period),
            waiting=waiting,
            undelivered=tuple(store.undelivered(business.name, now - TOLD_FOR)),
            stories=store.stories(sorted({mention.story for mention in mentions})),
        ),
        year_ago=year_ago.tally if year_ago else None,
        months=tuple(months),
        weeks=tuple(
            PeriodTally(period=week, tally=tally(_published(store, business.name, week)))
            for week in weeks_of(span, zone)
        ),
        voices=_voices(store, business, period),
        voices_before=_voices(store, business, period_back(period, zone.key)),
        watched_since=store.created_at(),
        accounts=_accounts(store, business.name, period),
    )


def _accounts(store: Store, business: str, period: Period) -> tuple[DatedFigure, ...]:
    """Return the month's figures of the sources that are read for this business."""
    its = {state.id for state in sources_of(store, business)}
    return tuple(figure for figure in store.figures(period) if figure.source in its)


def _read_earlier(
    store: Store, business: str, period: Period, zone: ZoneInfo
) -> tuple[list[PeriodTally], int]:
    """Return the months before, the same month a year ago first, and what of them waits."""
    found, waiting = [], 0
    for steps in range(MONTHS, 0, -1):
        part = period_back(period, zone.key, steps)
        mentions = _published(store, business, part)
        waiting += sum(map(waits, mentions))
        found.append(PeriodTally(period=part, tally=tally(mentions)))
    return found, waiting


def _is_known(store: Store, part: PeriodTally) -> bool:
    """Say whether anything was published in a month, or was read in it."""
    return part.tally != Tally() or store.articles_read(part.period) > 0


def _published(store: Store, business: str, period: Period) -> list[Mention]:
    query = MentionQuery(business=business, since=period.start, until=period.end, by_published=True)
    return store.find(query)


def _voices(store: Store, business: Business, period: Period) -> dict[str, int]:
    silent = dict.fromkeys(business.competitors, 0)
    return silent | store.share_of_voice(business.name, period, by_published=True)
