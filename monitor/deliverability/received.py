"""A mail as its reader got it: who signed it, and what the reader's provider found (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.utils import parseaddr

from monitor.deliverability.providers import is_within
from monitor.deliverability.remarks import Remark, advice, good, problem
from monitor.deliverability.tags import read_tags

_COMMENT = re.compile(r"\([^()]*\)")
_VERDICT = re.compile(r"\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """What the headers of a received mail tell.

    ``signatures`` are (domain, selector); ``verdicts`` are of ``spf``, ``dkim``, ``dmarc``, as
    the last ``receiver`` wrote them, which is the one to trust.
    """

    sender: str
    signatures: tuple[tuple[str, str], ...] = ()
    receiver: str = ""
    verdicts: Mapping[str, str] = field(default_factory=dict)

    def selectors(self, domain: str) -> tuple[str, ...]:
        """Return the selectors of the signatures made in a domain's name."""
        return tuple(dict.fromkeys(s for signer, s in self.signatures if signer == domain))


def read_received(message: bytes) -> ReceivedMail:
    """Read a saved mail. Raises ValueError if it is none."""
    try:
        mail = message_from_bytes(message)
        sender = parseaddr(str(mail.get("From", "")))[1].rpartition("@")[2].lower()
    except (MessageError, ValueError, IndexError) as error:
        raise ValueError("not a mail") from error
    if not sender:
        raise ValueError("not a mail")
    results = [str(value) for value in mail.get_all("Authentication-Results", [])]
    receiver, verdicts = _read_results(results[0]) if results else ("", {})
    return ReceivedMail(
        sender=sender,
        signatures=tuple(_signatures(mail)),
        receiver=receiver,
        verdicts=verdicts,
    )


def _signatures(mail: Message) -> Iterator[tuple[str, str]]:
    for value in mail.get_all("DKIM-Signature", []):
        tags = read_tags(" ".join(str(value).split())) or {}
        if {"d", "s"} <= tags.keys():
            yield tags["d"].lower(), tags["s"].lower()


def _read_results(value: str) -> tuple[str, dict[str, str]]:
    bare = " ".join(value.split())
    while (fewer := _COMMENT.sub("", bare)) != bare:
        bare = fewer  # comments stand within comments
    receiver, *parts = bare.split(";")
    verdicts: dict[str, str] = {}
    for found in filter(None, map(_VERDICT.match, parts)):
        method, verdict = found[1].lower(), found[2].lower()
        if verdicts.get(method) != "pass":  # of several signatures one is enough
            verdicts[method] = verdict
    return (receiver.split() or [""])[0], verdicts


def judge_received(mail: ReceivedMail, domain: str) -> Iterator[Remark]:
    """Say what a mail received from a domain proves."""
    if mail.sender != domain:
        yield problem("received_other", domain, sender=mail.sender)
        return
    if mail.verdicts:
        told = ", ".join(f"{method} {verdict}" for method, verdict in mail.verdicts.items())
        values = {"receiver": mail.receiver, "verdicts": told}
        if set(mail.verdicts.values()) == {"pass"}:
            yield good("received_said", domain, **values)
        else:
            yield problem("received_failed", domain, **values)
    aligned = [
        (signer, selector)
        for signer, selector in mail.signatures
        if is_within(domain, signer) or is_within(signer, domain)
    ]
    if aligned:
        yield good("received_signed", domain, selector=", ".join(s for _, s in aligned))
    elif mail.signatures:
        signers = ", ".join(dict.fromkeys(signer for signer, _ in mail.signatures))
        yield advice("received_signed_other", domain, signer=signers)
    else:
        yield problem("received_unsigned", domain)
