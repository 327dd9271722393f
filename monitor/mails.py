"""A mail as it was fixed, without a person: all else, its Message-ID too, stays as it was."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from monitor.traces import Traces

_AS_IT_WAS = SMTP.clone(refold_source="none")


def mail_without(message: bytes, traces: Traces) -> bytes:
    """Return the bytes of a mail without what is looked for; those of one that has none as is."""
    if not message:
        return message
    mail = message_from_bytes(message, policy=_AS_IT_WAS)
    changed = _clean_subject(mail, traces)
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            changed = _clean_part(part, traces) or changed
    return mail.as_bytes() if changed else message


def _clean_subject(mail: EmailMessage, traces: Traces) -> bool:
    before = str(mail["Subject"] or "")
    after = traces.without(before)
    if after == before:
        return False
    mail.replace_header("Subject", after)
    return True


def _clean_part(part: EmailMessage, traces: Traces) -> bool:
    kind = part.get_content_subtype()
    before = str(part.get_content())
    after = traces.without(before, html=kind == "html")
    if after == before:
        return False
    part.set_content(after, subtype=kind, charset="utf-8", cte="base64")
    return True
