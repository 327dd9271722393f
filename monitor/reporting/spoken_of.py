"""What people speak of: themes counted by sentiment, each with the items that speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Mention, Sentiment
from monitor.reporting.cleaning import one_line
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import is_relevant, verdict
from monitor.sentiment.theme_words import THEMES
from monitor.text import fold

MOST_THEMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Mentions that speak of one theme, by what they say of it; ``codes`` of the items shown."""

    key: str
    name: str
    words: str
    negative: int
    neutral: int
    positive: int
    codes: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many mentions speak of it."""
        return self.negative + self.neutral + self.positive


def count_themes(
    mentions: Iterable[Mention],
    codes: Mapping[str, int],
    phrases: Phrases,
    *,
    most: int = MOST_THEMES,
) -> tuple[Theme, ...]:
    """Count the themes of the mentions that are surely about the business and surely judged.

    The ``most`` spoken of first, the worst before the better. ``codes`` by mention.
    """
    told: dict[str, list[tuple[Mention, Sentiment]]] = {}
    for mention in mentions:
        if is_relevant(mention) and verdict(mention) is not None:
            for theme, tone in mention.themes.items():
                told.setdefault(theme, []).append((mention, Sentiment(tone)))
    themes = [_theme(key, found, codes, phrases) for key, found in told.items()]
    ranked = sorted(themes, key=lambda one: (-one.total, -one.negative, one.key))
    return tuple(ranked[:most])


def theme_name(theme: str, phrases: Phrases) -> str:
    """Return a theme in the reader's language; one that is none of ours as it stands."""
    return phrases.words(f"themes.{fold(theme)}") if theme in THEMES else one_line(theme)


def _theme(
    key: str,
    found: Sequence[tuple[Mention, Sentiment]],
    codes: Mapping[str, int],
    phrases: Phrases,
) -> Theme:
    tones = [tone for _, tone in found]
    counts = {
        "negatives": tones.count(Sentiment.NEGATIVE),
        "neutrals": tones.count(Sentiment.NEUTRAL),
        "positives": tones.count(Sentiment.POSITIVE),
    }
    told = [phrases.counted(name, n) for name, n in counts.items() if n]
    return Theme(
        key=key,
        name=theme_name(key, phrases),
        words=", ".join(told),
        negative=counts["negatives"],
        neutral=counts["neutrals"],
        positive=counts["positives"],
        codes=tuple(sorted({codes[m.id] for m, _ in found if m.id in codes})),
    )
