"""Lays out a digest as the three parts of a mail; templates only place what ``digest.py`` says."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.model import Sentiment
from monitor.reporting.cleaning import one_line
from monitor.reporting.digest import Digest
from monitor.reporting.ink import INK
from monitor.reporting.phrases import Phrases

_COLUMNS = 72
_FIGURES_A_ROW = 4
_BLANK_LINES = re.compile(r"\n{3,}")
MAX_HTML_BYTES = 80_000
"""Mail programs clip at about 100 kB; addresses of search results can be very long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A digest ready to be composed into a mail."""

    subject: str
    preheader: str
    text: str
    html: str


def render(digest: Digest) -> Rendered:
    """Lay out a digest in its language."""
    html = _fill("body.html", digest)
    while len(html.encode()) > MAX_HTML_BYTES and digest.lines:
        digest = _with_fewer_lines(digest)
        html = _fill("body.html", digest)
    return Rendered(
        subject=one_line(_fill("subject.txt", digest)),
        preheader=digest.headline,
        text=_BLANK_LINES.sub("\n\n", _fill("body.txt", digest)),
        html=html,
    )


def _with_fewer_lines(digest: Digest) -> Digest:
    """Count the last lines with the rest, as when there were more mentions than lines."""
    kept = len(digest.lines) - max(1, len(digest.lines) // 10)
    dropped = sum(item.mentions for item in digest.lines[kept:])
    return replace(digest, lines=digest.lines[:kept], rest=digest.rest + dropped)


def _fill(template: str, digest: Digest) -> str:
    found = _templates().get_template(f"digest/{template}")
    phrases = Phrases(digest.language, digest.timezone)
    filled = found.render(
        digest=digest,
        words=phrases.words,
        counted=phrases.counted,
        number=phrases.number,
        ink=INK,
        per_row=_FIGURES_A_ROW,
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
    templates.filters.update(wrapped=_wrapped, tone=_tone)
    return templates


def _tone(tone: Sentiment | None) -> str:
    return tone or "unsure"


def _wrapped(text: str, indent: str = "", hang: str = "") -> str:
    """Wrap a line for the text part; addresses and no-break spaces stay whole."""
    return textwrap.fill(
        text,
        _COLUMNS,
        initial_indent=indent,
        subsequent_indent=hang or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
