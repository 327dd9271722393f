"""Tag lists, ``v=DMARC1; p=none``: the syntax that DKIM and DMARC records share (RFC 6376 §3.2)."""

from __future__ import annotations


def read_tags(text: str) -> dict[str, str] | None:
    """Return the tags of a list, names in lower case; ``None`` if it is not one.

    >>> read_tags("v=DMARC1; p=none;")
    {'v': 'DMARC1', 'p': 'none'}
    >>> read_tags("p=none; p=reject"), read_tags("hello")
    (None, None)
    """
    tags: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not equals or not name or name in tags:
            return None
        tags[name] = value.strip()
    return tags
