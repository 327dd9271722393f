"""What every scorer is: texts in, judgements out, in the same order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from monitor.clock import Clock, now
from monitor.model import Json, Score, Sentiment


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


class Post(Protocol):
    """Asks a server, whole and within a deadline of its own."""

    def __call__(self, url: str, document: Json, headers: Mapping[str, str]) -> Json:
        """Post a JSON document and return the JSON answer. Raises ``SourceError``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerSettings:
    """What a scorer that asks a model elsewhere is told; the other scorers need nothing.

    ``labels`` says what a model's own labels mean. ``batch`` is texts a request. ``post`` is how
    servers are asked: without it none can be.
    """

    model: str | None = None
    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    labels: Mapping[str, Sentiment] = field(default_factory=dict)
    batch: int = 8
    tokens_per_day: int = 1_000_000
    post: Post | None = None
    clock: Clock = now


NO_SETTINGS = ScorerSettings()
