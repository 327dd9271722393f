"""What a digest says, decided from what was read; pure, and worded but not laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.model import Mention, Period, Sentiment
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
from monitor.reporting.ordering import SECTIONS, arrange, section_of
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import channel_of
from monitor.reporting.recount import Counted
from monitor.reporting.recounting import Finder, Recount, write_narrowing, write_recounts
from monitor.reporting.spoken_of import Theme, count_themes
from monitor.reporting.stats import Tally, is_dismissed, tally, tally_by
from monitor.reporting.summary import Sentence, write_summary
from monitor.reporting.usualness import write_usualness

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

    ``command`` shows all of the digest's mentions, ``waiting_command`` the older negative ones that
    wait for an answer: ``waiting`` of them, ``0`` where all are among the ``reminders``, which were
    told before and are told again. ``recounts`` list the mentions behind each figure, ``narrowing``
    what asks for fewer of them. ``usualness`` says whether so many negative ones are usual.
    ``mood`` is the worst verdict among the figures, ``neutral`` when all is quiet.
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
    usualness: str | None = None
    recounts: tuple[Recount, ...] = ()
    narrowing: tuple[str, ...] = ()

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
    finder = Finder(business, material.period, options.digest_id)
    figures = write_figures(counted, material.previous, phrases)
    kept = [mention for mention in material.mentions if not is_dismissed(mention)]
    channels, elsewhere = tally_by(kept, lambda one: channel_of(one, phrases), most=_CHANNELS)
    return Digest(
        business=business,
        period=material.period,
        language=options.language,
        timezone=options.timezone,
        subject=write_subject(business, material.period, counted, health, phrases),
        period_title=phrases.period_title(material.period),
        headline=write_headline(business, material, counted, health, phrases),
        summary=write_summary(business, stories, themes, phrases, shown=shown),
        themes=themes,
        figures=figures,
        sections=_sections(items[: options.items], stories),
        lines=tuple(item for _, item in items[options.items :]),
        rest=sum(len(story) for _, story in stories[shown:]),
        waiting=material.waiting if material.waiting > len(material.reminders) else 0,
        command=finder.command(Counted.ALL),
        waiting_command=finder.between(
            Period(
                start=material.waiting_since or material.period.start, end=material.period.start
            ),
            Counted.WAITING,
        ),
        trend=write_bars(_trend(material, counted), phrases),
        by_source=write_sources(channels, elsewhere, phrases),
        health=health,
        mood=_mood(counted),
        has_recipients=bool(options.recipients),
        confirmation=write_confirmation(material.replies, phrases),
        how_to_answer=write_how_to(options.reply_way, phrases)
        if items or material.reminders
        else None,
        reminders=tuple(
            write_item([one], phrases, material.now, code=code, way=options.reply_way)
            for code, one in enumerate(material.reminders, start=len(items) + 1)
        ),
        usualness=write_usualness(counted, material.expected, phrases),
        recounts=write_recounts(figures, material, finder, phrases) if stories else (),
        narrowing=write_narrowing(themes, [name for name, _ in channels]),
    )


def _item(
    code: int,
    group: Sequence[Mention],
    material: Material,
    options: DigestOptions,
    phrases: Phrases,
) -> Item:
    story = material.stories.get(group[0].story)
    item = write_item(
        group,
        phrases,
        material.now,
        story,
        code=code,
        way=options.reply_way,
        brief=code > options.items,
    )
    return replace(
        item,
        alerted=told_by_alert(group, material.alerted, phrases),
        draft=write_short_draft(group[0], phrases) if code <= _DRAFTS else None,
    )


def _sections(
    full: Sequence[tuple[str, Item]], stories: Sequence[tuple[str, Sequence[Mention]]]
) -> tuple[Section, ...]:
    found = []
    for key in SECTIONS:
        shown = tuple(item for name, item in full if name == key)
        if shown:
            count = sum(section_of(one) == key for _, story in stories for one in story)
            found.append(Section(key=key, count=count, items=shown))
    return tuple(found)


def _trend(material: Material, counted: Tally) -> list[tuple[Period, Tally]]:
    earlier = [(part.period, part.tally) for part in material.trend]
    return [*earlier[-TREND_PERIODS + 1 :], (material.period, counted)]


def _mood(counted: Tally) -> str:
    if counted.negative:
        return str(Sentiment.NEGATIVE)
    return str(Sentiment.POSITIVE if counted.positive else Sentiment.NEUTRAL)
