"""A mail as it came, read as far as it can be: whoever wrote it may be hostile.

Whatever the library stumbles over makes the one mail unreadable, never more. Attachments and
forwarded messages are not looked into.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from monitor.text import clean

MOST_PARTS = 50
MOST_HEADER = 10_000
"""Characters read of a header; a hundred references fit."""
FAULTS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What the standard library raises of damaged mails (CPython issues, "email" label, 2024 to 2026),
beside its own ``MessageError``."""
_CHARSETS = ("ascii", "utf-8", "utf_8", "utf-16", "iso8859", "cp12", "cp437", "cp850", "mac")
"""Beginnings of the codecs used; others (``punycode``, ``idna``) may take very long."""


class UnreadableLetter(ValueError):
    """A mail that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail's headers, by lower-case name, and the texts of its body.

    ``senders`` are the addresses of ``From``, lower-case. ``is_flowed``: the plain text was wrapped
    by the program (RFC 3676).
    """

    headers: dict[str, str]
    senders: tuple[str, ...]
    content_type: str
    plain: str
    html: str
    is_flowed: bool = False

    def header(self, name: str) -> str:
        """Return a header's text, empty where there is none; several are one, a line each."""
        return self.headers.get(name.lower(), "")


def read_letter(content: bytes) -> Letter:
    """Read a mail, or only its headers. Raises ``UnreadableLetter``."""
    try:
        return _read(message_from_bytes(content))
    except (MessageError, *FAULTS) as error:
        raise UnreadableLetter(type(error).__name__) from error


def _read(message: Message) -> Letter:
    headers: dict[str, str] = {}
    for name, value in message.items():
        text = _unfolded(str(value))
        headers[name.lower()] = (
            f"{headers[name.lower()]}\n{text}" if name.lower() in headers else text
        )
    parts = list(_text_parts(message))
    plain = [part for part in parts if part.get_content_subtype() == "plain"]
    html = [part for part in parts if part.get_content_subtype() == "html"]
    flowed = [str(part.get_param("format", "")).lower() == "flowed" for part in plain]
    return Letter(
        headers={name: _decoded(text) for name, text in headers.items()},
        senders=_addresses(headers.get("from", "")),
        content_type=message.get_content_type(),
        plain="\n".join(map(_text_of, plain)),
        html="\n".join(map(_text_of, html)),
        is_flowed=bool(flowed) and all(flowed),
    )


def _unfolded(text: str) -> str:
    return " ".join(text[:MOST_HEADER].split())


def _decoded(text: str) -> str:
    try:
        return clean(str(make_header(decode_header(text))))
    except (MessageError, *FAULTS):
        return clean(text)


def _addresses(header: str) -> tuple[str, ...]:
    # Read before encoded words are decoded: a name could else bring an address of its own.
    found = (address for _, address in getaddresses(header.split("\n")))
    return tuple(
        dict.fromkeys(_ascii(address.strip().lower()) for address in found if "@" in address)
    )


def _ascii(address: str) -> str:
    """Write an address as ``digest.to`` keeps it: its host in ASCII."""
    user, _, host = address.rpartition("@")
    try:
        return f"{user}@{host.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def _text_parts(message: Message) -> Iterator[Message]:
    """Yield the parts that a reader sees, within limits; a forwarded message is none."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        held = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(held, list):
            waiting = [one for one in held if isinstance(one, Message)] + waiting
        elif part.get_content_maintype() == "text" and not _is_attached(part):
            yield part


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _text_of(part: Message) -> str:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        return ""
    return clean(body.decode(_codec_of(part), "replace"))


def _codec_of(part: Message) -> str:
    try:
        name = codecs.lookup(str(part.get_content_charset("utf-8"))).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return "utf-8"
    return name if name.startswith(_CHARSETS) else "utf-8"
