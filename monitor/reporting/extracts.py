"""A mention's title, and the one or two lines of it that name the business."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.matching.terms import spans
from monitor.model import Mention
from monitor.reporting.cleaning import one_line, shorten

TITLE_SIGNS = 110
FIRST_WORDS_SIGNS = 80
EXTRACT_SIGNS = 240
_LEAD_IN = 80
"""How much of an extract may stand before the name."""
_FIRST_SENTENCE = re.compile(rf".{{25,{FIRST_WORDS_SIGNS - 1}}}?[.!?…](?= [^a-zà-ÿ])")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of an extract; ``bold`` where the business is named."""

    text: str
    bold: bool


def extract(text: str, terms: Sequence[str]) -> tuple[Fragment, ...]:
    """Return the one or two lines around the first naming of the business, the name in bold."""
    found = spans(text, terms)
    start = _word_start(text, found[0][0] - _LEAD_IN) if found else 0
    if len(text) <= EXTRACT_SIGNS:
        start = 0
    window = text[start:]
    lead = "… " if start else ""
    shown = lead + shorten(window, EXTRACT_SIGNS - len(lead))
    return _fragments(shown, terms)


def _fragments(text: str, terms: Sequence[str]) -> tuple[Fragment, ...]:
    fragments, at = [], 0
    for start, end in spans(text, terms):
        fragments += [Fragment(text[at:start], bold=False), Fragment(text[start:end], bold=True)]
        at = end
    fragments.append(Fragment(text[at:], bold=False))
    return tuple(fragment for fragment in fragments if fragment.text)


def _word_start(text: str, at: int) -> int:
    return 0 if at <= 0 else text.find(" ", at) + 1


def title_and_rest(mention: Mention) -> tuple[str, str]:
    """Return a title and the text below it; without a title the first words are one."""
    text = one_line(mention.text)
    title = one_line(mention.title or "")
    if title:
        return shorten(title, TITLE_SIGNS), _after_title(title, text)
    if len(text) <= TITLE_SIGNS:
        return text, ""
    sentence = _FIRST_SENTENCE.match(text)
    if sentence:
        return sentence[0], text[sentence.end() :].lstrip()
    title = shorten(text, FIRST_WORDS_SIGNS)
    return title, "… " + text[len(title) - 1 :].lstrip(" ,;:.-–—\u00a0\u202f")


def _after_title(title: str, text: str) -> str:
    """Leave out a title that the text repeats, unless the text's first sentence goes on from it."""
    if text == title:
        return ""
    rest = text.removeprefix(title + " ")
    goes_on = rest[:1].islower() and not title.endswith((".", "!", "?", "…"))
    return text if goes_on else rest
