"""Lays out the report of a month as one HTML file; the templates only place what it says."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from monitor.reporting.monthly.drawing import TONES, draw_bar, draw_columns, draw_swatch
from monitor.reporting.monthly.phrasing import told
from monitor.reporting.monthly.report import MonthlyReport
from monitor.reporting.phrases import Phrases

_PLAIN = re.compile(r"[A-Za-z0-9]")


def render_report(report: MonthlyReport) -> str:
    """Lay out a report in its language; the file asks nothing of any network."""
    phrases = Phrases(report.language, report.timezone)
    filled = (
        _templates()
        .get_template("report/page.html")
        .render(
            report=report,
            phrases=phrases,
            words=phrases.words,
            told=told,
            number=phrases.number,
            tones=TONES,
        )
    )
    return filled.strip() + "\n"


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("monitor.reporting", "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(bar=draw_bar, swatch=draw_swatch, css_string=css_string)
    templates.globals.update(columns=draw_columns)
    return templates


def css_string(text: str) -> Markup:
    r"""Write a text as the inside of a CSS string: every sign but plain ones by its number.

    >>> str(css_string('"</style>'))
    '\\22 \\3c \\2f style\\3e '
    """
    numbered = (c if _PLAIN.match(c) else f"\\{ord(c):x} " for c in text)
    return Markup("".join(numbered))  # noqa: S704 - letters, digits and escapes of ours
