"""Mails as readers and others send them."""

from __future__ import annotations

from email.message import EmailMessage

from monitor.delivery.compose import message_id
from monitor.model import RepliedDigest
from monitor.replies.signing import Signer

SIMON, ZOE, EVE = "simon@example.fr", "zoe@example.fr", "eve@example.net"
SIGNER = Signer(b"k" * 32)
DIGEST_ID = "0123456789abcdef"
REFERENCE = SIGNER.refer(DIGEST_ID, [SIMON, ZOE])
OF_DIGEST = message_id(str(REFERENCE), "example.fr")
DIGEST = RepliedDigest(
    id=DIGEST_ID,
    business="Fleurs Bougamont",
    message_id=OF_DIGEST,
    recipients=(SIMON, ZOE),
    items={1: ("m1", "m2"), 2: ("m3",), 3: ("m4",)},
    text=f"Une mention.\n\n1. [négatif] Retard\n\nRéférence : {REFERENCE}\n",
    html="<p>Une mention.</p><h3>1. Retard</h3><p>Répondre d’un mot : traité · neutre</p>",
)


def letter(
    text: str = "1 traité",
    *,
    sender: str = f"Simon Bougamont <{SIMON}>",
    html: str | None = None,
    answers: str | None = OF_DIGEST,
    **headers: str,
) -> bytes:
    """Return a reply; a header is named as in Python: ``auto_submitted``."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "ecoute@example.fr"
    mail["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
    told = {"subject": "Re: Fleurs Bougamont", "message_id": "<a1@phone.example>"} | headers
    if answers is not None:
        told |= {"in_reply_to": answers}
    for name, value in told.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()
