"""Reads from the store what alerts are decided from."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.model import MentionQuery, Period, Record, ToldReason
from monitor.reporting.alert_facts import FRESH, AlertFacts, AlertRules
from monitor.reporting.stats import SURE_FROM
from monitor.store.base import Store
from monitor.usual.seasons import Season
from monitor.usual.unusual import LEARN_DAYS, WINDOWS

HISTORY = timedelta(days=730)
"""How far back what is usual is learnt: two of each feast."""
_RECORDS = timedelta(days=180)
_SETTLED = timedelta(days=LEARN_DAYS + max(WINDOWS) + 1)


def gather_facts(
    store: Store,
    business: str,
    rules: AlertRules,
    *,
    now: datetime,
    zone: ZoneInfo,
    told: tuple[ToldReason, ...],
    seasons: tuple[Season, ...] = (),
) -> AlertFacts:
    """Read one business; what no wanted rule needs is not read."""
    # No upper bound in time: one found by a clock that was ahead counts too.
    mentions = store.find(MentionQuery(business=business, since=now - FRESH, news_only=True))
    tempo = None
    if rules.spike or rules.surge:
        tempo = store.tempo(business, now - HISTORY, sure_from=SURE_FROM, settled=now - _SETTLED)
    return AlertFacts(
        business=business,
        now=now,
        zone=zone,
        mentions=tuple(mentions),
        told=told,
        tempo=tempo,
        seasons=seasons,
        records=_records(store, business, {m.platform for m in mentions}, now, rules),
        stories=store.stories(sorted({m.story for m in mentions})) if mentions else {},
    )


def _records(
    store: Store, business: str, platforms: set[str], now: datetime, rules: AlertRules
) -> dict[str, Record]:
    earlier = Period(start=now - FRESH - _RECORDS, end=now - FRESH)
    wanted = platforms if rules.reach else set()
    return {platform: store.record(business, platform, earlier) for platform in wanted}
