"""What every scorer is: texts in, judgements out, in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from monitor.model import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text to score, with what is known of it: the business it is about, stars 1..5, language."""

    text: str
    business: str | None = None
    rating: float | None = None
    language: str | None = None


class Scorer(Protocol):
    """Scores texts toward their business."""

    @property
    def name(self) -> str:
        """Name and version, as stored with each score: ``textblob-1``."""
        ...

    def score(self, passages: Sequence[Passage]) -> list[Score]:
        """Return one score a passage, in the same order. Never raises for a text, however odd."""
        ...


@runtime_checkable
class Weighing(Protocol):
    """A scorer that can tell which words weighed."""

    def words_of(self, passage: Passage, most: int) -> list[tuple[str, float]]:
        """Return the words that weighed most, with what each adds for (+) and against (−)."""
        ...
