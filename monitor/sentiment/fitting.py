"""Fitting linear models over hashed features: logistic regression, full batch, Adam, L2.

numpy only; the same texts give the same weights. Used by ``make model`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from monitor.sentiment.model import Floats, Ints

Link: TypeAlias = Callable[[Floats], Floats]
Shares: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Places of the table of weights, and how it is fitted."""

    buckets: int
    penalty: float  # L2
    steps: int
    rate: float = 0.15


class Matrix:
    """The features of many texts, one after the other."""

    def __init__(self, vectors: Iterable[tuple[Ints, Floats]]) -> None:
        """Take buckets and values of each text; each has one at least."""
        listed = list(vectors)
        self.places: Ints = np.concatenate([places for places, _ in listed])
        self.values: Floats = np.concatenate([values for _, values in listed])
        self.sizes = np.array([len(places) for places, _ in listed])
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])

    def sums(self, weights: Floats, bias: Floats) -> Floats:
        """Return the sums of each text by class."""
        columns = [
            np.add.reduceat(weights[self.places, c] * self.values, self.starts)
            for c in range(weights.shape[1])
        ]
        return np.asarray(np.stack(columns, axis=1) + bias, dtype=np.float32)


def fit(
    matrix: Matrix,
    wanted: Floats,
    shares: Shares,
    link: Link,
    settings: Settings,
    *,
    prior: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return weights and bias; ``wanted`` by text and class in 0..1, each text counts its share.

    Weights start at ``prior`` and are drawn to it; at 0 without.
    """
    classes = wanted.shape[1]
    rows = np.repeat(np.arange(len(wanted)), matrix.sizes)
    if prior is None:
        prior = np.zeros((settings.buckets, classes), np.float32)
    weights = prior.copy()
    bias = np.zeros(classes, np.float32)
    state = [np.zeros_like(weights), np.zeros_like(weights), np.zeros(classes), np.zeros(classes)]
    for step in range(1, settings.steps + 1):
        missed = (link(matrix.sums(weights, bias)) - wanted) * (shares / shares.sum())[:, None]
        slope = np.stack(
            [
                np.bincount(matrix.places, matrix.values * missed[rows, c], settings.buckets)
                for c in range(classes)
            ],
            axis=1,
        )
        slope = slope + settings.penalty * (weights - prior)
        weights -= _adam(state[0], state[1], slope, step, settings.rate)
        bias -= _adam(state[2], state[3], missed.sum(axis=0), step, settings.rate)
    return weights, bias


def softmax(sums: Floats) -> Floats:
    """Return the probabilities of classes of which one is right."""
    shifted = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def sigmoid(sums: Floats) -> Floats:
    """Return the probabilities of classes of which any may be right."""
    return np.asarray(1 / (1 + np.exp(-sums)), dtype=np.float32)


def _adam(mean: Any, square: Any, slope: Any, step: int, rate: float) -> Floats:  # noqa: ANN401 - arrays of two shapes
    mean *= 0.9
    mean += 0.1 * slope
    square *= 0.99
    square += 0.01 * slope * slope
    corrected = np.sqrt(square / (1 - 0.99**step)) + 1e-8
    return np.asarray(rate * (mean / (1 - 0.9**step)) / corrected, dtype=np.float32)
