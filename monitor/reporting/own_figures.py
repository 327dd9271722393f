"""What platforms count of the owner's own accounts, in words: ``note moyenne 4,3, avis 128``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model import DatedFigure
from monitor.wording import Wording


def newest_figures(figures: Iterable[DatedFigure]) -> dict[str, dict[str, float]]:
    """Return the newest figures by source and name, of some in the order of their days."""
    found: dict[str, dict[str, float]] = {}
    for figure in figures:
        found.setdefault(figure.source, {})[figure.name] = figure.value
    return found


def figure_name(words: Wording, name: str) -> str:
    """Return what a figure is called; one that nobody named is called as its platform does."""
    key = f"figures.{name}"
    return words(key) if words.has(key) else name.replace("_", " ")


def figures_line(words: Wording, numbers: Mapping[str, float]) -> str:
    """Return a source's figures in one line."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - slow to load, seldom needed

    return ", ".join(
        f"{figure_name(words, name)} {format_decimal(value, locale=words.language)}"
        for name, value in numbers.items()
    )
