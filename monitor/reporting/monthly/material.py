"""What the report of a month is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model import DatedFigure
from monitor.reporting.material import Material, PeriodTally
from monitor.reporting.stats import Tally

MONTHS = 12
"""How far back the trend goes, the month itself included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyMaterial:
    """All that was read from the store for one report.

    ``month`` is its month as the material of a digest; what is published in it, backfilled or
    not. ``year_ago`` is ``None`` when nothing is known of that month. ``months`` are up to
    ``MONTHS``, oldest first, this one last, from the first of which anything is known; ``weeks``
    are of the same days. The voices are mentions by name, this business's included.
    ``watched_since`` is when Écoute began to look: what is older was found afterwards. ``accounts``
    are the month's figures of its sources, by source, name and day.
    """

    month: Material
    year_ago: Tally | None
    months: tuple[PeriodTally, ...]
    weeks: tuple[PeriodTally, ...]
    voices: Mapping[str, int]
    voices_before: Mapping[str, int]
    watched_since: datetime
    accounts: tuple[DatedFigure, ...] = ()
