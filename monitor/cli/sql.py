"""``sql``: a person's own question to the database, which can change nothing."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence

import click

from monitor.cli import show
from monitor.cli.cells import safe_cell
from monitor.cli.door import Door, pass_door


@click.command()
@click.argument("statement")
@click.option("--json", "shape", flag_value="json", help="One JSON document.")
@click.option("--ndjson", "shape", flag_value="ndjson", help="One JSON object a line.")
@click.option("--csv", "shape", flag_value="csv", help="A table for a spreadsheet.")
@pass_door
def sql(door: Door, statement: str, *, shape: str | None) -> None:
    """Ask the database in SQL, reading only.

    docs/database.md tells its tables. Two seconds at most. For instance:
    "SELECT title, url FROM mentions ORDER BY found_at DESC LIMIT 5".
    """
    columns, rows = door.app.store.ask(statement)
    if shape is None:
        show.table(
            columns, [["" if cell is None else str(_plain(cell)) for cell in r] for r in rows]
        )
    elif shape == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([safe_cell(column) for column in columns])
        writer.writerows([safe_cell(_plain(cell)) for cell in row] for row in rows)
    else:
        records = [_record(columns, row) for row in rows]
        show.json_document(records) if shape == "json" else show.ndjson(records)


def _record(columns: Sequence[str], row: Sequence[object]) -> dict[str, object]:
    return {name: _plain(cell) for name, cell in zip(columns, row, strict=True)}


def _plain(cell: object) -> object:
    return cell.hex() if isinstance(cell, bytes) else cell
