"""The linear model over hashed features: one table of weights, three classes, a temperature.

``data/model.npz`` is made by ``make model`` (``train.py``); ``data/CARD.md`` says from what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from monitor.sentiment.chances import CLASSES as CLASSES  # noqa: PLC0414 - their numbers' order
from monitor.sentiment.features import bucket, weight_of

FILE = "model.npz"

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Model:
    """Weights by bucket and class; a text's features are weighed to a length of one.

    ``temperature`` divides the sums before they become probabilities: fitted on texts that were
    not trained on, so that of judgements of 0.8 about 80 % are right. ``known`` tells how much the
    training texts said of each bucket (their Fisher information, summed).
    """

    weights: Floats
    bias: Floats
    temperature: float
    version: str
    known: Floats

    def probabilities(self, features: Sequence[str]) -> Floats:
        """Return the probability of each class, in the order of ``CLASSES``."""
        sums = self.sums(*vector(features))
        shifted = np.exp(sums - sums.max())
        return np.asarray(shifted / shifted.sum(), dtype=np.float32)

    def sums(self, places: Ints, values: Floats) -> Floats:
        """Return the log-odds of each class, but for a constant."""
        return np.asarray((values @ self.weights[places] + self.bias) / self.temperature)

    def weigh(self, features: Sequence[str]) -> dict[str, float]:
        """Return what each feature adds to positive against negative, in log-odds."""
        counts = Counter(features)
        length = float(np.sqrt(sum(_mass(one) * n for one, n in counts.items()))) or 1.0
        tone = self.weights[:, 2] - self.weights[:, 0]
        return {
            one: float(tone[bucket(one)]) * float(np.sqrt(_mass(one) * n)) / length
            for one, n in counts.items()
        }


def vector(features: Iterable[str]) -> tuple[Ints, Floats]:
    """Return the buckets of features, each once, and their values: a vector of length one."""
    masses: dict[int, float] = {}
    for feature, count in Counter(features).items():
        place = bucket(feature)
        masses[place] = masses.get(place, 0.0) + _mass(feature) * count
    places = np.fromiter(masses.keys(), dtype=np.int64, count=len(masses))
    values = np.sqrt(np.fromiter(masses.values(), dtype=np.float32, count=len(masses)))
    length = float(np.sqrt((values * values).sum())) or 1.0
    return places, np.asarray(values / length, dtype=np.float32)


def _mass(feature: str) -> float:
    return weight_of(feature) ** 2


def pack(model: Model) -> bytes:
    """Write a model; the same model, the same bytes."""
    file = BytesIO()
    np.savez_compressed(
        file,
        weights=model.weights.astype(np.float16),
        bias=model.bias,
        temperature=np.float64(model.temperature),
        version=np.array(model.version),
        known=model.known.astype(np.float16),
    )
    return file.getvalue()


@cache
def shipped() -> Model:
    """Read the model that comes with the package."""
    packed = resources.files(__package__).joinpath("data", FILE).read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        return Model(
            weights=arrays["weights"].astype(np.float32),
            bias=arrays["bias"],
            temperature=float(arrays["temperature"]),
            version=str(arrays["version"]),
            known=arrays["known"].astype(np.float32),
        )
