"""From a notice's lines and the rule that knows it to what it tells: hits, reviews, or itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.model import Kind
from monitor.notices.alerts import read_alert
from monitor.notices.lines import Line, Link
from monitor.notices.patterns import Folded
from monitor.notices.reviews import read_reviews
from monitor.notices.rules import Rule
from monitor.notices.told import MOST_OF_TEXT, Told, first_link, is_foot

MOST_TOLD = 200
"""Mentions of one notice; a day's alert has some twenty."""
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def read_notice(rule: Rule, subject: str, lines: Sequence[Line]) -> tuple[Told, ...]:
    """Return what a notice tells by its rule; nothing where the rule does not understand it."""
    is_alert = rule.gives == "links"
    told = read_alert(rule, lines) if is_alert else read_reviews(rule, subject, lines)
    return tuple(told[:MOST_TOLD])


def read_itself(subject: str, lines: Sequence[Line]) -> Told:
    """Return a notice that no rule understands as one thing: its text and its first link."""
    kept: list[str] = []
    links: list[Link] = []
    for line in lines:
        if kept and is_foot(Folded(line.text)):
            break
        kept.append(line.text)
        links += line.links
    text = "\n".join(filter(None, kept))[:MOST_OF_TEXT]
    return Told(key="", kind=Kind.PAGE, url=first_link(links), title=subject, text=text)


def without_links(told: Told) -> Told:
    """Return what a notice tells with nothing in it that leads anywhere."""
    title, text = (_ADDRESS.sub("…", words) for words in (told.title, told.text))
    return replace(told, url=None, title=title, text=text)
