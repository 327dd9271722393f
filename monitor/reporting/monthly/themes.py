"""What people speak of: the themes of the month's mentions, by what is said of each."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Mention
from monitor.reporting.figures import Bar
from monitor.reporting.monthly.phrasing import write_rows
from monitor.reporting.phrases import Phrases
from monitor.reporting.spoken_of import Theme, count_themes
from monitor.reporting.stats import Tally

_THEMES = 12
"""More than we find in texts; an import may bring others."""


def write_themes(mentions: Iterable[Mention], phrases: Phrases) -> tuple[Bar, ...]:
    """Draw each theme with the mentions that speak of it, most first; one may speak of several."""
    themes = count_themes(mentions, {}, phrases, most=_THEMES)
    if not themes:
        return ()
    return write_rows([(theme.name, _tally(theme)) for theme in themes], 0, phrases)


def _tally(theme: Theme) -> Tally:
    return Tally(
        total=theme.total,
        negative=theme.negative,
        neutral=theme.neutral,
        positive=theme.positive,
    )
