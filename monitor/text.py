"""Plain text: reduced from HTML once, cleaned, cut between signs, folded to compare."""

from __future__ import annotations

import re
import unicodedata

MAX_TITLE = 300
MAX_TEXT = 20_000


def plain_text(html: str) -> str:
    """Reduce HTML to plain text: a line a block or ``<br>``, entities decoded, NFC."""
    raise NotImplementedError


def clean(text: str) -> str:
    """Replace NUL and unpaired surrogates by U+FFFD; NFC."""
    return unicodedata.normalize("NFC", re.sub("[\x00\ud800-\udfff]", "\ufffd", text))


def cut(text: str, limit: int) -> str:
    """Cut at ``limit`` characters, never within what a reader sees as one."""
    return text[:limit]


def fold(text: str) -> str:
    """Fold case, accents, ligatures, apostrophes, hyphens and spaces, to compare."""
    raise NotImplementedError
