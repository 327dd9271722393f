"""The best and the worst words of a month, as they were written, each with its link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import Mention, Sentiment
from monitor.reporting.cleaning import Link, one_line, safe_link
from monitor.reporting.extracts import Fragment, extract, title_and_rest
from monitor.reporting.items import stars
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import place_of
from monitor.reporting.stats import verdict

QUOTES = 4
"""Of each kind: what is read at one look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words as they stand there, the business's name in bold; ``title`` is an article's."""

    title: str | None
    words: tuple[Fragment, ...]
    place: str
    date: str
    stars: str | None
    stars_word: str | None
    link: Link | None


def choose_words(mentions: Iterable[Mention], tone: Sentiment) -> list[Mention]:
    """Return the mentions of one verdict to quote, the strongest first, one a story.

    What its author took back, or we had to erase, is not quoted.
    """
    found: dict[str, Mention] = {}
    of_tone = (m for m in mentions if verdict(m) is tone and not m.removed_at and m.text.strip())
    for mention in sorted(of_tone, key=_strength):
        found.setdefault(mention.story, mention)
    return list(found.values())[:QUOTES]


def write_quote(mention: Mention, phrases: Phrases) -> Quote:
    """Word one quotation."""
    text = one_line(mention.text)
    title = None
    if one_line(mention.title or ""):
        title, rest = title_and_rest(mention)
        text = rest or text
    starred = mention.rating is not None
    return Quote(
        title=title,
        words=extract(text, mention.matched),
        place=place_of(mention, phrases),
        date=phrases.day(phrases.local_day(mention.published_at)),
        stars=stars(mention.rating),
        stars_word=phrases.words("digest.stars", rating=phrases.decimal(mention.rating or 0))
        if starred
        else None,
        link=safe_link(mention.url or mention.canonical_url),
    )


def _strength(mention: Mention) -> tuple[float, float, float, str]:
    polarity, sure = abs(mention.polarity or 0.0), mention.confidence or 0.0
    return (-polarity * sure, -polarity, -mention.published_at.timestamp(), mention.id)
