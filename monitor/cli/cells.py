"""Cells of CSV files that people open in spreadsheets."""

from __future__ import annotations

from monitor.exchange.shapes import dump


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else dump(value).strip('"')
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
