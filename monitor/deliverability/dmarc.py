"""What does the sender's domain ask receivers to do with mail that proves nothing?

RFC 7489; the policy of the domains above is looked for label by label, as its successor does,
so no list of public suffixes is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.deliverability.lookup import Kind, Resolver
from monitor.deliverability.remarks import Remark, advice, good, problem
from monitor.deliverability.tags import read_tags

_MOST_STEPS = 8
_STRICT = {"quarantine", "reject"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dmarc:
    """What was found: the remarks, and the policy in force (``None`` where none is)."""

    remarks: tuple[Remark, ...]
    policy: str | None = None


def examine_dmarc(domain: str, resolver: Resolver) -> Dmarc:
    """Look at the policy that holds for a domain."""
    for owner in _upwards(domain):
        reply = resolver(f"_dmarc.{owner}", Kind.TXT)
        if reply.is_unknown:
            return Dmarc(remarks=(advice("dmarc_unread", domain),))
        records = [text for text in reply.records if _is_dmarc(text)]
        if len(records) > 1:
            return Dmarc(remarks=(problem("dmarc_several", owner, n=len(records)),))
        if records:
            return _judge(domain, owner, records[0])
    return Dmarc(remarks=(problem("dmarc_absent", domain),))


def _upwards(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    for start in range(min(len(labels) - 1, _MOST_STEPS)):
        yield ".".join(labels[start:])


def _is_dmarc(text: str) -> bool:
    return text.partition(";")[0].replace(" ", "") == "v=DMARC1"


def _judge(domain: str, owner: str, text: str) -> Dmarc:
    tags = read_tags(text)
    policy = tags.get("p", "").lower() if tags else ""
    if tags is not None and owner != domain:
        policy = tags.get("sp", policy).lower()
    if tags is None or policy not in {"none", *_STRICT}:
        return Dmarc(remarks=(problem("dmarc_wrong", owner, record=text),))
    remarks = [_praise(owner, policy, has_reports="rua" in tags)]
    if policy in _STRICT and tags.get("pct", "100") == "0":
        remarks = [advice("dmarc_idle", owner, policy=policy)]
    return Dmarc(remarks=tuple(remarks), policy=policy)


def _praise(owner: str, policy: str, *, has_reports: bool) -> Remark:
    if policy in _STRICT:
        return good("dmarc_ok", owner, policy=policy)
    return advice("dmarc_none" if has_reports else "dmarc_none_unread", owner)
