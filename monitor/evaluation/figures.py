"""Precision, recall and the like with intervals: what can be said of so few cases."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_Z = 1.959964  # of a normal distribution, for 95 %
_DRAWS = 1000
_SEED = 20261125


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in 0..1 with its 95 % interval; ``cases`` is what it was computed from."""

    value: float
    low: float
    high: float
    cases: int


def proportion(good: int, total: int) -> Figure | None:
    """Return a share with its Wilson interval; ``None`` of nothing.

    >>> proportion(9, 10)
    Figure(value=0.9, low=0.596, high=0.982, cases=10)
    """
    if total == 0:
        return None
    share, square = good / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    half = _Z * spread / (1 + square / total)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Figure(round(share, 4), round(low, 3), round(high, 3), total)


def resampled(cases: Sequence[T], measure: Callable[[Sequence[T]], float]) -> Figure | None:
    """Return a measure of cases with its bootstrap interval (1,000 draws, always the same)."""
    if not cases:
        return None
    chance = random.Random(_SEED)  # noqa: S311 - no secret: the same draws each time
    values = sorted(measure(chance.choices(cases, k=len(cases))) for _ in range(_DRAWS))
    low, high = values[int(_DRAWS * 0.025)], values[int(_DRAWS * 0.975)]
    return Figure(round(measure(cases), 4), round(low, 3), round(high, 3), len(cases))


def f1(hits: int, wrong: int, missed: int) -> float:
    """Return the harmonic mean of precision and recall; 1 where there was nothing to find.

    >>> f1(8, 2, 2)
    0.8
    """
    return 1.0 if hits + wrong + missed == 0 else 2 * hits / (2 * hits + wrong + missed)
