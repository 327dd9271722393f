"""Alarms of every rule, as the letters of alerts are tried with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reporting.samples import NOW, PARIS, SHOP, mention, news, toot

from monitor.model import AlertReason, AlertRule, Kind, Mention, Sentiment, SourceState
from monitor.reporting.alert_facts import Alarm
from monitor.reporting.alert_letter import AlertLetter, write_alert
from monitor.reporting.phrases import Phrases
from monitor.usual.unusual import Unusual

RECENT = NOW - timedelta(hours=2)
REVIEW = mention(
    1,
    Sentiment.NEGATIVE,
    kind=Kind.REVIEW,
    title=None,
    text="Roses fanées le lendemain. Fleurs Bougamont ne rembourse pas, accueil glacial.",
    author="Hélène P.",
    rating=1.0,
    published_at=RECENT,
    url="https://avis.example.fr/h",
)
ARTICLE = news(
    2, Sentiment.NEGATIVE, "Fleurs Bougamont condamnée", "La Voix du Nord", published_at=RECENT
)
TOOT = toot(3, Sentiment.NEGATIVE, "À fuir, Fleurs Bougamont.", "Léa", published_at=RECENT)


def of(rule: AlertRule, about: Mention, **fields: object) -> Alarm:
    reason = AlertReason(rule=rule, key=f"{rule}:{about.id}", business=SHOP, mention_id=about.id)
    return replace(Alarm(reason=reason, mention=about), **fields)  # type: ignore[arg-type]


def crowd(rule: AlertRule, unusual: Unusual, *mentions: Mention) -> Alarm:
    reason = AlertReason(rule=rule, key=f"{rule}", business=SHOP, count=unusual.count)
    return Alarm(reason=reason, unusual=unusual, mentions=mentions)


SPIKE = crowd(
    AlertRule.SPIKE,
    Unusual(days=7, count=14, expected=3.2, usual=6, chance=0.00001),
    REVIEW,
    ARTICLE,
    TOOT,
)
SURGE = crowd(
    AlertRule.SURGE, Unusual(days=1, count=5, expected=0.2, usual=1, chance=0.0004), REVIEW, TOOT
)
SILENT = Alarm(
    reason=AlertReason(rule=AlertRule.SILENT, key="silent:x", business=None, source="mastodon-x"),
    state=SourceState(
        id="mastodon-x",
        type="mastodon",
        address="https://x.example",
        businesses=(SHOP,),
        options_hash="1",
        polled_at=NOW,
        last_ok_at=NOW - timedelta(days=2),
        paused=True,
    ),
)
ALL_RULES = (
    of(AlertRule.RATING, REVIEW),
    of(AlertRule.NEGATIVE, ARTICLE),
    SURGE,
    SPIKE,
    of(AlertRule.REACH, ARTICLE, measure="outlets", figure=5),
    of(AlertRule.REACH, TOOT, measure="engagement", figure=1240, record=38),
    SILENT,
)


def letter(*alarms: Alarm, language: str = "fr", **fields: object) -> AlertLetter:
    phrases = Phrases(language, PARIS)
    business = str(fields.pop("business", SHOP))
    return write_alert(business, alarms, phrases, NOW, stories={}, **fields)  # type: ignore[arg-type]
