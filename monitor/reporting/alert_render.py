"""Lays out an alert as the three parts of a mail; templates only place what the letter says."""

from __future__ import annotations

from monitor.reporting.alert_letter import AlertLetter
from monitor.reporting.cleaning import one_line
from monitor.reporting.ink import INK
from monitor.reporting.phrases import Phrases
from monitor.reporting.render import BLANK_LINES, Rendered, templates


def render_alert(letter: AlertLetter) -> Rendered:
    """Lay out an alert in its language."""
    return Rendered(
        subject=one_line(_fill("subject.txt", letter)),
        preheader=letter.headline,
        text=BLANK_LINES.sub("\n\n", _fill("body.txt", letter)),
        html=_fill("body.html", letter),
    )


def _fill(template: str, letter: AlertLetter) -> str:
    found = templates().get_template(f"alert/{template}")
    phrases = Phrases(letter.language, letter.timezone)
    filled = found.render(letter=letter, words=phrases.words, number=phrases.number, ink=INK)
    return filled.strip() + "\n"
