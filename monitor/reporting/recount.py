"""Which mentions a figure of a digest counts: the same rules for the figure and for its list.

A number in a mail is worth what can be found behind it: `ecoute mentions --digest ID --counted
negative` lists the very mentions that the digest's "2 negative" counts, with these predicates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from monitor.model import Mention, Sentiment
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import channel_of
from monitor.reporting.spoken_of import theme_name
from monitor.reporting.stats import is_dismissed, is_relevant, is_unrated, verdict, waits
from monitor.text import fold
from monitor.wording import LANGUAGES


class Counted(StrEnum):
    """A figure by what it counts; ``ALL`` is every mention that a person did not dismiss."""

    ALL = "all"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    UNSURE = "unsure"
    UNRATED = "unrated"
    REVIEWS = "reviews"
    REACHED = "reached"
    VIEWS = "views"
    WAITING = "waiting"


def counted_as(mentions: Iterable[Mention], what: Counted) -> list[Mention]:
    """Return the mentions that a figure counts, in their order."""
    return [one for one in mentions if not is_dismissed(one) and _COUNTS[what](one)]


def about_theme(mentions: Iterable[Mention], theme: str, what: Counted) -> list[Mention]:
    """Return those that the figures of a theme count, by what is said of the theme.

    ``theme`` is its name in any language of ours.
    """
    return [
        one
        for one in mentions
        if is_relevant(one)
        and verdict(one) is not None
        and any(
            what in {Counted.ALL, tone} and fold(theme) in _names(key)
            for key, tone in one.themes.items()
        )
    ]


def said_at(mentions: Iterable[Mention], channel: str) -> list[Mention]:
    """Return those said on a site or network, by the name that a digest gives it."""
    readers = [Phrases(language, "UTC") for language in LANGUAGES]
    wanted = fold(channel)
    return [
        one
        for one in mentions
        if not is_dismissed(one) and any(fold(channel_of(one, each)) == wanted for each in readers)
    ]


def _names(theme: str) -> set[str]:
    return {fold(theme_name(theme, Phrases(language, "UTC"))) for language in LANGUAGES}


def _is_unsure(mention: Mention) -> bool:
    return verdict(mention) is None and not is_unrated(mention)


_COUNTS: Mapping[Counted, Callable[[Mention], bool]] = {
    Counted.ALL: lambda _: True,
    Counted.NEGATIVE: lambda one: verdict(one) is Sentiment.NEGATIVE,
    Counted.NEUTRAL: lambda one: verdict(one) is Sentiment.NEUTRAL,
    Counted.POSITIVE: lambda one: verdict(one) is Sentiment.POSITIVE,
    Counted.UNSURE: _is_unsure,
    Counted.UNRATED: is_unrated,
    Counted.REVIEWS: lambda one: one.rating is not None and is_relevant(one),
    Counted.REACHED: lambda one: one.reach is not None and is_relevant(one),
    Counted.VIEWS: lambda one: one.views is not None and is_relevant(one),
    Counted.WAITING: waits,
}
