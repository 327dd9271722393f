"""The file of communes: one line a column, one cell a commune, packed.

A column beside itself packs three times as small as rows do, and is read in a few calls.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_CELL, _COLUMN = "|", "\n"
_WINDOW = 2**22  # bytes; all of the file. The preset's own would cost a reader 64 MB
_FILTERS = ({"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": _WINDOW},)
NOWHERE = ""


class Row(NamedTuple):
    """One commune as the file has it; ``postcodes`` after commas, places in thousandths."""

    code: str
    name: str
    postcodes: str
    population: int
    latitude: int | None
    longitude: int | None
    part_of: str
    is_ambiguous: bool


class Columns(NamedTuple):
    """The file's columns, cells in the same order; all as they are written."""

    codes: list[str]
    names: list[str]
    postcodes: list[str]
    populations: list[str]
    latitudes: list[str]
    longitudes: list[str]
    wholes: list[str]
    ambiguous: list[str]


def pack(rows: Sequence[Row]) -> bytes:
    """Write rows; the same rows give the same bytes."""
    columns = (_CELL.join(map(_cell, column)) for column in zip(*rows, strict=True))
    return lzma.compress(_COLUMN.join(columns).encode(), lzma.FORMAT_XZ, filters=_FILTERS)


def unpack(packed: bytes) -> Columns:
    """Read what ``pack`` wrote.

    >>> row = Row("59606", "Valenciennes", "59300", 42_845, 50_358, 3_523, "", True)
    >>> unpack(pack([row])).names
    ['Valenciennes']
    """
    return Columns(*(line.split(_CELL) for line in _lines(packed)))


def _lines(packed: bytes) -> Iterable[str]:
    return lzma.decompress(packed).decode().split(_COLUMN)


def _cell(value: object) -> str:
    if value is None:
        return NOWHERE
    return str(int(value)) if isinstance(value, bool) else str(value)
