"""The stars that reviews gave: their mean beside earlier months, and how many of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Mention
from monitor.reporting.figures import Bar, Part
from monitor.reporting.items import stars
from monitor.reporting.monthly.phrasing import told
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import Tally, is_relevant

_STARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """A sentence a month that has reviews, and a bar a number of stars."""

    sentences: tuple[str, ...]
    bars: tuple[Bar, ...]


def write_ratings(
    mentions: Sequence[Mention],
    counted: Tally,
    before: Tally | None,
    year_ago: Tally | None,
    phrases: Phrases,
) -> Ratings | None:
    """Word the reviews of a month; ``None`` where there were none, nor the month before."""
    if not counted.reviews and not (before and before.reviews):
        return None
    told_of = (("month", counted), ("before", before), ("year_ago", year_ago))
    found = tuple(
        _sentence(f"rating_{key}", of, phrases)
        for key, of in told_of
        if of is not None and (of.reviews or key == "month")
    )
    return Ratings(sentences=found, bars=_bars(mentions, phrases) if counted.reviews else ())


def _sentence(key: str, counted: Tally, phrases: Phrases) -> str:
    if counted.rating is None:
        return phrases.words("report.rating_none")
    rating = phrases.decimal(counted.rating)
    return told(phrases, key, counted.reviews, rating=rating)


def _bars(mentions: Sequence[Mention], phrases: Phrases) -> tuple[Bar, ...]:
    given = [m.rating for m in mentions if m.rating is not None and is_relevant(m)]
    counts = Counter((stars(rating) or "").count("★") for rating in given)
    longest = max(counts.values())
    return tuple(
        Bar(
            label=told(phrases, "stars", number),
            parts=(Part(tone="plain", width=max(2, counts[number] * 100 // longest)),)
            if counts[number]
            else (),
            words=phrases.number(counts[number]),
        )
        for number in range(_STARS, 0 if not counts[0] else -1, -1)
    )
