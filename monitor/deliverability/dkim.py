"""Has the sender's domain a DKIM key? Its name is told only by a signed mail, so names are tried.

RFC 6376. A name server that knows no name below ``_domainkey`` says that there is none at all
(RFC 8020); one that knows some leaves us guessing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from monitor.deliverability.lookup import Kind, Outcome, Resolver
from monitor.deliverability.providers import COMMON_SELECTORS, provider_at
from monitor.deliverability.remarks import Remark, advice, good, problem
from monitor.deliverability.tags import read_tags

_IMPOSSIBLE = "ecoute-no-such-key"
"""Answered only where any name is: then a key found under a common name means nothing."""
# RFC 8017 §A.1.1 within RFC 5280: a key of 1024 bits is 162 bytes long, one of 2048 bits 294.
_SIZE_1024, _SIZE_2048 = 160, 290


def examine_dkim(
    domain: str, host: str, resolver: Resolver, *, selectors: Iterable[str] = ()
) -> list[Remark]:
    """Look for the keys of a domain; ``selectors`` are names known from a signed mail."""
    known = tuple(selectors)
    root = f"_domainkey.{domain}"
    found = _keys(root, known or COMMON_SELECTORS, resolver)
    if found and not (not known and _keys(root, [_IMPOSSIBLE], resolver)):
        return [_judge(domain, selector, text) for selector, text in found.items()]
    if known:
        return [problem("dkim_missing", domain, selector=", ".join(known))]
    whole = resolver(root, Kind.TXT)
    if whole.is_unknown:
        return [advice("dkim_unread", domain)]
    if whole.outcome is Outcome.ABSENT:
        provider = provider_at(host)
        return [problem("dkim_absent", domain, provider=provider.name if provider else host)]
    return [advice("dkim_unknown", domain, n=len(COMMON_SELECTORS))]


def _keys(root: str, selectors: Iterable[str], resolver: Resolver) -> dict[str, str]:
    """Return the records found, by the selectors they stand under."""
    found = {}
    for selector in selectors:
        texts = resolver(f"{selector}.{root}", Kind.TXT).records
        if text := next((text for text in texts if _is_key(text)), None):
            found[selector] = text
    return found


def _is_key(text: str) -> bool:
    tags = read_tags(text)
    return tags is not None and "p" in tags and tags.get("v", "DKIM1") == "DKIM1"


def _judge(domain: str, selector: str, text: str) -> Remark:
    tags = read_tags(text) or {}
    try:
        key = base64.b64decode("".join(tags["p"].split()), validate=True)
    except ValueError:  # binascii's too
        return problem("dkim_broken", domain, selector=selector)
    is_rsa = tags.get("k", "rsa") == "rsa"
    if not key:
        return advice("dkim_revoked", domain, selector=selector)
    if is_rsa and len(key) < _SIZE_1024:
        return problem("dkim_short", domain, selector=selector)
    if "y" in tags.get("t", "").split(":"):
        return advice("dkim_testing", domain, selector=selector)
    if is_rsa and len(key) < _SIZE_2048:
        return advice("dkim_1024", domain, selector=selector)
    return good("dkim_ok", domain, selector=selector)
