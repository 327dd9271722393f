"""Which languages are read, and what is said of a text in any other: no guess, and why."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from monitor.model import Score

UNREAD: Final = Score(sentiment=None, polarity=None, confidence=None, scorer="other_language")
"""The score of a text in a language that nobody here reads."""

_FRENCH: Final = frozenset({"fr", "fra", "fre", "gcf", "gcr", "ht"})
"""With the creoles, whose short texts can hardly be told from French that is spelt as heard."""


@runtime_checkable
class Polyglot(Protocol):
    """A scorer that reads other languages than French too."""

    def reads(self, code: str) -> bool:
        """Say whether it reads a language, by its ISO 639 code."""
        ...


def is_french(tag: str) -> bool:
    """Say whether a language (``fr``, ``fr-CA``, ``gcf``) is read as French.

    >>> is_french("fr_CA"), is_french("en")
    (True, False)
    """
    return code_of(tag) in _FRENCH


def code_of(tag: str) -> str:
    """Reduce a language tag to its ISO 639 code.

    >>> code_of("nl-BE")
    'nl'
    """
    return tag.replace("_", "-").lower().partition("-")[0]
