"""What platforms counted of the owner's own accounts, from the first to the last day of a month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from monitor.model import DatedFigure
from monitor.reporting.cleaning import one_line
from monitor.reporting.own_figures import figure_name
from monitor.reporting.phrases import Phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One number of one source; ``first`` and ``last`` of the days on which it was read."""

    source: str
    label: str
    first: str
    last: str


def write_accounts(figures: Iterable[DatedFigure], phrases: Phrases) -> tuple[AccountRow, ...]:
    """Write a line a number, from figures in the order of source, name and day."""
    rows = []
    for (source, name), days in groupby(figures, key=lambda figure: (figure.source, figure.name)):
        values = [figure.value for figure in days]
        rows.append(
            AccountRow(
                source=one_line(source),
                label=one_line(figure_name(phrases.words, name)),
                first=_number(values[0], phrases),
                last=_number(values[-1], phrases),
            )
        )
    return tuple(rows)


def _number(value: float, phrases: Phrases) -> str:
    return phrases.number(int(value)) if float(value).is_integer() else phrases.decimal(value)
