"""The report's own sentences, and the bars whose every number stands in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.reporting.figures import Bar, write_sources
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import Tally


def told(phrases: Phrases, key: str, n: int, **values: object) -> str:
    """Return a sentence of the report that counts, ``count`` being the number written out."""
    return phrases.words(f"report.{key}", n=n, count=phrases.number(n), **values)


def tones_of(counted: Tally, phrases: Phrases) -> str:
    """List what was counted by verdict, worst first, without those that are none."""
    parts = (
        ("negatives", counted.negative),
        ("unsures", counted.unsure),
        ("neutrals", counted.neutral),
        ("positives", counted.positive),
        ("unrateds", counted.unrated),
    )
    return phrases.listed([phrases.counted(key, n) for key, n in parts if n])


def write_rows(
    tallies: Sequence[tuple[str, Tally]], left: int, phrases: Phrases
) -> tuple[Bar, ...]:
    """Draw names with their mentions by verdict; ``left`` mentions are of names not shown."""
    bars = write_sources(tallies, left, phrases)
    named = [
        replace(
            bar,
            words=phrases.words(
                "report.row_words",
                count=phrases.number(counted.total),
                tones=tones_of(counted, phrases),
            ),
        )
        for bar, (_, counted) in zip(bars, tallies, strict=False)
    ]
    return (*named, *bars[len(named) :])
