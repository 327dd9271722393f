"""A digest or alert as the bytes of a mail: the same arguments always give the same bytes.

Recipients of one digest read each other's address in ``To``: the owner wrote them side by side in
``sources.yaml``, and a mail without a true ``To`` is what spam looks like. The exception is an
address that needs SMTPUTF8 beside others that do not: naming it would make the whole mail need it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Any, ClassVar
from urllib.parse import quote

from monitor.delivery.addresses import ascii_host, bare_address, clean_header, domain_of, slug
from monitor.text import clean

MAX_LINE = 998
"""Bytes of a line without its end, RFC 5322 §2.1.1."""

# Above one byte in three, base64 is shorter than quoted-printable (4/3 against 3 per byte).
_MOSTLY_FOREIGN = 1 / 3


class _Policy(EmailPolicy):
    """The SMTP policy, but identifiers stay whole: folding would encode those above 78 signs."""

    whole: ClassVar[frozenset[str]] = frozenset(
        {"message-id", "references", "list-id", "list-unsubscribe", "auto-submitted"}
    )

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - the base's signature
        """Write one header; ours are ASCII and far below ``MAX_LINE`` by construction."""
        if name.lower() in self.whole:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


def message_id(digest_id: str, domain: str) -> str:
    """Return the one Message-ID of a digest, on the sender's domain.

    >>> message_id("3fa9c1", "example.fr")
    '<3fa9c1.ecoute@example.fr>'
    """
    return f"<{re.sub(r'[^A-Za-z0-9._-]', '-', digest_id)}.ecoute@{ascii_host(domain)}>"


def compose_mail(
    *,
    subject: str,
    text: str,
    html: str,
    sender: str,
    recipients: Sequence[str],
    message_id: str,
    date: datetime,
    business: str,
    language: str | None = None,
    lane: str = "digest",
    reply_to: str | None = None,
) -> bytes:
    """Return a whole mail, text beside HTML, ready for the wire.

    ``sender`` and ``recipients`` may be ``Name <user@host>``; ``date`` is aware and written in
    its own offset. ``lane`` is ``digest`` or ``alert``: each has a List-Id of its own. Mails of
    one business and lane are one thread. ``reply_to`` is told where it is not the sender's own.
    Raises ValueError for what is no address.
    """
    shown = _shown_in_to(recipients)
    mail = EmailMessage(policy=_policy_for([sender, *shown]))
    mail["From"] = _address(sender)
    if shown:
        mail["To"] = [_address(recipient) for recipient in shown]
    if reply_to is not None and bare_address(reply_to) != bare_address(sender):
        mail["Reply-To"] = _address(reply_to)
    mail["Subject"] = clean_header(subject)
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = message_id
    for name, value in _list_headers(business, lane, sender).items():
        mail[name] = value
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no automatic answer, please
    _set_parts(mail, text, html)
    if language:
        mail["Content-Language"] = language
    # "=_" stands in no quoted-printable and "_" in no base64: the boundary is in neither part.
    mail.set_boundary("=_" + sha256(message_id.encode()).hexdigest()[:40])
    return mail.as_bytes()


def _shown_in_to(recipients: Sequence[str]) -> list[str]:
    plain = [recipient for recipient in recipients if bare_address(recipient).isascii()]
    return plain or list(recipients)


def _policy_for(addresses: Sequence[str]) -> EmailPolicy:
    international = any(not bare_address(address).isascii() for address in addresses)
    return _Policy(utf8=international, linesep=SMTP.linesep)


def _address(text: str) -> Address:
    return Address(clean_header(parseaddr(text)[0]), addr_spec=bare_address(text))


def _list_headers(business: str, lane: str, sender: str) -> dict[str, str]:
    """Return what sorts and threads the mails of one business (RFC 2919, 2369, 5322 §3.6.4)."""
    domain, name = domain_of(sender), slug(business)
    wish = quote(f"unsubscribe {lane} {clean_header(business)[:80]}")
    mailbox = quote(bare_address(sender), safe="@")
    thread = f"thread-{name}" if lane == "digest" else f"thread-{name}-{slug(lane)}"
    return {
        "References": f"<{thread}@{domain}>",
        "List-Id": f"<{name}.{slug(lane)}.{domain}>",
        "List-Unsubscribe": f"<mailto:{mailbox}?subject={wish}>",
    }


def _set_parts(mail: EmailMessage, text: str, html: str) -> None:
    text, html = clean(text), clean(html)
    mail.set_content(text, subtype="plain", charset="utf-8", cte=_encoding(text))
    mail.add_alternative(html, subtype="html", charset="utf-8", cte=_encoding(html))


def _encoding(text: str) -> str:
    # Never 8bit: an older server may break it, and a line may then be longer than allowed.
    size = len(text.encode())
    foreign = sum(len(character.encode()) for character in text if not character.isascii())
    return "base64" if foreign > size * _MOSTLY_FOREIGN else "quoted-printable"
