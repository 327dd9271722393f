"""What is chosen on texts that were not tuned on: the epoch, the default's share, how sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from monitor.sentiment.base import Passage
from monitor.sentiment.model import CLASSES, Floats, Ints, Model
from monitor.sentiment.neural.scorer import linear_logs, mixed, softmax

_SHARES: Final = np.arange(0, 0.55, 0.05)
_TEMPERATURES: Final = np.arange(0.4, 2.01, 0.05)


class Trial:
    """Texts, what they should be called, and what the default scorer says of them."""

    def __init__(
        self, passages: Sequence[Passage], wanted: Ints, parts: Sequence[slice], linear: Model
    ) -> None:
        """Take the texts, in parts of which each has its own figure."""
        self.passages, self._wanted = passages, wanted
        self._parts = parts
        self._logs = linear_logs(linear, passages)

    def choose(self, sums: Floats) -> tuple[float, float]:
        """Return the share of the default scorer and the temperature for a transformer's sums."""
        return choose(sums, self._logs, self._wanted)

    def rightness(self, sums: Floats) -> float:
        """Return the macro-F1 over all texts, the default scorer's share chosen."""
        share, _ = self.choose(sums)
        return macro_f1(mixed(sums, self._logs, share), self._wanted)

    def tell(self, sums: Floats) -> str:
        """Return the macro-F1 of each part: alone, with the default scorer, of that one alone."""
        share, _ = self.choose(sums)
        both = mixed(sums, self._logs, share)
        return (
            f"macro-F1 {self._each(sums)} alone, {self._each(both)} with {share:.2f} of the"
            f" default's, which alone has {self._each(self._logs)}"
        )

    def _each(self, sums: Floats) -> str:
        wanted = self._wanted
        return " ".join(f"{macro_f1(sums[part], wanted[part]):.4f}" for part in self._parts)


def choose(sums: Floats, linear: Floats, wanted: Ints) -> tuple[float, float]:
    """Return the share and the temperature under which the right classes are likeliest."""
    choices = [(float(share), float(t)) for share in _SHARES for t in _TEMPERATURES]

    def loss(choice: tuple[float, float]) -> float:
        chances = softmax(mixed(sums, linear, choice[0]) / np.float32(choice[1]))
        return float(-np.log(chances[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min(choices, key=loss)


def macro_f1(sums: Floats, wanted: Ints) -> float:
    """Return the mean of the three classes' F1."""
    said = sums.argmax(axis=1)
    scores = [
        2 * ((said == c) & (wanted == c)).sum() / max(1, (said == c).sum() + (wanted == c).sum())
        for c in range(len(CLASSES))
    ]
    return float(np.mean(scores))
