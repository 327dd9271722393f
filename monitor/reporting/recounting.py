"""The commands that list the mentions behind a digest's figures; see ``recount.py`` for the rules.

A closed digest is asked for by its number: its mentions are fixed. One that is only shown is asked
for by its period.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.clock import format_end, format_instant
from monitor.model import Period
from monitor.reporting.figures import Figure
from monitor.reporting.material import Material
from monitor.reporting.periods import to_days
from monitor.reporting.phrases import Phrases
from monitor.reporting.recount import Counted
from monitor.reporting.spoken_of import Theme

_OF_FIGURE = {
    "mentions": Counted.ALL,
    "negatives": Counted.NEGATIVE,
    "neutrals": Counted.NEUTRAL,
    "positives": Counted.POSITIVE,
    "unsures": Counted.UNSURE,
    "unrateds": Counted.UNRATED,
    "reviews": Counted.REVIEWS,
    "reached": Counted.REACHED,
    "views": Counted.VIEWS,
}
"""By the figure's key; the average rating is that of the reviews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """A figure in words, and the command that lists what it counts."""

    what: str
    command: str


@dataclass(frozen=True, slots=True)
class Finder:
    """Writes commands about one digest; ``digest_id`` is ``None`` for one that is only shown."""

    business: str
    period: Period
    digest_id: str | None

    def command(self, what: Counted) -> str:
        """Return the command that lists what one of the digest's figures counts."""
        if self.digest_id is None:
            return self.between(self.period, what)
        return f"ecoute mentions --digest {self.digest_id} --counted {what}"

    def between(self, period: Period, what: Counted) -> str:
        """Return the command for another period."""
        since, until = format_instant(period.start), format_end(period.end)
        name = quoted(self.business)
        return f"ecoute mentions --business {name} --since {since} --until {until} --counted {what}"


def write_recounts(
    figures: Sequence[Figure], material: Material, finder: Finder, phrases: Phrases
) -> tuple[Recount, ...]:
    """Return a command for each figure that is not nought, and for the period before."""
    found = [
        Recount(what=f"{one.value} {one.label}", command=finder.command(_OF_FIGURE[one.key]))
        for one in figures
        if one.key in _OF_FIGURE and one.value != "0"
    ]
    if material.trend and material.previous is not None and material.previous.total:
        span = to_days(material.period, phrases.timezone).span
        what = phrases.words(
            "digest.recount_before",
            mentions=phrases.counted("mentions", material.previous.total),
            before=phrases.words(f"digest.before_{span}"),
        )
        command = finder.between(material.trend[-1].period, Counted.ALL)
        found.append(Recount(what=what, command=command))
    return tuple(found)


def write_narrowing(themes: Sequence[Theme], channels: Sequence[str]) -> tuple[str, ...]:
    """Return what narrows a command to a theme or a place, by the first of the digest."""
    theme = [f"--theme {quoted(themes[0].name)}"] if themes else []
    channel = [f"--where {quoted(channels[0])}"] if channels else []
    return (*theme, *channel)


def quoted(name: str) -> str:
    """Quote a name as a shell takes it.

    >>> print(quoted("Chez Léa"), quoted('Le "12"'))
    "Chez Léa" 'Le "12"'
    """
    # Double quotes are what people type, and every shell takes them; the rare name they cannot
    # hold is quoted as POSIX wants.
    return f'"{name}"' if not set('"$`\\!') & set(name) else shlex.quote(name)
