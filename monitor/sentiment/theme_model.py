"""The two linear models of themes: which a text speaks of, and how it speaks of each.

``data/themes.npz`` is made by ``make model`` (``train_themes.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Final

import numpy as np

from monitor.sentiment.model import Floats
from monitor.sentiment.theme_features import vector

FILE: Final = "themes.npz"


@dataclass(frozen=True)
class ThemeModel:
    """Weights by bucket: a column a theme for presence, one a class for tone.

    A theme is there from a probability of ``least`` on. ``whole`` is how much the judgement of the
    whole text counts for its only theme; both were chosen on texts apart.
    """

    presence: Floats
    presence_bias: Floats
    tone: Floats
    tone_bias: Floats
    least: float
    whole: float

    def presences(self, features: Sequence[str]) -> Floats:
        """Return the probability that a text speaks of each theme, in the order of ``THEMES``."""
        places, values = vector(features)
        sums = values @ self.presence[places] + self.presence_bias
        return np.asarray(1 / (1 + np.exp(-sums)), dtype=np.float32)

    def tones(self, features: Sequence[str]) -> Floats:
        """Return the log-odds of each class, in the order of ``CLASSES``, but for a constant."""
        places, values = vector(features)
        return np.asarray(values @ self.tone[places] + self.tone_bias, dtype=np.float32)


def pack(model: ThemeModel) -> bytes:
    """Write a model; the same model, the same bytes."""
    file = BytesIO()
    np.savez_compressed(
        file,
        presence=model.presence.astype(np.float16),
        presence_bias=model.presence_bias,
        tone=model.tone.astype(np.float16),
        tone_bias=model.tone_bias,
        least=np.float64(model.least),
        whole=np.float64(model.whole),
    )
    return file.getvalue()


@cache
def shipped() -> ThemeModel:
    """Read the model that comes with the package."""
    packed = resources.files(__package__).joinpath("data", FILE).read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        return ThemeModel(
            presence=arrays["presence"].astype(np.float32),
            presence_bias=arrays["presence_bias"],
            tone=arrays["tone"].astype(np.float32),
            tone_bias=arrays["tone_bias"],
            least=float(arrays["least"]),
            whole=float(arrays["whole"]),
        )
