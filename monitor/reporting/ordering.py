"""In which order mentions stand in a digest, under which heading, and what stands together."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Kind, Mention, Sentiment, Status
from monitor.reporting.stats import is_dismissed, is_relevant, verdict

SECTIONS = ("needs_you", "positive", "press", "neutral", "doubtful")
"""In the order of the mail: what the reader must do something about comes first."""


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
        if mention.kind is Kind.ARTICLE and section_of(mention) == "needs_you"
    }
    for mention in kept:
        section = section_of(mention)
        if section == "press" and mention.story in criticised:
            section = "needs_you"
        groups.setdefault((section, mention.story), []).append(mention)
    ranked = sorted(groups.items(), key=lambda group: SECTIONS.index(group[0][0]))
    return [(key, tuple(group)) for (key, _), group in ranked]


def section_of(mention: Mention) -> str:
    """Return the heading that a mention belongs under by itself: one of ``SECTIONS``."""
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
