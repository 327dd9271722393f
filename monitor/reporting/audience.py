"""How many people may have seen a mention, as a reader grasps it: a tier, and the figure behind.

The figure is the first that is known of: people reached, views, the author's followers. The tiers
are powers of ten, since followers are no readers and views no persons.
"""

from __future__ import annotations

from monitor.model import Mention
from monitor.reporting.phrases import Phrases

_TIERS = ((1_000, "small"), (10_000, "medium"), (100_000, "large"))
_ABOVE = "huge"


def write_audience(mention: Mention, phrases: Phrases) -> str | None:
    """Say how far a mention goes; ``None`` where nothing is known or it is nobody."""
    known = (
        ("reach", mention.reach),
        ("views", mention.views),
        ("followers", mention.author_followers),
    )
    measure, figure = next(((name, count) for name, count in known if count), ("", 0))
    if not figure:
        return None
    tier = next((name for below, name in _TIERS if figure < below), _ABOVE)
    return phrases.words(
        "digest.audience",
        tier=phrases.words(f"digest.tier_{tier}"),
        figure=phrases.counted(measure, figure),
    )
