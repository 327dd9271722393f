"""The weeks of the last twelve months as columns, with what they show in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Period
from monitor.reporting.figures import tones
from monitor.reporting.material import PeriodTally
from monitor.reporting.monthly.comparison import CountRow, write_weeks
from monitor.reporting.monthly.drawing import Column, Label
from monitor.reporting.monthly.phrasing import told, tones_of
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import Tally

_FILLED = 0.72
"""How much of its week a column fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A chart: its columns, the names under them, the numbers at its side from top to bottom.

    ``words`` tell what it shows; ``weeks`` are its numbers, a line a week.
    """

    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    scale: tuple[str, str, str]
    title: str
    words: str
    weeks: tuple[CountRow, ...]


def write_trend(
    months: Sequence[PeriodTally], weeks: Sequence[PeriodTally], phrases: Phrases
) -> Trend | None:
    """Draw the weeks of these months; ``None`` where there is no mention to draw."""
    most = max(weeks, key=lambda week: week.tally.total)
    if not most.tally.total:
        return None
    # Even, so that the line in the middle is a whole number too.
    top = most.tally.total + most.tally.total % 2
    span = Period(start=months[0].period.start, end=months[-1].period.end)
    return Trend(
        columns=tuple(_column(week, span, top, phrases) for week in weeks),
        labels=tuple(_label(month.period, span, phrases) for month in months),
        scale=(phrases.number(top), phrases.number(top // 2), "0"),
        title=phrases.words("report.trend_title"),
        words=_words(months, most, phrases),
        weeks=write_weeks(weeks, phrases),
    )


def _column(week: PeriodTally, span: Period, top: int, phrases: Phrases) -> Column:
    left, width = _place(week.period, span)
    return Column(
        left=left + width * (1 - _FILLED) / 2,
        width=width * _FILLED,
        parts=tuple((tone, n / top) for tone, n in tones(week.tally) if n),
        words=phrases.words(
            "report.week_words",
            period=phrases.period_full(week.period),
            counted=_counted(week.tally, phrases),
        ),
    )


def _label(month: Period, span: Period, phrases: Phrases) -> Label:
    left, width = _place(month, span)
    return Label(left=left, width=width, text=phrases.period_label(month))


def _place(part: Period, span: Period) -> tuple[float, float]:
    """Return where a period begins and how wide it is, in percent of the span."""
    whole = (span.end - span.start) / 100
    return (part.start - span.start) / whole, (part.end - part.start) / whole


def _words(months: Sequence[PeriodTally], most: PeriodTally, phrases: Phrases) -> str:
    total = sum(month.tally.total for month in months)
    first, last = months[0].period, months[-1].period
    span = phrases.words(
        "report.between", first=phrases.period_short(first), last=phrases.period_short(last)
    )
    return told(
        phrases,
        "trend_words",
        total,
        span=phrases.period_full(last) if first == last else span,
        most=phrases.period_full(most.period),
        counted=_counted(most.tally, phrases),
    )


def _counted(counted: Tally, phrases: Phrases) -> str:
    mentions = phrases.counted("mentions", counted.total)
    if not counted.total:
        return mentions
    return phrases.words("report.of_tones", mentions=mentions, tones=tones_of(counted, phrases))
