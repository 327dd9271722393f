"""What we ship: how far our tuning moved the top layers of the base, and what reads a class off.

A matrix is kept as its differences from the base, in blocks as the base itself has them (four bits
a number), so that what rounding loses is a small part of something small. Nothing is pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.sentiment.neural.base_file import BLOCK, BLOCK_SIZE, BaseFile, Floats, floats
from monitor.sentiment.neural.encoder import Layer, base_layer

FILE: Final = "tuned.npz"
_HALF, _MIDDLE = 7, 8


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """Of ``layers`` layers those from ``first`` on are ours; ``head`` reads three sums off.

    ``base`` is the checksum of the base file that this was tuned on. ``share`` is that of the
    default scorer in the judgement, in log-odds; ``temperature`` divides the sums.
    """

    version: str
    base: int
    layers: int
    first: int
    moved: Mapping[str, NDArray[Any]]
    head: Mapping[str, Floats]
    share: float
    temperature: float

    def encoder_layers(self, base: BaseFile) -> list[Layer]:
        """Return all layers to run: the base's own, then the base's as we moved them."""
        return [self._layer(base, number) for number in range(self.layers)]

    def _layer(self, base: BaseFile, number: int) -> Layer:
        layer = base_layer(base, number)
        if number < self.first:
            return layer
        arrays = {}
        for name, array in layer.arrays.items():
            moved = self.moved[f"l{number}.{name}"]
            arrays[name] = array + floats(moved) if moved.dtype == BLOCK else moved
        return Layer(arrays)


def blocks_of(matrix: Floats) -> NDArray[Any]:
    """Round a matrix to blocks of 32 numbers of four bits with one half float."""
    parts = matrix.reshape(len(matrix), -1, BLOCK_SIZE)
    scales = (np.abs(parts).max(axis=-1) / _HALF).astype(np.float16)
    safe = np.maximum(scales.astype(np.float32), np.float32(1e-8))[..., None]
    steps = np.clip(np.rint(parts / safe), -_HALF, _HALF).astype(np.int8) + _MIDDLE
    half = BLOCK_SIZE // 2
    blocks = np.zeros(parts.shape[:2], BLOCK)
    blocks["scale"] = scales
    blocks["halves"] = steps[..., :half] | (steps[..., half:] << 4).astype(np.uint8)
    return blocks


def pack(tuned: Tuned) -> bytes:
    """Write it as one file; the same values, the same bytes."""
    file = BytesIO()
    arrays: dict[str, Any] = {f"moved.{name}": array for name, array in tuned.moved.items()}
    arrays |= {f"head.{name}": array.astype(np.float32) for name, array in tuned.head.items()}
    np.savez_compressed(
        file,
        version=np.array(tuned.version),
        numbers=np.array([tuned.base, tuned.layers, tuned.first], dtype=np.int64),
        shares=np.array([tuned.share, tuned.temperature], dtype=np.float64),
        **arrays,
    )
    return file.getvalue()


def unpack(packed: bytes) -> Tuned:
    """Read what ``pack`` wrote."""
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        base, layers, first = arrays["numbers"].tolist()
        share, temperature = arrays["shares"].tolist()
        return Tuned(
            version=str(arrays["version"]),
            base=base,
            layers=layers,
            first=first,
            moved=_under("moved.", arrays),
            head=_under("head.", arrays),
            share=share,
            temperature=temperature,
        )


def _under(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}


@cache
def shipped() -> Tuned:
    """Read what comes with the package."""
    return unpack(resources.files(__package__).joinpath("data", FILE).read_bytes())
