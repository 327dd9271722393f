"""``version``: a module of its own, so that it answers at once."""

from __future__ import annotations

import platform
import sqlite3

import click

from monitor import __version__
from monitor.cli import show


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def version(*, as_json: bool) -> None:
    """Say which version this is."""
    facts = {
        "ecoute": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    if as_json:
        show.json_document(facts)
    else:
        show.result(", ".join(f"{name} {number}" for name, number in facts.items()))
