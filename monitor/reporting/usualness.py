"""Whether a digest's negative mentions are as many as usual: that they are is a finding too.

Judged against the business's own history by the model of the alerts (``monitor.usual``), over as
many days as the digest covers.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor.model import Period
from monitor.reporting.day_counts import count_days
from monitor.reporting.periods import Span, to_days
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import SURE_FROM, Tally
from monitor.store.base import Store
from monitor.usual.seasons import Season
from monitor.usual.unusual import CHANCE, LEARN_DAYS, Expected, expect

HISTORY = timedelta(days=730)
"""How far back what is usual is learnt: two of each feast."""


def expected_negatives(
    store: Store, business: str, period: Period, timezone: str, seasons: tuple[Season, ...] = ()
) -> Expected | None:
    """Return how many negative mentions a period should hold.

    ``None`` for a part of a day, and where fewer than ``LEARN_DAYS`` were seen before.
    """
    days = to_days(period, timezone)
    if days.span is Span.HOURS:
        return None
    length = (days.last - days.first).days + 1
    tempo = store.tempo(
        business,
        period.start - HISTORY,
        sure_from=SURE_FROM,
        # A source that is newer than what is learnt from would make all before it look quiet.
        settled=period.start - timedelta(days=LEARN_DAYS + 1),
    )
    if not tempo.hours:  # or no source is known long enough
        return None
    counts = count_days(tempo, ZoneInfo(timezone), days.last, negative=True)
    return None if counts is None else expect(counts, seasons, length)


def write_usualness(counted: Tally, expected: Expected | None, phrases: Phrases) -> str | None:
    """Say whether so many negative ones are usual; ``None``: there is none, or nobody knows."""
    if expected is None or not counted.negative:
        return None
    key = "usual"
    if counted.negative > expected.usual:
        key = "usual_passed" if expected.chance(counted.negative) > CHANCE else "usual_far_passed"
    return phrases.words(
        f"digest.{key}",
        negatives=phrases.counted("negatives", counted.negative),
        mentions=phrases.counted("mentions", counted.total),
        most=write_most(expected.usual, phrases),
    )


def write_most(usual: int, phrases: Phrases) -> str:
    """Say what is seldom passed."""
    return phrases.counted("usual_most", usual) if usual else phrases.words("digest.usual_none")
