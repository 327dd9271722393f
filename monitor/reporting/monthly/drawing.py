"""Pictures as inline SVG: bars that keep their meaning in black and white, at any width.

Lengths are percentages, so that nothing is stretched: strokes and letters keep their size on a
phone. Colours are attributes, which printers and PDF take; ``style.css`` overrides them by class
for dark screens. Nothing of what others wrote enters a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from monitor.reporting.figures import Bar

_FILLS = {
    # From dark to light, so that they are told apart without colours; each light one has an edge.
    "negative": ("#8c1d14", "#8c1d14"),
    "unsure": ("#ffffff", "#8a6400"),
    "neutral": ("#c9ced4", "#6d747c"),
    "positive": ("#4c9a60", "#2f7442"),
    "plain": ("#6d747c", "#6d747c"),
}
"""Fill and edge by tone; ``plain`` is a number without a tone."""
TONES = ("negative", "unsure", "neutral", "positive")
_LINE, _LETTERS = "#c8c4bb", "#5a6068"
_PLOT_HEIGHT = 180
_ROOM = 6
"""Of more names than these, every other gives way on a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A stack of a chart: where it stands (percent of the width), its parts of 0..1, its words."""

    left: float
    width: float
    parts: tuple[tuple[str, float], ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name under a chart; ``left`` and ``width`` in percent."""

    left: float
    width: float
    text: str


def draw_bar(bar: Bar) -> Markup:
    """Draw one line of a chart; its numbers stand beside it in words."""
    boxes, left = [], 0.0
    for part in bar.parts:
        boxes.append(_box(part.tone, left, part.width, y="1", height="12"))
        left += part.width
    return Markup(
        '<svg class="bar" width="100%" height="14" aria-hidden="true" focusable="false">{}</svg>'
    ).format(Markup().join(boxes))


def draw_swatch(tone: str) -> Markup:
    """Draw the little box of a legend."""
    box = _box(tone, 0, 100, y="1", height="12")
    return Markup(
        '<svg class="swatch" width="14" height="14" aria-hidden="true" focusable="false">{}</svg>'
    ).format(box)


def draw_columns(
    columns: Sequence[Column], labels: Sequence[Label], title: str, words: str
) -> Markup:
    """Draw stacks side by side over a time; ``words`` say for who does not see what they show."""
    stacks = Markup().join(_stack(column) for column in columns)
    is_crowded = len(labels) > _ROOM
    names = Markup().join(
        _name(label, gives_way=is_crowded and number % 2 == 0)
        for number, label in enumerate(labels)
    )
    lines = Markup().join(
        Markup('<line class="line" x1="0" x2="100%" y1="{0}%" y2="{0}%" stroke="{1}"/>').format(
            y, _LINE
        )
        for y in (0, 50, 100)
    )
    return Markup(
        '<svg class="plot" width="100%" height="{height}" role="img"'
        ' aria-labelledby="plot-title plot-words">'
        '<title id="plot-title">{title}</title><desc id="plot-words">{words}</desc>'
        '<svg y="4" width="100%" height="{inner}" overflow="visible">{lines}{stacks}</svg>'
        "{names}</svg>"
    ).format(
        height=_PLOT_HEIGHT + 24,
        inner=_PLOT_HEIGHT,
        title=title,
        words=words,
        lines=lines,
        stacks=stacks,
        names=names,
    )


def _stack(column: Column) -> Markup:
    boxes, top = [], 1.0
    for tone, part in column.parts:
        top -= part
        boxes.append(_box(tone, column.left, column.width, y=_percent(top), height=_percent(part)))
    return Markup("<g><title>{}</title>{}</g>").format(column.words, Markup().join(boxes))


def _box(tone: str, left: float, width: float, *, y: str, height: str) -> Markup:
    fill, edge = _FILLS[tone]
    return Markup(
        '<rect class="{}" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}" fill="{}" stroke="{}"/>'
    ).format(tone, left, y, width, height, fill, edge)


def _name(label: Label, *, gives_way: bool) -> Markup:
    return Markup(
        '<text class="{}" x="{:.2f}%" y="{}" font-size="12" font-family="sans-serif"'
        ' text-anchor="middle" fill="{}">{}</text>'
    ).format(
        "name other" if gives_way else "name",
        label.left + label.width / 2,
        _PLOT_HEIGHT + 20,
        _LETTERS,
        escape(label.text),
    )


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"
