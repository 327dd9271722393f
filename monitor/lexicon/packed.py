"""A large list of words with a value of one byte each, small on the disk and in memory.

The words stand in order of their length, then of the alphabet, with nothing between them: those of
one length are found by halving, and no object a word is ever made (a dict of 100,000 words takes
13 MB). Format of a file, under xz: a line of counts, one a length from 1; the words; the values.
"""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby

MAX_LETTERS = 24
"""Words that are longer are not kept."""

# The window is held in memory by who reads: that of the preset alone is 64 MB.
_FILTERS = [
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 20},
]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The words of one length, and their values."""

    words: bytes
    values: bytes


@dataclass(frozen=True, slots=True)
class PackedTable:
    """Words of plain letters a to z, each with a value of 0..255."""

    shelves: tuple[_Shelf, ...]

    def __len__(self) -> int:
        return sum(len(shelf.values) for shelf in self.shelves)

    def get(self, word: str) -> int | None:
        """Return the value of a folded word, ``None`` when it is not in the list."""
        length = len(word)
        if not 0 < length <= len(self.shelves) or not word.isascii():
            return None
        shelf, wanted = self.shelves[length - 1], word.encode()
        low, high = 0, len(shelf.values)
        while low < high:
            middle = (low + high) // 2
            found = shelf.words[middle * length : (middle + 1) * length]
            if found == wanted:
                return shelf.values[middle]
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None


def pack(values: Mapping[str, int]) -> bytes:
    """Make a file of words of a to z, at most ``MAX_LETTERS`` long; the same words, the same bytes.

    >>> read(pack({"rose": 90, "lis": 7})).get("lis")
    7
    """
    words = sorted(values, key=lambda word: (len(word), word))
    counts = {length: len(list(some)) for length, some in groupby(words, key=len)}
    head = " ".join(str(counts.get(length, 0)) for length in range(1, MAX_LETTERS + 1))
    body = "".join(words).encode("ascii") + bytes(values[word] for word in words)
    return lzma.compress(head.encode() + b"\n" + body, filters=_FILTERS)


def read(packed: bytes) -> PackedTable:
    """Read what ``pack`` made."""
    head, _, body = lzma.decompress(packed).partition(b"\n")
    counts = [int(count) for count in head.split()]
    values_at = sum(length * count for length, count in enumerate(counts, 1))
    word_at = 0
    shelves = []
    for length, count in enumerate(counts, 1):
        words = body[word_at : word_at + length * count]
        shelves.append(_Shelf(words, body[values_at : values_at + count]))
        word_at += length * count
        values_at += count
    return PackedTable(tuple(shelves))


@cache
def table(name: str) -> PackedTable:
    """Return a list that ships with us, read once."""
    return read(resources.files(__package__).joinpath("data", f"{name}.xz").read_bytes())
