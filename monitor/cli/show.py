"""How the command line shows things: results on standard output, the rest on standard error.

Tables and bars are imported where they are drawn: a daemon draws none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import click

from monitor.exchange.shapes import dump
from monitor.lean import show_drawing
from monitor.log import escape_controls


def is_terminal() -> bool:
    """Tell whether results are read by a person on a terminal."""
    return sys.stdout.isatty()


def is_colourful() -> bool:
    """Tell whether standard error may be coloured: a terminal, and no ``NO_COLOR``."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


def result(text: str) -> None:
    """Print lines of result; no control character of a feed reaches the terminal (promise 28)."""
    click.echo(escape_controls(text, keep="\n\t"))


def note(line: str) -> None:
    """Tell a person something beside the result."""
    click.echo(escape_controls(line), err=True)


def json_document(value: object) -> None:
    """Print one JSON document."""
    click.echo(dump(value))


def ndjson(values: Iterable[object]) -> None:
    """Print one JSON object a line."""
    for value in values:
        click.echo(dump(value))


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows: a table on a terminal, tab-separated lines elsewhere.

    One-word cells (ids, dates) are never cut nor broken, so that they can be copied.
    """
    if not is_terminal():
        for row in rows:
            result("\t".join(" ".join(cell.split()) for cell in row))
        return
    show_drawing()
    from rich.console import Console  # noqa: PLC0415 - see the top
    from rich.table import Table  # noqa: PLC0415 - likewise
    from rich.text import Text  # noqa: PLC0415 - likewise

    plain = bool(os.environ.get("NO_COLOR"))
    drawn = Table(box=None, pad_edge=False, header_style="" if plain else "bold")
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    for number, header in enumerate(headers):
        has_words = any(" " in row[number] for row in cells)
        drawn.add_column(header, no_wrap=not has_words, overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(escape_controls(cell)) for cell in row))
    Console(no_color=plain, highlight=False).print(drawn)


class Advance(Protocol):
    """Tells the progress bar of one more thing done."""

    def __call__(self, name: str) -> None:
        """Show ``name`` as done."""
        ...


@contextmanager
def progress(total: int, what: str) -> Iterator[Advance]:
    """Show a progress bar on a terminal, nothing elsewhere."""
    if not is_colourful():
        yield lambda name: None  # noqa: ARG005 - the protocol's argument
        return
    show_drawing()
    from rich.console import Console  # noqa: PLC0415 - see the top
    from rich.progress import (  # noqa: PLC0415 - likewise
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def advance(name: str) -> None:
            bar.update(task, advance=1, description=escape_controls(name))

        yield advance
