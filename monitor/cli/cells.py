"""Cells of CSV files that people open in spreadsheets, or look at on a terminal."""

from __future__ import annotations

from monitor.cli import show
from monitor.exchange.shapes import dump
from monitor.log import escape_controls


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula, and no terminal for a command."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else dump(value).strip('"')
    if show.is_terminal():
        text = escape_controls(text, keep="\n\t")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
