"""One mention as a digest shows it: every fact already in the reader's words, nothing laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.drafts.channels import Channel, channel_of
from monitor.drafts.writing import language_of, write_draft
from monitor.model import Mention, Sentiment, Status, Story
from monitor.reporting.answers import Tap, write_taps
from monitor.reporting.audience import write_audience
from monitor.reporting.cleaning import Link, safe_link
from monitor.reporting.extracts import Fragment, extract, title_and_rest
from monitor.reporting.material import ReplyWay
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import place_of
from monitor.reporting.spoken_of import theme_name
from monitor.reporting.stats import is_relevant, is_unrated, verdict
from monitor.reporting.stories import tell_story
from monitor.sentiment.scoring import tone_of_stars

_STARS = 5
_NAMES = re.compile(r"[\s,()]+")
_VERY, _RATHER = -0.6, -0.3
"""Polarity under which a text is told to be very negative; above which, rather so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story to lay out by its first mention; ``mentions`` is how many stand for it.

    ``code`` is what a reader answers by; ``mention_ids`` are those it then speaks of, the one
    shown first. ``taps`` are answers ready to be sent.

    ``tone`` is ``None`` when unsure; ``tone_word`` says so in words.

    ``why`` (it is thought negative, or doubtful) and ``age`` (since when it waits) stand only
    where the reader has something to do. ``others`` tells where else the same was said, ``first``
    who said it first or what was told before, ``follow_ups`` what continues it. ``alerted`` says
    that an alert told it already. ``draft`` is a possible reply to what waits for one.
    """

    id: str
    code: int
    mention_ids: tuple[str, ...]
    mentions: int
    title: str
    place: str
    date: str
    extract: tuple[Fragment, ...]
    tone: Sentiment | None
    tone_word: str
    stars: str | None
    stars_word: str | None
    reach: str | None
    first: str | None
    others: str | None
    follow_ups: tuple[str, ...]
    why: str | None
    age: str | None
    link: Link | None
    alerted: str | None = None
    draft: str | None = None
    taps: tuple[Tap, ...] = ()

    @property
    def host(self) -> str | None:
        """The host that its link goes to, where the place beside it does not name that."""
        if self.link is None:
            return None
        names = {self.link.host, self.link.host.removeprefix("www.")}
        return None if names.intersection(_NAMES.split(self.place)) else self.link.host


def write_item(
    group: Sequence[Mention],
    phrases: Phrases,
    now: datetime,
    story: Story | None = None,
    *,
    code: int = 0,
    way: ReplyWay | None = None,
    brief: bool = False,
) -> Item:
    """Word one of a story's mentions; the others of the group are told beside it.

    ``brief`` is one that stands in a line: the likeliest answers alone are ready there.
    """
    told = tell_story(group, story, phrases)
    mention = told.mention
    title, rest = title_and_rest(mention)
    title = title or phrases.words("digest.untitled")
    tone = verdict(mention)
    needs = tone is Sentiment.NEGATIVE
    year = phrases.local_day(mention.published_at).year != phrases.local_day(now).year
    return Item(
        id=mention.id,
        code=code,
        mention_ids=(mention.id, *(one.id for one in group if one.id != mention.id)),
        mentions=len(group),
        title=phrases.words("digest.story_follow_up", title=title) if told.is_follow_up else title,
        place=place_of(mention, phrases),
        date=phrases.moment(mention.published_at, year=year),
        extract=extract(rest, mention.matched),
        tone=tone,
        tone_word=phrases.words(f"digest.tone_{_tone_key(mention)}"),
        stars=stars(mention.rating),
        stars_word=_stars_word(mention, phrases),
        reach=write_audience(mention, phrases),
        first=told.first,
        others=told.others,
        follow_ups=told.follow_ups,
        why=_why_negative(mention, phrases) if needs else _why_unsure(mention, phrases),
        age=_age(mention, phrases, now) if needs else None,
        link=safe_link(mention.url or mention.canonical_url),
        taps=write_taps(code, mention, way, phrases, brief=brief),
    )


def told_by_alert(
    group: Sequence[Mention], alerted: Mapping[str, datetime], phrases: Phrases
) -> str | None:
    """Say when an alert first told one of a story's mentions; ``None``: none did."""
    told = [alerted[mention.id] for mention in group if mention.id in alerted]
    if not told:
        return None
    return phrases.words("alerts.told", at=phrases.moment(min(told), year=False))


def write_short_draft(mention: Mention, phrases: Phrases) -> str | None:
    """Draft a short reply to a negative mention that waits for one; none to the press."""
    waits = mention.status is Status.NEW and is_relevant(mention)
    if not waits or verdict(mention) is not Sentiment.NEGATIVE:
        return None
    if channel_of(mention) is Channel.PRESS:
        return None
    language = language_of(mention, phrases.language)
    draft = write_draft(mention, Sentiment.NEGATIVE, language=language, channel=Channel.POST)
    return phrases.words("drafts.in_digest", text=draft.text) if draft else None


def stars(rating: float | None) -> str | None:
    """Draw a rating in whole stars."""
    if rating is None:
        return None
    full = max(0, min(_STARS, int(rating + 0.5)))
    return "★" * full + "☆" * (_STARS - full)


def _tone_key(mention: Mention) -> str:
    if not is_relevant(mention):
        return "namesake"
    return "unrated" if is_unrated(mention) else verdict(mention) or "unsure"


def _stars_word(mention: Mention, phrases: Phrases) -> str | None:
    if mention.rating is None:
        return None
    return phrases.words("digest.stars", rating=phrases.decimal(mention.rating))


def _why_negative(mention: Mention, phrases: Phrases) -> str:
    if mention.corrected:
        return phrases.words("digest.why_corrected")
    critic = [
        theme_name(theme, phrases)
        for theme, tone in mention.themes.items()
        if tone == Sentiment.NEGATIVE
    ]
    if apart := _why_apart(mention, phrases):
        return apart
    if critic:
        return phrases.words("digest.why_themes", themes=phrases.listed(critic))
    if mention.rating is not None:
        return phrases.words("digest.why_rating", rating=phrases.decimal(mention.rating))
    polarity, confidence = mention.polarity or 0.0, mention.confidence or 0.0
    strength = "very" if polarity <= _VERY else "plain"
    strength = "rather" if polarity > _RATHER else strength
    return phrases.words(f"digest.why_{strength}", confidence=phrases.percent(confidence))


def _why_unsure(mention: Mention, phrases: Phrases) -> str | None:
    if not is_relevant(mention):
        return phrases.words("digest.why_namesake")
    if is_unrated(mention):
        return phrases.words("digest.why_unrated")
    if verdict(mention) is None:
        guess = phrases.words(f"digest.tone_{mention.sentiment}")
        return phrases.words("digest.why_unsure", guess=guess)
    return _why_apart(mention, phrases)


def _why_apart(mention: Mention, phrases: Phrases) -> str | None:
    """Tell that an author's words and stars say different things."""
    if mention.rating is None or mention.corrected or mention.sentiment is None:
        return None
    if tone_of_stars(mention.rating) is mention.sentiment:
        return None
    return phrases.words(
        f"digest.why_apart_{mention.sentiment}", rating=phrases.decimal(mention.rating)
    )


def _age(mention: Mention, phrases: Phrases, now: datetime) -> str:
    if mention.status is not Status.NEW:
        return phrases.words(f"digest.status_{mention.status}")
    return phrases.words("digest.waiting_for", lapse=phrases.lapse(now - mention.published_at))
