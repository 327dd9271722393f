"""The key figures beside the period before, and the bars of the charts, worded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Period
from monitor.reporting.cleaning import one_line, shorten
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import Tally, share

_LABEL_SIGNS = 30
_SHARED = frozenset({"negatives", "neutrals", "positives"})
"""Figures that are parts of the mentions."""
_WHEN_ANY = frozenset({"unsures", "unrateds", "reviews", "reached", "views"})
"""Figures left out when nothing is known of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its name, its share where it has one, and what it was before.

    ``scale`` stands right after the number: ``/5``.
    """

    key: str
    value: str
    label: str
    share: str | None
    before: str | None
    scale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One colour of a bar: its verdict, and its length in percent of the longest bar."""

    tone: str
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a chart: every number also stands in ``words``."""

    label: str
    parts: tuple[Part, ...]
    words: str
    is_last: bool = False


def write_figures(counted: Tally, before: Tally | None, phrases: Phrases) -> tuple[Figure, ...]:
    """Word the figures that are known; doubt and stars only where there are any."""
    counts = [
        ("mentions", counted.total, before.total if before else None),
        ("negatives", counted.negative, before.negative if before else None),
        ("neutrals", counted.neutral, before.neutral if before else None),
        ("positives", counted.positive, before.positive if before else None),
        ("unsures", counted.unsure, before.unsure if before else None),
        ("unrateds", counted.unrated, before.unrated if before else None),
        ("reviews", counted.reviews, before.reviews if before else None),
        ("reached", counted.reach or 0, before.reach if before else None),
        ("views", counted.views or 0, before.views if before else None),
    ]
    shown = [count for count in counts if count[0] not in _WHEN_ANY or count[1]]
    figures = [_count(key, now, was, counted.total, phrases) for key, now, was in shown]
    if counted.rating is not None:
        where = [figure.key for figure in figures].index("reviews")
        figures.insert(where, _rating(counted.rating, before, phrases))
    return tuple(figures)


def write_bars(tallies: Sequence[tuple[Period, Tally]], phrases: Phrases) -> tuple[Bar, ...]:
    """Draw periods, oldest first; a single one, or none with mentions, is no trend."""
    longest = max((counted.total for _, counted in tallies), default=0)
    if len(tallies) == 1 or not longest:
        return ()
    last = tallies[-1][0]
    return tuple(
        Bar(
            label=phrases.period_label(period),
            parts=_parts(counted, longest),
            words=_bar_words(counted, phrases),
            is_last=period == last,
        )
        for period, counted in tallies
    )


def write_sources(
    tallies: Sequence[tuple[str, Tally]], left: int, phrases: Phrases
) -> tuple[Bar, ...]:
    """Draw where it was said, most first; ``left`` mentions were said elsewhere."""
    longest = max([left, *(counted.total for _, counted in tallies)])
    bars = [
        Bar(
            label=shorten(one_line(name), _LABEL_SIGNS),
            parts=_parts(counted, longest),
            words=_bar_words(counted, phrases),
        )
        for name, counted in tallies
    ]
    if left:
        other = Tally(total=left)
        label = phrases.words("digest.elsewhere")
        bars.append(Bar(label=label, parts=(), words=_bar_words(other, phrases)))
    return tuple(bars)


def tones(counted: Tally) -> tuple[tuple[str, int], ...]:
    """Return the colours of a bar with their numbers, in the order they are drawn."""
    return (
        ("negative", counted.negative),
        ("unsure", counted.unsure + counted.unrated),  # both are for a person to read
        ("neutral", counted.neutral),
        ("positive", counted.positive),
    )


def _count(key: str, value: int, before: int | None, total: int, phrases: Phrases) -> Figure:
    part = share(value, total) if key in _SHARED else None
    return Figure(
        key=key,
        value=phrases.number(value),
        label=phrases.counted(f"label_{key}", value),
        share=phrases.percent(part) if part is not None else None,
        before=None if before is None else phrases.number(before),
    )


def _rating(rating: float, before: Tally | None, phrases: Phrases) -> Figure:
    earlier = before.rating if before else None
    return Figure(
        key="rating",
        value=phrases.decimal(rating),
        label=phrases.words("digest.label_rating"),
        share=None,
        before=None if earlier is None else phrases.decimal(earlier),
        scale=phrases.words("digest.of_five"),
    )


def _parts(counted: Tally, longest: int) -> tuple[Part, ...]:
    # A mention that is there is seen, however long the longest bar.
    return tuple(
        Part(tone=tone, width=max(2, n * 100 // longest)) for tone, n in tones(counted) if n
    )


def _bar_words(counted: Tally, phrases: Phrases) -> str:
    if not counted.negative:
        return phrases.number(counted.total)
    bad = phrases.counted("negatives", counted.negative)
    return phrases.words("digest.bar_words", count=phrases.number(counted.total), bad=bad)
