"""The table of communes, read when first asked for; communes are made one by one.

35,000 objects would cost ten times the memory of the few that a shop's mentions ever name.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from importlib import resources

from monitor.places.commune import Commune
from monitor.places.packing import NOWHERE, Columns, unpack
from monitor.text import fold

FILE = "communes.xz"
_NOWHERE = -(2**31)
_OVERSEAS = ("97", "98")
_CODE = 5
_APART = str.maketrans("-'/", "   ")
_ARRONDISSEMENT = " arrondissement"


class Table:
    """All communes by number of row, name, postcode and latitude."""

    def __init__(self, columns: Columns) -> None:
        """Take the columns of the file."""
        self._codes = "".join(columns.codes)
        self._names = columns.names
        self._postcodes = _interned(columns.postcodes)
        self._populations = array("i", map(int, columns.populations))
        self._latitudes = array("i", map(_thousandths, columns.latitudes))
        self._longitudes = array("i", map(_thousandths, columns.longitudes))
        self._wholes = _interned(columns.wholes)
        self._ambiguous = bytes(map(int, columns.ambiguous))
        self._by_key = _by_key(columns.names)
        self.words_after = _words_after(self._by_key)
        self.rows_named = lru_cache(maxsize=4096)(self._rows_named)

    def _rows_named(self, key: str) -> tuple[Commune, ...]:
        """Return the communes of a key (see ``name_key``), the largest first."""
        rows = self._by_key.get(key, ())
        return _largest_first(map(self._commune, (rows,) if isinstance(rows, int) else rows))

    def knows(self, key: str) -> bool:
        """Tell whether a commune has this key."""
        return key in self._by_key

    def keys(self) -> Iterator[str]:
        """Yield the keys of all names."""
        return iter(self._by_key)

    def at(self, postcode: str) -> tuple[Commune, ...]:
        """Return the communes of a postcode, the largest first."""
        return _largest_first(map(self._commune, self._by_postcode.get(postcode, ())))

    def between(self, south: float, north: float, west: float, east: float) -> Iterator[Commune]:
        """Yield the communes between two parallels and two meridians, in degrees."""
        rows = self._northwards
        first = bisect_left(rows, south * 1000, key=self._latitudes.__getitem__)
        last = bisect_right(rows, north * 1000, key=self._latitudes.__getitem__)
        for row in rows[first:last]:
            if west * 1000 <= self._longitudes[row] <= east * 1000:
                yield self._commune(row)

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Commune]:
        return map(self._commune, range(len(self)))

    @cached_property
    def _by_postcode(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, postcodes in enumerate(self._postcodes):
            for postcode in postcodes.split(","):
                rows.setdefault(postcode, []).append(row)
        rows.pop("", None)
        return rows

    @cached_property
    def _northwards(self) -> array[int]:
        return array("i", sorted(range(len(self)), key=self._latitudes.__getitem__))

    def _commune(self, row: int) -> Commune:
        code = self._codes[row * _CODE : (row + 1) * _CODE]
        postcodes = self._postcodes[row]
        return Commune(
            code=code,
            name=self._names[row],
            departement=code[: 3 if code.startswith(_OVERSEAS) else 2],
            postcodes=tuple(postcodes.split(",")) if postcodes else (),
            population=self._populations[row],
            latitude=_degrees(self._latitudes[row]),
            longitude=_degrees(self._longitudes[row]),
            part_of=self._wholes[row],
            is_ambiguous=bool(self._ambiguous[row]),
        )


@cache
def table() -> Table:
    """Read the table that comes with the package."""
    file = resources.files("monitor.places").joinpath("data", FILE)
    return Table(unpack(file.read_bytes()))


def _by_key(names: list[str]) -> dict[str, int | tuple[int, ...]]:
    """Index names by key, all folded in one call: one by one they cost half a second."""
    found: dict[str, int | tuple[int, ...]] = {}
    for row, name in enumerate(
        fold("|".join(names)).replace(" - ", " ").translate(_APART).split("|")
    ):
        for key in _keys(name):
            before = found.get(key, ())
            rows = (before,) if isinstance(before, int) else before
            found[key] = (*rows, row) if rows else row
    return found


def _keys(key: str) -> tuple[str, ...]:
    """Return a name and its short forms: "paris 10e arrondissement", "paris 10e", "paris 10eme"."""
    if key.endswith(")"):  # "bors (canton de charente sud)": only INSEE writes the brackets
        bare, within = key[:-1].split(" (", maxsplit=1)
        return bare, f"{bare} {within}"
    if not key.endswith(_ARRONDISSEMENT):
        return (key,)
    short = key.removesuffix(_ARRONDISSEMENT)
    return (key, short, short + "me") if short.endswith("e") else (key, short)


def _words_after(keys: Iterable[str]) -> dict[str, int]:
    """Return how many words follow at most a first word; a word that stands alone is not there."""
    most: dict[str, int] = {}
    for key in keys:
        first, *_ = key.split(" ", 1)
        if first != key:
            most[first] = max(most.get(first, 0), key.count(" "))
    return most


def _largest_first(communes: Iterable[Commune]) -> tuple[Commune, ...]:
    return tuple(sorted(communes, key=lambda c: (-c.population, c.code)))


def _interned(cells: list[str]) -> list[str]:
    same: dict[str, str] = {}
    return [same.setdefault(cell, cell) for cell in cells]


def _thousandths(cell: str) -> int:
    return _NOWHERE if cell == NOWHERE else int(cell)


def _degrees(thousandths: int) -> float | None:
    return None if thousandths == _NOWHERE else thousandths / 1000
