"""An answer's JSON, read field by field: what must be there and is not is ``Malformed(api)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json
from monitor.sources.entry_parts import id_of


def record_of(value: Json, where: str) -> Mapping[str, Json]:
    """Return a JSON object. Raises Malformed naming ``where`` it should have been."""
    if isinstance(value, Mapping):
        return value
    raise Malformed(Code.API, f"{where} is not an object")


def rows_of(value: Json, where: str) -> Sequence[Json]:
    """Return a JSON array. Raises Malformed naming ``where`` it should have been."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise Malformed(Code.API, f"{where} is not a list")


def text_at(record: Mapping[str, Json], name: str) -> str:
    """Return a field that must hold text. Raises Malformed naming it."""
    value = record.get(name)
    if isinstance(value, str) and value:
        return value
    raise Malformed(Code.API, f"{name} is missing")


def identifier_at(record: Mapping[str, Json], name: str) -> str:
    """Return an identifier, as text where it is a number. Raises Malformed naming the field."""
    if (told := id_of(record.get(name))) is not None:
        return told
    raise Malformed(Code.API, f"{name} is missing")


def part_at(record: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """Return an object within an object, empty when it is absent or another thing."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def list_at(record: Mapping[str, Json], name: str) -> Sequence[Json]:
    """Return a list within an object, empty when it is absent or another thing."""
    value = record.get(name)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def read_each(
    rows: Iterable[Json], read: Callable[[Mapping[str, Json]], Entry | None], where: str
) -> tuple[tuple[Entry, ...], str | None]:
    """Read what can be read of a list, and say what could not; ``None`` from ``read`` is left out.

    Raises the first Malformed when there are rows and none of them can be read.
    """
    entries: list[Entry] = []
    faults: list[Malformed] = []
    total = 0
    for index, row in enumerate(rows):
        total += 1
        try:
            entry = read(record_of(row, "it"))
        except Malformed as fault:
            faults.append(Malformed(fault.code, f"{where}[{index}]: {fault.detail}"))
            continue
        if entry is not None:
            entries.append(entry)
    if faults and len(faults) == total:
        raise faults[0]
    problem = f"{len(faults)} of {total} unreadable, first {faults[0].detail}" if faults else None
    return tuple(entries), problem
