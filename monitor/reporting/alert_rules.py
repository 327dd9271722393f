"""Which things are told at once, decided from what was read; pure, and not yet worded.

docs/alerts.md tells each rule in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.clock import format_instant
from monitor.model import (
    AlertReason,
    AlertRule,
    Health,
    Kind,
    Mention,
    Record,
    Sentiment,
    SourceState,
    Status,
)
from monitor.reporting.alert_facts import FRESH, Alarm, AlertFacts, AlertRules, day_counts
from monitor.reporting.cleaning import safe_link
from monitor.reporting.health import SILENT_AFTER, is_silent
from monitor.reporting.stats import is_relevant, verdict
from monitor.usual.unusual import REST, find_unusual, is_news

STRONG = -0.5
"""Polarity from which a negative mention is told at once: "déçue" is, "un peu cher" is not."""
OUTLETS = 4
"""So many media tell one story: it is around."""
UNANSWERED = timedelta(hours=48)
"""How long what an alert told may wait for an answer before it is told once more."""
_ANSWERED = frozenset({AlertRule.NEGATIVE, AlertRule.RATING})
_TIMES = 3
"""How many times the record of half a year a reach must be."""
_LEAST = {"engagement": 30, "audience": 5_000}
"""A reach under this is told of nobody, whatever the record."""
_KNOWN = 10
"""Earlier mentions on a platform under which its record says little: then four times the least."""
_NEEDS = frozenset(
    {
        Health.TOKEN_EXPIRES_SOON,
        Health.TOKEN_EXPIRED,
        Health.NEEDS_TOKEN,
        Health.PERMISSION_MISSING,
    }
)


def business_alarms(facts: AlertFacts, rules: AlertRules) -> list[Alarm]:
    """Return what of a business should be told now and was not yet, worst first."""
    told = {one.reason.key for one in facts.told}
    found: dict[str, Alarm] = {}
    for alarm in _all(facts, rules):
        if alarm.reason.key not in told:
            found.setdefault(alarm.reason.key, alarm)
    return list(found.values())


def source_alarms(
    states: Iterable[SourceState],
    added: Mapping[str, datetime],
    now: datetime,
    told: Collection[str],
) -> list[Alarm]:
    """Return the sources that a person should look at, and was not told of.

    One never read is silent a day after it was added, not at its first failure.
    """
    alarms = []
    for state in states:
        rule, key = AlertRule.TOKEN, f"token:{state.id}:{state.health}:{now:%Y-%m}"
        if state.health not in _NEEDS:
            since = format_instant(state.last_ok_at) if state.last_ok_at else "never"
            rule, key = AlertRule.SILENT, f"silent:{state.id}:{since}"
            began_at = state.last_ok_at or added.get(state.id, now)
            if not is_silent(state, now) or now - began_at < SILENT_AFTER:
                continue
        if key not in told:
            reason = AlertReason(rule=rule, key=key, business=None, source=state.id)
            alarms.append(Alarm(reason=reason, state=state))
    return alarms


def _all(facts: AlertFacts, rules: AlertRules) -> Iterator[Alarm]:
    fresh = [m for m in facts.mentions if m.published_at > facts.now - FRESH and is_relevant(m)]
    newest = sorted(fresh, key=lambda m: (m.published_at, m.id), reverse=True)
    if rules.negative:
        waiting = [m for m in newest if m.digest_id is None and m.status is Status.NEW]
        yield from _bad(waiting, facts, rules.low_rating)
    if rules.negative and rules.reminder:
        yield from _unanswered(facts, rules.low_rating)
    if rules.surge:
        negative = [m for m in newest if verdict(m) is Sentiment.NEGATIVE]
        yield from _crowd(facts, AlertRule.SURGE, negative)
    if rules.spike:
        yield from _crowd(facts, AlertRule.SPIKE, newest)
    if rules.reach:
        for mention in newest:
            yield from _far(mention, facts)


def _bad(waiting: Sequence[Mention], facts: AlertFacts, low_rating: int) -> Iterator[Alarm]:
    for mention in waiting:
        is_low = mention.rating is not None and mention.rating <= low_rating
        is_strong = (
            verdict(mention) is Sentiment.NEGATIVE
            and not mention.corrected  # the person who called it so knows of it
            and (mention.polarity or 0.0) <= STRONG
        )
        if is_low or is_strong:
            # What the press copies of one event is told once.
            is_press = mention.kind is Kind.ARTICLE
            what = f"story:{mention.story}" if is_press else f"mention:{mention.id}"
            rule = AlertRule.RATING if is_low else AlertRule.NEGATIVE
            yield _of_mention(rule, f"bad:{facts.business}:{what}", mention)


def _unanswered(facts: AlertFacts, low_rating: int) -> Iterator[Alarm]:
    """Tell once more what an alert told two days ago and nobody did anything about."""
    known = {mention.id: mention for mention in facts.mentions}
    for one in facts.told:
        mention = known.get(one.reason.mention_id or "")
        if mention is None or one.reason.rule not in _ANSWERED:
            continue
        is_low = mention.rating is not None and mention.rating <= low_rating
        is_bad = is_relevant(mention) and (is_low or verdict(mention) is Sentiment.NEGATIVE)
        waits = mention.status is Status.NEW and facts.now - one.told_at >= UNANSWERED
        if is_bad and waits:
            key = f"remind:{facts.business}:{mention.id}"
            yield _of_mention(AlertRule.REMINDER, key, mention)


def _crowd(facts: AlertFacts, rule: AlertRule, mentions: Sequence[Mention]) -> Iterator[Alarm]:
    counts = day_counts(facts, negative=rule is AlertRule.SURGE)
    least = 3 if rule is AlertRule.SURGE else 4
    unusual = find_unusual(counts, facts.seasons, least=least) if counts else None
    if unusual is None or counts is None:
        return
    earlier = [
        one.reason.count or 0
        for one in facts.told
        if one.reason.rule is rule
        and one.reason.business == facts.business
        and facts.now - one.told_at < REST
    ]
    if is_news(unusual.count, max(earlier, default=None)):
        today = counts.day(len(counts.counts) - 1)
        key = f"{rule}:{facts.business}:{today}:{unusual.count if earlier else 0}"
        reason = AlertReason(rule=rule, key=key, business=facts.business, count=unusual.count)
        yield Alarm(reason=reason, unusual=unusual, mentions=tuple(mentions))


def _far(mention: Mention, facts: AlertFacts) -> Iterator[Alarm]:
    """Tell a mention's unusual reach, by the first measure that is."""
    key = f"reach:{facts.business}:{mention.story}"
    story = facts.stories.get(mention.story)
    outlets = {_outlet(one) for one in story.mentions} if story else set()
    if len(outlets) >= OUTLETS:
        alarm = _of_mention(AlertRule.REACH, key, mention)
        yield replace(alarm, measure="outlets", figure=len(outlets))
        return
    record = facts.records.get(mention.platform, Record(mentions=0, engagement=0, audience=0))
    parts = (mention.likes, mention.shares, mention.comments)
    engagement = sum(part or 0 for part in parts)
    audience = {
        "reach": mention.reach or 0,
        "views": mention.views or 0,
        "followers": mention.author_followers or 0,
    }
    widest = max(audience, key=audience.__getitem__)
    measure, figure, most = "", 0, 0
    if _is_far(engagement, record.engagement, _LEAST["engagement"], record):
        measure, figure, most = "engagement", engagement, record.engagement
    elif _is_far(audience[widest], record.audience, _LEAST["audience"], record):
        measure, figure, most = widest, audience[widest], record.audience
    if measure:
        alarm = _of_mention(AlertRule.REACH, key, mention)
        yield replace(alarm, measure=measure, figure=figure, record=most)


def _is_far(figure: int, most: int, least: int, record: Record) -> bool:
    floor = least if record.mentions >= _KNOWN else least * 4
    return figure >= max(floor, _TIMES * most)


def _outlet(mention: Mention) -> str:
    link = safe_link(mention.canonical_url or mention.url)
    return (mention.outlet or (link.host if link else mention.source)).lower()


def _of_mention(rule: AlertRule, key: str, mention: Mention) -> Alarm:
    reason = AlertReason(rule=rule, key=key, business=mention.business, mention_id=mention.id)
    return Alarm(reason=reason, mention=mention)
