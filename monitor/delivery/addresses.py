"""Mail addresses and header values: read, made ASCII where that is possible, cleaned."""

from __future__ import annotations

import re
import unicodedata
from email.utils import parseaddr
from hashlib import sha256

MAX_HEADER = 250
"""Characters kept of a header value: three times what a mail program shows of a subject."""

_MAX_SLUG = 60
# Bidi marks and isolates could show a header in another order than it is written.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def bare_address(text: str) -> str:
    """Return the ``user@host`` of ``Name <user@host>``. Raises ValueError if there is none.

    >>> bare_address("Écoute <ecoute@example.fr>")
    'ecoute@example.fr'
    """
    address = parseaddr(text)[1]
    user, at, host = address.rpartition("@")
    if not (user and at and host) or any(c.isspace() or not c.isprintable() for c in address):
        raise ValueError(f"not a mail address: {clean_header(text)!r}")
    return f"{user}@{ascii_host(host)}"


def ascii_host(host: str) -> str:
    """Return a host's ASCII form. Raises ValueError if it has none."""
    # Only the part before the @ can need SMTPUTF8 (RFC 6531); a host always has an ASCII form.
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"not a host name: {clean_header(host)!r}") from error


def domain_of(sender: str) -> str:
    """Return the host of an address, in ASCII and lower case. Raises ValueError if there is none.

    >>> domain_of("Écoute <ecoute@Exemple.fr>")
    'exemple.fr'
    """
    return bare_address(sender).rpartition("@")[2].lower()


def clean_header(text: str) -> str:
    r"""Return what a header or a log may hold of a text that a feed wrote (promise 16).

    Line breaks, controls, bidi marks and encoded words are gone; any kind of space is one space,
    so that a French subject is not encoded for its no-break spaces alone.

    >>> clean_header("Un avis\r\nBcc: x@example.org =?utf-8?q?=0D=0A?=\u202e")
    'Un avis Bcc: x@example.org = ?utf-8?q?=0D=0A?='
    """
    shown = "".join(_shown(character) for character in _UNSEEN.sub("", text))
    # A mail program decodes "=?…?=" in a header: the text would not read as it was written.
    return " ".join(shown.split()).replace("=?", "= ?")[:MAX_HEADER].rstrip()


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return " " if category in {"Cc", "Zs", "Zl", "Zp"} else character


def slug(text: str) -> str:
    """Return a text as it may stand in a file name or an identifier: ``[a-z0-9-]``, never empty.

    A name in another script, or a very long one, is told apart by a few digits of its hash.

    >>> slug("Café de l'Étoile"), slug("../../etc")
    ('cafe-de-l-etoile', 'etc')
    """
    bare = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    bare = unicodedata.normalize("NFKD", bare)
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    if words and len(words) <= _MAX_SLUG and not any(c.isalnum() and c > "\x7f" for c in bare):
        return words
    mark = sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{words[:_MAX_SLUG].strip('-')}-{mark}".strip("-")
