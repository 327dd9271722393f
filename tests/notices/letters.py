"""Notices made for tests, as mails."""

from __future__ import annotations

from email.message import EmailMessage

from monitor.letters import read_letter
from monitor.notices.lines import Line, lines_of
from monitor.notices.rules import Rule


def lines(html: str = "", plain: str = "") -> tuple[Line, ...]:
    """Return a notice's lines."""
    message = EmailMessage()
    message.set_content(plain or html, subtype="plain" if plain else "html")
    return lines_of(read_letter(message.as_bytes()))


def rule(**fields: object) -> Rule:
    """Return a rule of one sender."""
    return Rule.model_validate({"name": "essai", "from": "avis.example.fr", **fields})
