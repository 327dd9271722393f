"""Lays out a digest as the three parts of a mail; templates only place what ``digest.py`` says."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.model import Sentiment
from monitor.reporting.cleaning import one_line
from monitor.reporting.digest import Digest
from monitor.reporting.ink import INK
from monitor.reporting.phrases import Phrases

_COLUMNS = 72
_SHORT_RUN = 2
_FIGURES_A_ROW = 4
_FEWER_TAPS = ((4, 3, 1), (2, 1, 1), (2, 1, 0), (2, 0, 0), (1, 0, 0), (0, 0, 0))
"""Ready answers of a mail that would be too long: of what needs you, of others, of lines."""
BLANK_LINES = re.compile(r"\n{3,}")
MAX_HTML_BYTES = 80_000
"""Mail programs clip at about 100 kB; addresses of search results can be very long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A digest ready to be composed into a mail; ``codes`` as in ``Digest``, of those shown."""

    subject: str
    preheader: str
    text: str
    html: str
    codes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def render(digest: Digest) -> Rendered:
    """Lay out a digest in its language."""
    html = _fill("body.html", digest)
    if len(html.encode()) > MAX_HTML_BYTES:
        digest = _without_drafts(digest)
        html = _fill("body.html", digest)
    for most in _FEWER_TAPS if digest.how_to_answer else ():
        if len(html.encode()) > MAX_HTML_BYTES:
            digest = _with_fewer_taps(digest, *most)
            html = _fill("body.html", digest)
    while len(html.encode()) > MAX_HTML_BYTES and digest.lines:
        digest = _with_fewer_lines(digest)
        html = _fill("body.html", digest)
    return Rendered(
        subject=one_line(_fill("subject.txt", digest)),
        preheader=digest.headline,
        text=BLANK_LINES.sub("\n\n", _fill("body.txt", digest)),
        html=html,
        codes=digest.codes,
    )


def _without_drafts(digest: Digest) -> Digest:
    """Leave the possible replies to `ecoute draft`."""
    sections = (
        replace(part, items=tuple(replace(item, draft=None) for item in part.items))
        for part in digest.sections
    )
    return replace(digest, sections=tuple(sections))


def _with_fewer_taps(digest: Digest, urgent: int, other: int, in_line: int) -> Digest:
    """Keep the likeliest ready answers where there is something to do; the codes do elsewhere."""
    lines = tuple(replace(item, taps=item.taps[:in_line]) for item in digest.lines)
    sections = []
    for part in digest.sections:
        kept = urgent if part.key == "needs_you" else other
        items = tuple(replace(item, taps=item.taps[:kept]) for item in part.items)
        sections.append(replace(part, items=items))
    return replace(digest, sections=tuple(sections), lines=lines)


def _with_fewer_lines(digest: Digest) -> Digest:
    """Count the last lines with the rest, as when there were more mentions than lines."""
    kept = len(digest.lines) - max(1, len(digest.lines) // 10)
    dropped = sum(item.mentions for item in digest.lines[kept:])
    gone = {item.code for item in digest.lines[kept:]}
    return replace(
        digest,
        lines=digest.lines[:kept],
        rest=digest.rest + dropped,
        summary=tuple(replace(one, codes=_without(gone, one.codes)) for one in digest.summary),
        themes=tuple(replace(one, codes=_without(gone, one.codes)) for one in digest.themes),
    )


def _without(gone: Collection[int], codes: Iterable[int]) -> tuple[int, ...]:
    return tuple(code for code in codes if code not in gone)


def _fill(template: str, digest: Digest) -> str:
    found = templates().get_template(f"digest/{template}")
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
def templates() -> Environment:
    """Return the templates of the mails, with their filters."""
    found = Environment(
        loader=PackageLoader("monitor.reporting", "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(wrapped=_wrapped, tone=_tone, ranges=code_ranges)
    return found


def code_ranges(codes: Iterable[int]) -> str:
    """Write codes, those in a row as one.

    >>> code_ranges([3, 1, 2, 7, 9, 8, 12, 11])
    '1–3, 7–9, 11, 12'
    """
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(
        f"{run[0]}–{run[-1]}" if len(run) > _SHORT_RUN else ", ".join(map(str, run)) for run in runs
    )


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
