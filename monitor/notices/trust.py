"""Whether a mail is really from whom its From line names, as the owner's own provider found.

A From line can be forged by anyone. The provider that took the mail in checks its signature and
writes what it found into ``Authentication-Results`` (RFC 8601), under a name of its own; what other
servers wrote there says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from enum import Enum, auto
from fnmatch import fnmatchcase

from monitor.letters import FAULTS

NO_NAME = "-"
"""How a provider that writes no name is named (Microsoft 365)."""
_MOST_OF_HEADER = 10_000
_RESULT = re.compile(r"\s*(dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_SIGNER = re.compile(r"\bheader\.(?:d|i|from)\s*=\s*(\S+)", re.IGNORECASE)

# By the IMAP server: the name that its provider writes. Google and Microsoft: their documentation
# of the header, read 2026-11; the others are not confirmed, and found by their own domain.
_PROVIDERS = {
    "imap.gmail.com": "mx.google.com",
    "imap.googlemail.com": "mx.google.com",
    "outlook.office365.com": NO_NAME,
    "outlook.office.com": NO_NAME,
    "imap-mail.outlook.com": NO_NAME,
    "imap.mail.yahoo.com": "*.yahoo.com",
    "imap.fastmail.com": "*.messagingengine.com",
}
_SHARED_ENDS = {"co", "com", "org", "net", "asso", "gouv"}
_LABELS = 2


class Proof(Enum):
    """What the provider says of a mail's sender."""

    PROVEN = auto()
    REFUTED = auto()
    """It checked, and the mail is not signed by who it says it is from."""
    NONE = auto()
    """It says nothing."""


def provider_of(host: str) -> str | None:
    """Return under which name an IMAP server's provider writes; ``None`` for a bare address.

    >>> provider_of("imap.gmail.com"), provider_of("imap.exemple.fr"), provider_of("127.0.0.1")
    ('mx.google.com', '*.exemple.fr', None)
    """
    host = host.lower().rstrip(".")
    if host in _PROVIDERS:
        return _PROVIDERS[host]
    labels = host.split(".")
    if len(labels) < _LABELS or labels[-1].isdigit() or ":" in host:
        return None
    kept = labels[-3:] if labels[-2] in _SHARED_ENDS else labels[-2:]
    return f"*.{'.'.join(kept)}"


def proof_of(head: bytes, domain: str, provider: str | None) -> Proof:
    """Return what the provider says of a mail that claims to be from a domain, or one within it."""
    results = next((one for one in _results(head) if _is_by(one[0], provider)), None)
    if results is None:
        return Proof.NONE
    is_checked = False
    for part in results[1]:
        found = _RESULT.match(part)
        if found is None:
            continue
        is_checked = True
        signers = (one.rpartition("@")[2].lower() for one in _SIGNER.findall(part))
        if found[2].lower() == "pass" and any(_vouches(one, domain) for one in signers):
            return Proof.PROVEN
    return Proof.REFUTED if is_checked else Proof.NONE


def writers_of(head: bytes) -> tuple[str, ...]:
    """Return the names under which anybody wrote results into a mail, the latest first."""
    return tuple(dict.fromkeys(name for name, _ in _results(head)))


def is_within(host: str, domain: str) -> bool:
    """Tell whether a host is a domain or within it.

    >>> is_within("mail.exemple.fr", "exemple.fr"), is_within("notexemple.fr", "exemple.fr")
    (True, False)
    """
    return host == domain or host.endswith(f".{domain}")


def _vouches(signer: str, domain: str) -> bool:
    """Tell whether a signature is the domain's own: relaxed alignment, RFC 7489 §3.1.1."""
    return is_within(signer, domain) or ("." in signer and is_within(domain, signer))


def _is_by(name: str, provider: str | None) -> bool:
    if provider is None:
        return False
    wanted = provider.lower()
    return fnmatchcase(name, wanted) or fnmatchcase(f".{name}", wanted)


def _results(head: bytes) -> Iterator[tuple[str, list[str]]]:
    """Yield who wrote results, and the results, from the top: each server writes above the last.

    Encoded words stay as they are: no provider writes any.
    """
    try:
        found = BytesHeaderParser().parsebytes(head).get_all("Authentication-Results", [])
    except FAULTS:
        return
    for value in found:
        first, *parts = _bare(str(value)[:_MOST_OF_HEADER]).split(";")
        if "=" in first:
            yield NO_NAME, [first, *parts]
        else:
            yield (first.lower().split() or [""])[0], parts


def _bare(value: str) -> str:
    """Return a header without comments and quoted texts: in both stand words of the sender's.

    RFC 5322 §3.2: comments nest, quotes do not; a backslash takes the next sign's meaning away.
    Against it, quotes count within comments too: there providers repeat the sender's address, and
    its user part may hold any sign within quotes.
    """
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for sign in value:
        if is_escaped:
            is_escaped = False
        elif sign == "\\" and (depth or is_quoted):
            is_escaped = True
        elif is_quoted:
            is_quoted = sign != '"'
        elif sign == '"':
            is_quoted = True
        elif sign == "(":
            depth += 1
        elif depth:
            depth -= sign == ")"
        else:
            kept.append(" " if sign.isspace() else sign)
    return "".join(kept)
