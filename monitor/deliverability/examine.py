"""All that can be known of a mail before it is sent: its sender's domain, and those it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.deliverability.dkim import examine_dkim
from monitor.deliverability.dmarc import examine_dmarc
from monitor.deliverability.lookup import Kind, Outcome, Resolver
from monitor.deliverability.providers import is_within, provider_at, provider_giving
from monitor.deliverability.remarks import Gravity, Remark, advice, good, problem
from monitor.deliverability.spf import examine_spf

_RESERVED = ("localhost", "local", "lan", "home", "internal", "test", "example", "invalid")
"""Ends of names that are nobody's on the Internet (RFC 6761, RFC 6762, RFC 8375)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How mail goes: the sender's domain, the server it is given to, the login, who gets it.

    Domains and hosts are ASCII and lower case. ``login`` is the account's name, or ``None``;
    ``replies`` the domain that answers go to; ``selectors`` name DKIM keys seen in a mail.
    """

    domain: str
    host: str
    login: str | None = None
    replies: str
    recipients: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()


def examine(route: Route, resolver: Resolver) -> list[Remark]:
    """Say what is right and what to change; never raises. Bounded by the resolver's limits."""
    ending = route.domain.rpartition(".")[2]
    if ending not in _RESERVED and resolver(ending, Kind.TXT).outcome is Outcome.ABSENT:
        # Not even "fr" is known: this resolver sees no Internet, and would call all of it absent.
        return [advice("sender_unread", route.domain, ending=ending)]
    return [*_examine_sender(route, resolver), *_examine_boxes(route, resolver)]


def _examine_sender(route: Route, resolver: Resolver) -> Iterator[Remark]:
    domain, host = route.domain, route.host
    if "." not in domain or any(is_within(domain, end) for end in _RESERVED):
        yield problem("sender_local", domain)
        return
    yield from _examine_login(route)
    if (giver := provider_giving(domain)) is not None:
        at_home = provider_at(host) is giver
        policy = examine_dmarc(domain, resolver).policy or "none"
        values = {"provider": giver.name, "host": host}
        if at_home:
            yield good("sender_free", domain, **values)
        else:
            yield problem("sender_stranger", domain, policy=policy, **values)
        return
    if resolver(domain, Kind.TXT).outcome is Outcome.ABSENT:
        yield problem("sender_unknown", domain)
        return
    spf = examine_spf(domain, host, resolver)
    dkim = examine_dkim(domain, host, resolver, selectors=route.selectors)
    dmarc = examine_dmarc(domain, resolver)
    yield from (*spf, *dkim, *dmarc.remarks)
    if dmarc.policy in {"quarantine", "reject"} and _fails(spf, dkim):
        yield problem("dmarc_against_us", domain, policy=dmarc.policy)


def _examine_login(route: Route) -> Iterator[Remark]:
    """The envelope has the sender's own domain; a provider may put the account's in its place."""
    _, at, domain = (route.login or "").lower().rpartition("@")
    if at and not (is_within(domain, route.domain) or is_within(route.domain, domain)):
        yield advice("sender_other_login", route.domain, login=domain, host=route.host)


def _fails(spf: Iterable[Remark], dkim: Iterable[Remark]) -> bool:
    """Whether a mail surely passes neither by its server nor by a signature."""
    no_server = any(r.gravity is Gravity.PROBLEM and r.code != "spf_open" for r in spf)
    return no_server and all(remark.gravity is Gravity.PROBLEM for remark in dkim)


def _examine_boxes(route: Route, resolver: Resolver) -> Iterator[Remark]:
    yield from _examine_box("replies", route.replies, resolver)
    for domain in dict.fromkeys(route.recipients):
        # That a recipient can be reached goes without saying.
        yield from (
            remark
            for remark in _examine_box("recipient", domain, resolver)
            if remark.gravity is Gravity.PROBLEM
        )


def _examine_box(who: str, domain: str, resolver: Resolver) -> Iterator[Remark]:
    """Tell whether mail to a domain can arrive (RFC 5321 §5.1, RFC 7505)."""
    reply = resolver(domain, Kind.MX)
    if reply.is_unknown:
        yield advice(f"{who}_unread", domain)
    elif reply.records == ("",):
        yield problem(f"{who}_null", domain)
    elif reply.records:
        yield good(f"{who}_ok", domain, host=reply.records[0])
    elif any(resolver(domain, kind).records for kind in (Kind.A, Kind.AAAA)):
        yield advice(f"{who}_bare", domain)
    else:
        yield problem(f"{who}_nowhere", domain)
