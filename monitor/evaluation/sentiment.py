"""How right a scorer is: on the project's measured part, which no model saw, or on a file."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from monitor.evaluation.figures import Figure, proportion, resampled
from monitor.evaluation.themes import Found, ThemesReport
from monitor.evaluation.themes import report as report_themes
from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage, Scorer
from monitor.sentiment.scoring import score_all
from monitor.sentiment.themes import themes_of

_BINS = 10
_LEVELS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text, what was said of it, and what sort of text it is."""

    passage: Passage
    sentiment: Sentiment
    kind: str
    tags: tuple[str, ...]
    themes: Mapping[str, Sentiment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A labelled text and its score."""

    labelled: Labelled
    score: Score

    @property
    def is_right(self) -> bool:
        """Whether the class is the labelled one."""
        return self.score.sentiment is self.labelled.sentiment


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentReport:
    """Figures of one scorer on one set of texts.

    ``confusion`` counts by label, then by judgement; a text left unrated is wrong, and counted
    there where there is one. ``calibration_error`` is the expected one in ten bins. ``coverage``
    tells, by least confidence, the share of texts kept and their error.
    """

    scorer: str
    texts: int
    accuracy: Figure | None
    macro_f1: Figure | None
    confusion: Mapping[str, Mapping[str, int]]
    by_kind: Mapping[str, Figure]
    by_tag: Mapping[str, Figure]
    calibration_error: float
    coverage: Mapping[str, tuple[float, float]]
    texts_a_second: float
    themes: ThemesReport | None = None


def measured() -> tuple[Labelled, ...]:
    """Return the measured part of the corpus."""
    file = resources.files(__package__).joinpath("sentiment", "measured.ndjson")
    return tuple(_labelled(json.loads(line)) for line in file.read_text("utf-8").splitlines())


def other_languages() -> tuple[Labelled, ...]:
    """Return the English and Dutch texts; those tagged ``third`` helped to write no lexicon."""
    file = resources.files(__package__).joinpath("sentiment", "other_languages.ndjson")
    return tuple(_labelled(json.loads(line)) for line in file.read_text("utf-8").splitlines())


def in_file(file: str) -> tuple[Labelled, ...]:
    """Return the texts of a file: objects with "text" and "sentiment" (or "label").

    Raises ``ValueError``, beginning with the line's number, where one cannot be read.
    """
    found = []
    for number, line in enumerate(Path(file).read_text("utf-8").splitlines(), start=1):
        try:
            found += [_labelled(json.loads(line))] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{number}: {error!r}; it needs text and sentiment") from error
    return tuple(found)


def evaluate(scorer: Scorer, texts: Sequence[Labelled]) -> SentimentReport:
    """Score all texts and compute the figures."""
    start = time.perf_counter()
    scores = score_all(scorer, [one.passage for one in texts])
    lasted = time.perf_counter() - start
    judged = [Judged(labelled=a, score=b) for a, b in zip(texts, scores, strict=True)]
    kinds = sorted({one.labelled.kind for one in judged})
    tags = sorted({tag for one in judged for tag in one.labelled.tags})
    by_kind = {k: _rightness([j for j in judged if j.labelled.kind == k]) for k in kinds}
    by_tag = {t: _rightness([j for j in judged if t in j.labelled.tags]) for t in tags}
    return SentimentReport(
        scorer=scorer.name,
        texts=len(judged),
        accuracy=_rightness(judged),
        macro_f1=resampled(judged, _macro_f1),
        confusion=_confusion(judged),
        by_kind={name: figure for name, figure in by_kind.items() if figure is not None},
        by_tag={name: figure for name, figure in by_tag.items() if figure is not None},
        calibration_error=_calibration_error(judged),
        coverage={f"{level:.1f}": _kept(judged, level) for level in _LEVELS},
        texts_a_second=round(len(judged) / lasted, 1) if lasted else 0.0,
        themes=_themes(judged),
    )


def _themes(judged: Sequence[Judged]) -> ThemesReport | None:
    """Find the themes of those texts whose themes are labelled; ``None`` where there are none."""
    start = time.perf_counter()
    found = [
        Found(wanted=one.labelled.themes, said=themes_of(one.labelled.passage, one.score))
        for one in judged
        if one.labelled.themes is not None
    ]
    return report_themes(found, time.perf_counter() - start) if found else None


def _labelled(row: Mapping[str, Any]) -> Labelled:
    title = row.get("title")
    text = f"{title}\n{row['text']}" if title else str(row["text"])
    return Labelled(
        passage=Passage(text=text, business=row.get("business"), language=row.get("language")),
        sentiment=Sentiment(row.get("sentiment") or row["label"]),
        kind=row.get("kind", "own"),
        tags=tuple(row.get("tags", ())),
        themes=_told(row["themes"]) if "themes" in row else None,
    )


def _told(themes: Mapping[str, str]) -> dict[str, Sentiment]:
    return {theme: Sentiment(tone) for theme, tone in themes.items()}


def _rightness(judged: Sequence[Judged]) -> Figure | None:
    return proportion(sum(one.is_right for one in judged), len(judged))


def _macro_f1(judged: Sequence[Judged]) -> float:
    total = 0.0
    for sentiment in Sentiment:
        hits = sum(one.is_right and one.score.sentiment is sentiment for one in judged)
        said = sum(one.score.sentiment is sentiment for one in judged)
        wanted = sum(one.labelled.sentiment is sentiment for one in judged)
        total += 2 * hits / (said + wanted) if said + wanted else 1.0
    return total / len(Sentiment)


def _confusion(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    table = {str(label): dict.fromkeys(map(str, Sentiment), 0) for label in Sentiment}
    for one in judged:
        row, said = table[str(one.labelled.sentiment)], str(one.score.sentiment or "unrated")
        row[said] = row.get(said, 0) + 1
    return table


def _calibration_error(judged: Sequence[Judged]) -> float:
    bins: list[list[Judged]] = [[] for _ in range(_BINS)]
    for one in judged:
        bins[min(_BINS - 1, int(_sureness(one) * _BINS))].append(one)
    off = (abs(sum(one.is_right - _sureness(one) for one in some)) for some in bins if some)
    return round(sum(off) / max(1, len(judged)), 4)


def _sureness(one: Judged) -> float:
    return one.score.confidence or 0.0


def _kept(judged: Sequence[Judged], level: float) -> tuple[float, float]:
    """Return the share of texts judged at least so surely, and the error on them."""
    kept = [one for one in judged if _sureness(one) >= level]
    wrong = sum(not one.is_right for one in kept)
    return round(len(kept) / max(1, len(judged)), 3), round(wrong / max(1, len(kept)), 3)
