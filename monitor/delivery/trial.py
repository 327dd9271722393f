"""A test mail: sent, headed and encoded as a digest is, so that it meets the same fate."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from html import escape

from monitor.delivery.addresses import bare_address, domain_of
from monitor.delivery.compose import compose_mail, message_id
from monitor.wording import Wording


def compose_trial(
    *,
    words: Wording,
    host: str,
    sender: str,
    recipient: str,
    business: str,
    at: datetime,
    reply_to: str | None = None,
) -> bytes:
    """Return the bytes of a test mail. Raises ValueError for what is no address."""
    mark = sha256(f"{recipient} {at.isoformat()}".encode())
    values = {"host": host, "sender": bare_address(sender)}
    title, *rest = (
        words(f"deliverability.test_{key}", **values) for key in ("title", "body", "spam", "proof")
    )
    paragraphs = "".join(f'<p style="line-height:1.5">{escape(text)}</p>\n' for text in rest)
    return compose_mail(
        subject=words("deliverability.test_subject"),
        text="\n\n".join([title, *rest]) + "\n",
        html=(
            f'<!DOCTYPE html>\n<html lang="{words.language}"><head><meta charset="utf-8">'
            f"<title>{escape(title)}</title></head>\n"
            f'<body style="font-family:sans-serif"><h1>{escape(title)}</h1>\n'
            f"{paragraphs}</body></html>\n"
        ),
        sender=sender,
        recipients=[recipient],
        message_id=message_id(f"test-{mark.hexdigest()[:16]}", domain_of(sender)),
        date=at,
        business=business,
        language=words.language,
        lane="test",
        reply_to=reply_to,
    )
