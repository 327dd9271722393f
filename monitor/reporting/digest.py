"""What a digest says, decided from what was read; pure, and worded but not laid out."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.model import Kind, Mention, Period, Sentiment, Status
from monitor.reporting.answers import (
    Confirmation,
    HowTo,
    write_confirmation,
    write_how_to,
)
from monitor.reporting.cleaning import one_line
from monitor.reporting.figures import Bar, Figure, write_bars, write_figures, write_sources
from monitor.reporting.headline import write_headline, write_subject
from monitor.reporting.health import HealthStrip, write_health
from monitor.reporting.items import Item, told_by_alert, write_item, write_short_draft
from monitor.reporting.material import TREND_PERIODS, DigestOptions, Material
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import channel_of
from monitor.reporting.spoken_of import Theme, count_themes
from monitor.reporting.stats import Tally, is_dismissed, is_relevant, tally, tally_by, verdict
from monitor.reporting.summary import Sentence, write_summary

_CHANNELS = 6
_DRAFTS = 3
"""A possible reply stands below so many items at most: the rest is for `ecoute draft`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items shown in full under one heading; ``key`` is one of ``SECTIONS``.

    ``count`` is of the mentions that belong there by themselves, those told in a line or only
    counted included.
    """

    key: str
    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest, complete. ``lines`` are items in one line each, ``rest`` mentions only counted.

    ``command`` shows all of the period's mentions; ``waiting_command`` the negative ones left.
    ``mood`` is the worst verdict among the figures, ``neutral`` when all is quiet. ``reminders``
    were told before and wait for an answer; ``waiting`` counts the others that do.
    """

    business: str
    period: Period
    language: str
    timezone: str
    subject: str
    period_title: str
    headline: str
    summary: tuple[Sentence, ...]
    themes: tuple[Theme, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    lines: tuple[Item, ...]
    rest: int
    waiting: int
    command: str
    waiting_command: str
    trend: tuple[Bar, ...]
    by_source: tuple[Bar, ...]
    health: HealthStrip
    mood: str
    has_recipients: bool
    confirmation: Confirmation | None = None
    how_to_answer: HowTo | None = None
    reminders: tuple[Item, ...] = ()

    @property
    def codes(self) -> dict[int, tuple[str, ...]]:
        """The mentions behind each code that is shown, the one shown first."""
        full = [item for part in self.sections for item in part.items]
        return {item.code: item.mention_ids for item in (*full, *self.lines, *self.reminders)}

    @property
    def is_empty(self) -> bool:
        """Whether the period holds no mention."""
        return not (self.sections or self.lines or self.rest)

    def section(self, key: str) -> tuple[Item, ...]:
        """Return the items shown in full under one heading."""
        return next((part.items for part in self.sections if part.key == key), ())


SECTIONS = ("needs_you", "positive", "press", "neutral", "doubtful")
"""In the order of the mail: what the reader must do something about comes first."""


def build_digest(material: Material, options: DigestOptions) -> Digest:
    """Decide what a digest says. The same material gives the same digest."""
    phrases = Phrases(options.language, options.timezone)
    business = one_line(material.business)
    counted = tally(material.mentions)
    stories = arrange(material.mentions)
    shown = options.items + options.lines
    items = [
        (key, _item(code, group, material, options, phrases))
        for code, (key, group) in enumerate(stories[:shown], start=1)
    ]
    codes = {m.id: code for code, (_, group) in enumerate(stories[:shown], start=1) for m in group}
    themes = count_themes(material.mentions, codes, phrases)
    health = write_health(material, options.next_digest_at, phrases)
    return Digest(
        business=business,
        period=material.period,
        language=options.language,
        timezone=options.timezone,
        subject=write_subject(business, material.period, counted, health, phrases),
        period_title=phrases.period_title(material.period),
        headline=write_headline(business, material, counted, health, phrases),
        summary=write_summary(business, stories[:shown], themes, phrases),
        themes=themes,
        figures=write_figures(counted, material.previous, phrases),
        sections=_sections(items[: options.items], stories),
        lines=tuple(item for _, item in items[options.items :]),
        rest=sum(len(story) for _, story in stories[shown:]),
        waiting=max(0, material.waiting - len(material.reminders)),
        command=_command(business, f"--since {_first_day(material, phrases)}"),
        waiting_command=_command(business, "--sentiment negative --status new"),
        trend=write_bars(_trend(material, counted), phrases),
        by_source=write_sources(
            *tally_by(
                (m for m in material.mentions if not is_dismissed(m)),
                lambda m: channel_of(m, phrases),
                most=_CHANNELS,
            ),
            phrases,
        ),
        health=health,
        mood=_mood(counted),
        has_recipients=bool(options.recipients),
        confirmation=write_confirmation(material.replies, phrases),
        how_to_answer=write_how_to(options.reply_way, phrases),
        reminders=tuple(
            write_item([one], phrases, material.now, code=code, way=options.reply_way)
            for code, one in enumerate(material.reminders, start=len(items) + 1)
        ),
    )


def _item(
    code: int,
    group: Sequence[Mention],
    material: Material,
    options: DigestOptions,
    phrases: Phrases,
) -> Item:
    story = material.stories.get(group[0].story)
    item = write_item(group, phrases, material.now, story, code=code, way=options.reply_way)
    return replace(
        item,
        alerted=told_by_alert(group, material.alerted, phrases),
        draft=write_short_draft(group[0], phrases) if code <= _DRAFTS else None,
    )


def arrange(mentions: Iterable[Mention]) -> list[tuple[str, tuple[Mention, ...]]]:
    """Put mentions in the order of the mail, each with its section, one group a story.

    What the press told of one event stands together, where the worst of it belongs: a negative
    one is never hidden below a neutral one, and stands for both. Voices of one story stand
    together only within a section. Those that a person dismissed are left out.
    """
    groups: dict[tuple[str, str], list[Mention]] = {}
    kept = sorted((m for m in mentions if not is_dismissed(m)), key=_urgency)
    criticised = {
        mention.story
        for mention in kept
        if mention.kind is Kind.ARTICLE and _section_of(mention) == "needs_you"
    }
    for mention in kept:
        section = _section_of(mention)
        if section == "press" and mention.story in criticised:
            section = "needs_you"
        groups.setdefault((section, mention.story), []).append(mention)
    ranked = sorted(groups.items(), key=lambda group: SECTIONS.index(group[0][0]))
    return [(key, tuple(group)) for (key, _), group in ranked]


def _section_of(mention: Mention) -> str:
    tone = verdict(mention)
    if not is_relevant(mention):
        return "doubtful"
    if tone is Sentiment.NEGATIVE:
        return "needs_you"
    if mention.kind is Kind.ARTICLE:
        # An article's tone is often hard to judge; that the press wrote is the news.
        return "press"
    return "doubtful" if tone is None else str(tone)


def _urgency(mention: Mention) -> tuple[bool, bool, float, str]:
    answered = mention.status is not Status.NEW
    return (answered, not is_relevant(mention), -mention.published_at.timestamp(), mention.id)


def _sections(
    full: Sequence[tuple[str, Item]], stories: Sequence[tuple[str, Sequence[Mention]]]
) -> tuple[Section, ...]:
    found = []
    for key in SECTIONS:
        shown = tuple(item for name, item in full if name == key)
        if shown:
            count = sum(_section_of(one) == key for _, story in stories for one in story)
            found.append(Section(key=key, count=count, items=shown))
    return tuple(found)


def _trend(material: Material, counted: Tally) -> list[tuple[Period, Tally]]:
    earlier = [(part.period, part.tally) for part in material.trend]
    return [*earlier[-TREND_PERIODS + 1 :], (material.period, counted)]


def _mood(counted: Tally) -> str:
    if counted.negative:
        return str(Sentiment.NEGATIVE)
    return str(Sentiment.POSITIVE if counted.positive else Sentiment.NEUTRAL)


def _first_day(material: Material, phrases: Phrases) -> str:
    found = [mention.found_at for mention in material.mentions]
    return phrases.local_day(min([material.period.start, *found])).isoformat()


def _command(business: str, selection: str) -> str:
    # Double quotes are what people type, and every shell takes them; the rare name they cannot
    # hold is quoted as POSIX wants.
    plain = not set('"$`\\!') & set(business)
    name = f'"{business}"' if plain else shlex.quote(business)
    return f"ecoute mentions --business {name} {selection}"
