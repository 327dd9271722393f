"""How right the themes are: which a text speaks of, and how it speaks of those rightly found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.evaluation.figures import Figure, f1, proportion, resampled
from monitor.model import Sentiment
from monitor.sentiment.theme_words import THEMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The themes of one text: as labelled, and as found."""

    wanted: Mapping[str, Sentiment]
    said: Mapping[str, Sentiment]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeFigures:
    """Presence of themes, and ``tone``: how often the sentiment of one rightly found is right."""

    precision: Figure | None
    recall: Figure | None
    f1: Figure | None
    tone: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesReport:
    """Figures over all themes together, and by theme."""

    together: ThemeFigures
    by_theme: Mapping[str, ThemeFigures]
    texts_a_second: float


def report(found: Sequence[Found], lasted_s: float) -> ThemesReport:
    """Compute the figures; intervals are over texts for F1, over themes for the rest."""
    return ThemesReport(
        together=_figures(found),
        by_theme={theme: _figures([_only(one, theme) for one in found]) for theme in THEMES},
        texts_a_second=round(len(found) / lasted_s, 1) if lasted_s else 0.0,
    )


def _figures(found: Sequence[Found]) -> ThemeFigures:
    hits = [(one, theme) for one in found for theme in one.wanted if theme in one.said]
    right = sum(one.wanted[theme] is one.said[theme] for one, theme in hits)
    counts = [
        (len(one.wanted.keys() & one.said.keys()), len(one.said), len(one.wanted))
        for one in found
        if one.wanted or one.said
    ]
    return ThemeFigures(
        precision=proportion(len(hits), sum(len(one.said) for one in found)),
        recall=proportion(len(hits), sum(len(one.wanted) for one in found)),
        f1=resampled(counts, _f1),
        tone=proportion(right, len(hits)),
    )


def _f1(counts: Sequence[tuple[int, int, int]]) -> float:
    hits, said, wanted = map(sum, zip(*counts, strict=True))
    return f1(hits, said - hits, wanted - hits)


def _only(one: Found, theme: str) -> Found:
    return Found(
        wanted={name: tone for name, tone in one.wanted.items() if name == theme},
        said={name: tone for name, tone in one.said.items() if name == theme},
    )
