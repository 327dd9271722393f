"""The parts of an entry, made the same way whatever the source: titles, texts, dates, counts, ids.

Each takes what an answer held, whatever its type, and gives ``None`` where that says nothing.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

from monitor.text import MAX_TEXT, MAX_TITLE, clean, cut, plain_text

MAX_ID = 500
"""Characters of a platform's identifier that is kept as it is; a longer one is hashed."""
MAX_NAME = 200
"""Characters of an author's name."""
MAX_MEDIA = 10
"""Pictures and sounds of one entry: a mention shows one or two."""
_CONTROLS = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")
_MAX_COUNT = 2**53  # what JSON's readers hold exactly


def title_of(html: object) -> str | None:
    """Return a title as one line of plain text, cut; ``None`` when there is none."""
    return cut(_one_line(html), MAX_TITLE) or None


def name_of(html: object) -> str | None:
    """Return a person's or a medium's name as one line of plain text; ``None`` without one."""
    return cut(_one_line(html), MAX_NAME) or None


def text_of(html: object) -> str:
    """Return a body as plain text, cut; empty when there is none."""
    return cut(_plain(html), MAX_TEXT) if isinstance(html, str) else ""


def verbatim_text_of(text: object) -> str:
    """Return a body that is plain text already, cleaned and cut."""
    return cut(_CONTROLS.sub("", clean(text)).strip(), MAX_TEXT) if isinstance(text, str) else ""


def count_of(value: object) -> int | None:
    """Return a count written as a number or as digits; ``None`` for any other thing.

    >>> count_of("1204"), count_of(" 3 "), count_of("beaucoup"), count_of(-1)
    (1204, 3, None, None)
    """
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,16}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MAX_COUNT else None


def language_of(tag: object) -> str | None:
    """Return the two letters of a language tag; ``None`` when it does not begin with them.

    >>> language_of("fr-FR"), language_of("EN_us"), language_of("français")
    ('fr', 'en', None)
    """
    found = re.match(r"\s*([A-Za-z]{2})(?:[-_\s]|$)", tag) if isinstance(tag, str) else None
    return found[1].lower() if found else None


def instant_of(date: object) -> datetime | None:
    """Return a written date (ISO 8601 or that of e-mail) in UTC; without a zone it is UTC.

    >>> instant_of("2026-11-22T09:00:00+01:00")
    datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.timezone.utc)
    >>> instant_of("2018-10-19 13:59:33 UTC")
    datetime.datetime(2018, 10, 19, 13, 59, 33, tzinfo=datetime.timezone.utc)
    """
    if not isinstance(date, str):
        return None
    written = re.sub(r" (?:UTC|GMT)$", "+00:00", date.strip()) if date[:4].isdecimal() else date
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return in_utc(read(written.strip()))
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def in_utc(at: datetime) -> datetime:
    """Return the instant in UTC; a naive one is taken to be UTC already. Raises OverflowError."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def id_of(native: object) -> str | None:
    """Return a platform's own identifier, cleaned; ``None`` when there is none.

    >>> id_of(117020593741189701)
    '117020593741189701'
    """
    if isinstance(native, int) and not isinstance(native, bool):
        native = str(native)
    if not isinstance(native, str) or not native.strip():
        return None
    cleaned = clean(native.strip())
    return cleaned if len(cleaned) <= MAX_ID else hash_of(cleaned)


def hash_of(*parts: str) -> str:
    """Return an identifier for what has none: the same parts, the same identifier."""
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _one_line(html: object) -> str:
    return " ".join(_plain(html).split()) if isinstance(html, str) else ""


def _plain(html: str) -> str:
    return _CONTROLS.sub("", plain_text(html))
