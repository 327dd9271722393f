"""An alert worded: what happened, why it is told, and where to read it; not yet laid out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import AlertRule, Kind, Mention, SourceState, Story
from monitor.reporting.alert_facts import Alarm
from monitor.reporting.cleaning import one_line, shorten
from monitor.reporting.health import is_silent
from monitor.reporting.items import Item, write_item
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import platform_name
from monitor.reporting.recounting import quoted
from monitor.reporting.usualness import write_most

SHOWN = 10
"""Things told in full in one alert; the rest is counted, with the way to see it."""
_LATELY = 4
_SUBJECT_SIGNS = 70
_ERROR_SIGNS = 160
_CROWDS = frozenset({AlertRule.SPIKE, AlertRule.SURGE})
_TONES = {AlertRule.SPIKE: "unsure", AlertRule.REACH: "neutral", AlertRule.SILENT: "unsure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that is told: its heading, why, and the mention or the latest mentions of it.

    ``tone`` is that of its edge: ``negative``, ``unsure`` or ``neutral``.
    """

    title: str
    tone: str
    why: str
    item: Item | None = None
    lines: tuple[Item, ...] = ()
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLetter:
    """An alert, complete. ``business`` is empty for what concerns the sources of all.

    ``rest`` things are only counted, ``command`` shows them. ``last_of`` is the daily cap where
    this alert reaches it. ``digest`` says which digest tells its mentions; ``None``: it has none.
    """

    business: str
    language: str
    timezone: str
    subject: str
    headline: str
    date: str
    notices: tuple[Notice, ...]
    rest: int
    command: str
    last_of: int | None
    digest: str | None


def write_alert(
    business: str,
    alarms: Sequence[Alarm],
    phrases: Phrases,
    now: datetime,
    *,
    stories: Mapping[str, Story],
    last_of: int | None = None,
) -> AlertLetter:
    """Word alarms that are told together, in their order."""
    name = one_line(business)
    told = _by_mention(alarms)
    what = _what(alarms, phrases)
    about = any(alarm.reason.business for alarm in alarms)
    key = "headline" if about else "headline_sources"
    date = phrases.moment(now)
    return AlertLetter(
        business=name,
        language=phrases.language,
        timezone=phrases.timezone,
        subject=_subject(name or "Écoute", what, phrases),
        headline=_counted(phrases, key, len(alarms), business=name, what=phrases.listed(what)),
        date=date[:1].upper() + date[1:],
        notices=tuple(_notice(group, phrases, now, stories) for group in told[:SHOWN]),
        rest=len(told[SHOWN:]),
        command=_command(name, about=about),
        last_of=last_of,
        digest=_digest(alarms, phrases),
    )


def notice_text(letter: AlertLetter) -> str:
    """Return the short form for a telephone: the subject, then a line each, with its address."""
    lines = [letter.subject, ""]
    for notice in letter.notices:
        if notice.item is None:
            lines.append(notice.why)
            continue
        lines.append(f"• {notice.item.title} ({notice.item.place}). {notice.why}")
        lines += [notice.item.link.url] if notice.item.link else []
    return "\n".join(lines)


def _digest(alarms: Sequence[Alarm], phrases: Phrases) -> str | None:
    """Say whether the mentions stand in the next digest, or stood in one."""
    told = [
        one.digest_id is not None
        for alarm in alarms
        for one in (*((alarm.mention,) if alarm.mention else ()), *alarm.mentions)
    ]
    if not told:
        return None
    key = "footer_digest_rest" if any(told) else "footer_digest"
    return phrases.words(f"alerts.{'footer_digest_told' if all(told) else key}")


def _by_mention(alarms: Sequence[Alarm]) -> list[list[Alarm]]:
    """Put alarms of one mention together, so that it is shown once, with all that is told of it."""
    groups: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        key = alarm.mention.id if alarm.mention else alarm.reason.key
        groups.setdefault(key, []).append(alarm)
    return list(groups.values())


def _what(alarms: Sequence[Alarm], phrases: Phrases) -> list[str]:
    """Name each rule that alarmed, with how often, in the order in which they came."""
    counts = Counter(alarm.reason.rule for alarm in alarms)
    return [_counted(phrases, f"name_{rule}", n) for rule, n in counts.items()]


def _subject(name: str, what: Sequence[str], phrases: Phrases) -> str:
    first = what[0]
    if len(what) > 1:
        first = _counted(phrases, "subject_more", len(what) - 1, first=first)
    room = _SUBJECT_SIGNS - len(phrases.words("alerts.subject", business="", what=first))
    return phrases.words("alerts.subject", business=shorten(name, max(24, room)), what=first)


def _notice(
    group: Sequence[Alarm], phrases: Phrases, now: datetime, stories: Mapping[str, Story]
) -> Notice:
    alarm = group[0]
    rule = alarm.reason.rule
    title = phrases.words(f"alerts.title_{rule}")
    whys = phrases.words("digest.clauses_join").join(_why(one, phrases, now) for one in group)
    tone = _TONES.get(rule, "negative")
    if alarm.mention is not None:
        item = write_item([alarm.mention], phrases, now, _story_of(alarm.mention, stories))
        why = phrases.words("alerts.why", why=whys)
        return Notice(title=title, tone=tone, why=why, item=item)
    if rule in _CROWDS:
        latest = alarm.mentions[:_LATELY]
        lines = tuple(write_item([m], phrases, now, stories.get(m.story)) for m in latest)
        return Notice(title=title, tone=tone, why=f"{whys}.", lines=lines)
    command = f"ecoute sources test {alarm.reason.source}"
    return Notice(title=title, tone=tone, why=whys, command=command)


def _story_of(mention: Mention, stories: Mapping[str, Story]) -> Story | None:
    return stories.get(mention.story) if mention.kind is Kind.ARTICLE else None


def _why(alarm: Alarm, phrases: Phrases, now: datetime) -> str:
    mention, rule = alarm.mention, alarm.reason.rule
    if mention is not None and rule is AlertRule.REMINDER:
        lapse = phrases.lapse(now - mention.published_at)
        return phrases.words("alerts.why_reminder", lapse=lapse, id=mention.id)
    if mention is not None and rule is AlertRule.RATING:
        return phrases.words("alerts.why_rating", rating=phrases.decimal(mention.rating or 0))
    if mention is not None and rule is AlertRule.REACH:
        return _counted(
            phrases, f"why_{alarm.measure}", alarm.figure, against=_against(alarm, mention, phrases)
        )
    if mention is not None:
        sure = phrases.percent(mention.confidence or 0.0)
        return phrases.words("alerts.why_negative", confidence=sure)
    if alarm.unusual is not None:
        return _crowd(alarm, phrases)
    state = alarm.state
    what = _trouble(state, now, phrases) if state else ""
    return phrases.words("alerts.silent", source=one_line(alarm.reason.source or ""), what=what)


def _against(alarm: Alarm, mention: Mention, phrases: Phrases) -> str:
    platform = platform_name(mention.platform, phrases)
    if not alarm.record:
        return phrases.words("alerts.against_none", platform=platform)
    record = phrases.number(alarm.record)
    return phrases.words("alerts.against_record", platform=platform, record=record)


def _crowd(alarm: Alarm, phrases: Phrases) -> str:
    unusual = alarm.unusual
    if unusual is None:
        return ""
    key = "expected" if unusual.expected >= 1 else "expected_little"
    expected = phrases.words(
        f"alerts.{key}",
        mean=phrases.number(round(unusual.expected)),
        most=write_most(unusual.usual, phrases),
        chance=_counted(phrases, "chance", unusual.once_in_years),
    )
    return _counted(
        phrases, f"{alarm.reason.rule}_{unusual.days}", unusual.count, expected=expected
    )


def _trouble(state: SourceState, now: datetime, phrases: Phrases) -> str:
    parts = []
    if is_silent(state, now):
        if state.last_ok_at is None:
            parts.append(phrases.words("digest.never_read"))
        else:
            lapse = phrases.lapse(now - state.last_ok_at)
            parts.append(phrases.words("digest.silent_for", lapse=lapse))
    if state.health != "ok":
        parts.append(phrases.words(f"digest.health_{state.health}"))
    if state.error is not None:
        parts.append(shorten(one_line(state.error.message), _ERROR_SIGNS).removesuffix("."))
    return phrases.words("digest.clauses_join").join(parts)


def _command(business: str, *, about: bool) -> str:
    if not about:
        return "ecoute sources"
    return f"ecoute mentions --business {quoted(business)} --since 7d"


def _counted(phrases: Phrases, key: str, n: int, **values: object) -> str:
    return phrases.words(f"alerts.{key}", n=n, count=phrases.number(n), **values)
