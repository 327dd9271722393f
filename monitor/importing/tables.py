"""Tables with a header (CSV), row by row, however their program wrote them.

UTF-8 with or without its mark, cp1252, UTF-16; separated by commas, semicolons, tabs or bars. A
quote that is never closed costs its own row, not all that follow.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.importing.base import Bytes
from monitor.importing.elements import text_lines
from monitor.text import fold

MAX_CELL = 1_000_000
"""Characters of one cell."""
_MAX_LINES = 2_000
"""Lines one row may be written over."""
_SEPARATORS = ";,\t|"
_MAX_PREAMBLE = 20
"""Lines before the header: a note, "sep=;"."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column; ``line`` is where it begins, from 1; ``fault`` why it cannot be read."""

    line: int
    cells: Mapping[str, str]
    fault: str | None = None
    values: Mapping[str, object] | None = None


def column_key(name: str) -> str:
    """Return what two spellings of a column's name have in common.

    >>> column_key("Review Created (UTC)"), column_key("Date de l’avis ")
    ('review created utc', 'date de l avis')
    """
    return " ".join(re.findall(r"[^\W_]+", fold(name)))


def header_in(text: str) -> tuple[str, ...]:
    """Return the columns that the beginning of a file names; empty: it is no table."""
    lines = text.splitlines()
    for line in lines[:_MAX_PREAMBLE]:
        cells = _split(line, _separator_of(line))
        if len(cells) > 1 and all(cell.strip() for cell in cells[:2]):
            return tuple(cells)
    only = lines[0].strip("\ufeff \"'") if lines else ""
    return (only,) if only and len(only) < 60 and not re.search(r"[{}\[\]<>]", only) else ()  # noqa: PLR2004 - a column's name


def rows(stream: Bytes) -> Iterator[Row]:
    """Yield the rows below the header."""
    source = _Lines(stream)
    header, separator = _header(source)
    if not header:
        return
    csv.field_size_limit(MAX_CELL)
    while (line := source.next_row()) is not None:
        yield from _row(source, line, header, separator)


class _Lines:
    """Lines with their numbers; some may be put back."""

    def __init__(self, stream: Bytes) -> None:
        self._lines = text_lines(stream)
        self._back: deque[tuple[int, str]] = deque()
        self._number = 0

    def next(self) -> tuple[int, str] | None:
        """Return the next line and its number; ``None`` at the end."""
        if self._back:
            return self._back.popleft()
        line = next(self._lines, None)
        if line is None:
            return None
        self._number += 1
        return self._number, line.lstrip("\ufeff") if self._number == 1 else line

    def next_row(self) -> tuple[int, str] | None:
        """Return the next line that is not empty."""
        while (line := self.next()) is not None:
            if line[1].strip(" \t\r\n\x00;,"):
                return line
        return None

    def put_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Have these lines read again."""
        self._back.extendleft(reversed(lines))


def _header(source: _Lines) -> tuple[tuple[str, ...], str]:
    told: str | None = None
    for _ in range(_MAX_PREAMBLE):
        line = source.next_row()
        if line is None:
            break
        if found := re.fullmatch(r"sep=(.)\s*", line[1]):
            told = found[1]
            continue
        separator = told or _separator_of(line[1])
        cells = _split(line[1], separator)
        following = source.next_row()
        if following is not None:
            source.put_back([following])
        is_note = (
            len(cells) == 1
            and following is not None
            and len(_split(following[1], _separator_of(following[1]))) > 1
        )
        if not is_note:
            return tuple(cells), separator
    return (), ","


def _row(
    source: _Lines, first: tuple[int, str], header: Sequence[str], separator: str
) -> Iterator[Row]:
    """Read the row that begins here: over several lines, where a cell holds some."""
    lines = [first]
    cells = _cells(source, lines, separator, strict=True)
    if cells is None or (len(cells) != len(header) and len(lines) > 1):
        source.put_back(lines[1:])
        yield Row(first[0], {}, "open_quote")
    elif len(cells) > len(header) and any(cells[len(header) :]):
        yield Row(first[0], {}, "columns", {"n": len(cells), "expected": len(header)})
    else:
        yield Row(first[0], dict(zip(header, cells, strict=False)))


def _cells(
    source: _Lines, lines: list[tuple[int, str]], separator: str, *, strict: bool
) -> list[str] | None:
    """Return the cells of the row that ``lines`` begin, which are added to as need be.

    ``None``: a quote is opened and not closed.
    """

    def pulled() -> Iterator[str]:
        yield from [_one_ending(text) for _, text in lines]
        size = 0
        while len(lines) < _MAX_LINES and size < MAX_CELL and (more := source.next()) is not None:
            lines.append(more)
            size += len(more[1])
            yield _one_ending(more[1])

    try:
        return next(csv.reader(pulled(), delimiter=separator, strict=strict), [])
    except csv.Error as error:
        if not strict or "unexpected end" in str(error):
            return None
        return _cells(source, lines, separator, strict=False)


def _one_ending(line: str) -> str:
    return line.replace("\r\n", "\n").replace("\r", "\n") if "\r" in line else line


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return []


def _separator_of(line: str) -> str:
    bare = re.sub(r'"(?:[^"]|"")*"', "", line)
    return max(_SEPARATORS, key=lambda sign: (bare.count(sign), -_SEPARATORS.index(sign)))
