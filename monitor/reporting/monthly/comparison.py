"""The month's figures beside the month before and the same month a year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.reporting.figures import write_figures
from monitor.reporting.material import PeriodTally
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One figure; ``before`` and ``year_ago`` are ``None`` where nothing is known."""

    label: str
    value: str
    share: str | None
    before: str | None
    year_ago: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """What one period counted, in the order of the table's columns; the rating last."""

    label: str
    counts: tuple[str, ...]
    rating: str | None


def compare(
    counted: Tally, before: Tally | None, year_ago: Tally | None, phrases: Phrases
) -> tuple[FigureRow, ...]:
    """Word the month's figures as the digest does, beside both earlier months."""
    figures = write_figures(counted, before, phrases)
    earlier = write_figures(counted, year_ago, phrases)
    return tuple(
        FigureRow(
            label=figure.label,
            value=figure.value,
            share=figure.share,
            before=figure.before,
            year_ago=old.before,
        )
        for figure, old in zip(figures, earlier, strict=True)
    )


def write_months(months: Sequence[PeriodTally], phrases: Phrases) -> tuple[CountRow, ...]:
    """Write a line a month, oldest first."""
    return tuple(_row(phrases.period_title(part.period), part.tally, phrases) for part in months)


def write_weeks(weeks: Sequence[PeriodTally], phrases: Phrases) -> tuple[CountRow, ...]:
    """Write a line a week, oldest first."""
    return tuple(_row(phrases.period_full(part.period), part.tally, phrases) for part in weeks)


def _row(label: str, counted: Tally, phrases: Phrases) -> CountRow:
    numbers = (
        counted.total,
        counted.negative,
        counted.unsure + counted.unrated,
        counted.neutral,
        counted.positive,
    )
    return CountRow(
        label=label,
        counts=tuple(map(phrases.number, numbers)),
        rating=None if counted.rating is None else phrases.decimal(counted.rating),
    )
