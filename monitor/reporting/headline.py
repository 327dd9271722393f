"""The subject, and the one sentence that is true and complete by itself."""

from __future__ import annotations

from monitor.model import Period
from monitor.reporting.cleaning import shorten
from monitor.reporting.health import HealthStrip
from monitor.reporting.material import Material
from monitor.reporting.periods import to_days
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import Tally, waits

SUBJECT_SIGNS = 60
_NAME_SIGNS = 24
"""A name is never cut below this, however long the rest of the subject."""


def write_subject(
    business: str, period: Period, counted: Tally, health: HealthStrip, phrases: Phrases
) -> str:
    """Write name, period and figures, worst first.

    What is too long loses letters of its days and months, then of the name; never a figure.
    """
    figures = _subject_figures(counted, health, phrases)

    def subject(brand: str, *, cut: bool) -> str:
        span = phrases.period_short(period, cut=cut)
        return phrases.words("digest.subject", business=brand, period=span, figures=figures)

    whole = subject(business, cut=False)
    if len(whole) <= SUBJECT_SIGNS:
        return whole
    room = SUBJECT_SIGNS - len(subject("", cut=True))
    return subject(shorten(business, max(_NAME_SIGNS, room)), cut=True)


def write_headline(
    business: str, material: Material, counted: Tally, health: HealthStrip, phrases: Phrases
) -> str:
    """Write what was said and what to do about it, in one sentence."""
    period = phrases.period_full(material.period)
    if not counted.total:
        key = "headline_empty"
        if _nothing_read(health):
            key = "headline_nothing_read"
        elif health.silent:
            return phrases.counted(
                "headline_empty_silent", health.silent, business=business, period=period
            )
        return phrases.words(f"digest.{key}", business=business, period=period)
    return phrases.counted(
        "headline",
        counted.total,
        business=business,
        period=period,
        against=_against(material, phrases),
        tones=phrases.listed(_tones(counted, phrases)),
        todo=_todo(material, phrases),
    )


def _nothing_read(health: HealthStrip) -> bool:
    return bool(health.sources) and not health.sources_read


def _subject_figures(counted: Tally, health: HealthStrip, phrases: Phrases) -> str:
    if not counted.total:
        if _nothing_read(health):
            return phrases.words("digest.nothing_read")
        nothing = phrases.words("digest.nothing")
        if health.silent:
            return nothing + ", " + phrases.counted("sources_silent", health.silent)
        return nothing
    mentions = phrases.counted("mentions", counted.total)
    return ", ".join([mentions, *_tones(counted, phrases)[:1]])


def _tones(counted: Tally, phrases: Phrases) -> list[str]:
    """Return each verdict with its number, worst first, without those that are none."""
    tones = (
        ("negatives", counted.negative),
        ("unsures", counted.unsure),
        ("positives", counted.positive),
        ("neutrals", counted.neutral),
        ("unrateds", counted.unrated),
    )
    return [phrases.counted(key, n) for key, n in tones if n]


def _against(material: Material, phrases: Phrases) -> str:
    if material.previous is None:
        return ""
    span = to_days(material.period, phrases.timezone).span
    before = phrases.words(f"digest.before_{span}")
    count = phrases.number(material.previous.total)
    return phrases.words("digest.against", count=count, before=before)


def _todo(material: Material, phrases: Phrases) -> str:
    waiting = sum(map(waits, material.mentions))
    if waiting:
        return phrases.counted("todo", waiting)
    if material.waiting:
        return phrases.counted("todo_older", material.waiting)
    return phrases.words("digest.todo_none")
