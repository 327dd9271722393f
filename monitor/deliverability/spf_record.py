"""SPF records: their terms, and all that they allow once the records they name are read.

RFC 7208. Whether a server passes is judged by the addresses that ``+`` terms allow; the order of
terms and the rare ``-include`` are not weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from monitor.deliverability.lookup import Kind, Outcome, Resolver

MOST_LOOKUPS = 10
"""Terms that ask the DNS, §4.6.4; more is an error that makes every check fail."""
MOST_VOIDS = 2
"""Questions without an answer, §4.6.4."""
_MOST_READ = 60
"""Questions we ask ourselves before we give a record up."""

Network: TypeAlias = IPv4Network | IPv6Network

_TERM = re.compile(
    r"(?P<qualifier>[-+?~]?)(?P<name>all|include|a|mx|ptr|exists)"
    r"(?::(?P<value>[^/\s]+))?(?P<prefix>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][\w.-]*)=(?P<value>\S*)", re.IGNORECASE)
_ASKING = {"include", "a", "mx", "ptr", "exists"}
_NEEDS_VALUE = {"include", "exists"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One mechanism, ``-all`` or ``a:mail.example.fr/28``; ``value`` is empty where none stands."""

    qualifier: str
    name: str
    value: str
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfRecord:
    """A record read: its mechanisms, where it goes on, and what is no term at all."""

    terms: tuple[Term, ...]
    redirect: str | None = None
    wrong: tuple[str, ...] = ()

    @property
    def ending(self) -> str | None:
        """The qualifier of ``all``, one of ``+ - ~ ?``; ``None`` where there is no ``all``."""
        return next((term.qualifier for term in self.terms if term.name == "all"), None)


def is_spf(text: str) -> bool:
    """Tell whether a TXT record is SPF (§4.5).

    >>> is_spf("v=spf1 -all"), is_spf("V=SPF1"), is_spf("v=spf10 -all")
    (True, True, False)
    """
    return text.lower().split(" ")[0] == "v=spf1"


def read_spf(text: str) -> SpfRecord:
    """Read a record.

    >>> read_spf("v=spf1 mx include:mx.ovh.com ~all").ending
    '~'
    >>> read_spf("v=spf1 ip4:1.2.3.4.5 inclde:x -all").wrong
    ('ip4:1.2.3.4.5', 'inclde:x')
    """
    terms: list[Term] = []
    wrong: list[str] = []
    redirect: str | None = None
    for word in text.split()[1:]:
        if modifier := _MODIFIER.fullmatch(word):
            if modifier["name"].lower() == "redirect":
                redirect = _domain(modifier["value"])
        elif (term := _read_term(word)) is None:
            wrong.append(word)
        else:
            terms.append(term)
    if any(term.name == "all" for term in terms):
        redirect = None  # §6.1: never followed beside "all"
    return SpfRecord(terms=tuple(terms), redirect=redirect, wrong=tuple(wrong))


def _read_term(word: str) -> Term | None:
    name, _, rest = word.lstrip("+-?~").partition(":")
    if name.lower() in {"ip4", "ip6"}:
        return _read_network(word, name.lower(), rest)
    found = _TERM.fullmatch(word)
    if found is None:
        return None
    name, value = found["name"].lower(), found["value"] or ""
    if (name in _NEEDS_VALUE and not value) or (name == "all" and value):
        return None
    return Term(
        qualifier=found["qualifier"] or "+",
        name=name,
        value=_domain(value),
        prefix=found["prefix"],
    )


def _read_network(word: str, name: str, address: str) -> Term | None:
    qualifier = word[0] if word[0] in "+-?~" else "+"
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        return None
    if f"ip{network.version}" != name:
        return None
    return Term(qualifier=qualifier, name=name, value=str(network), prefix="")


def _domain(text: str) -> str:
    return text.rstrip(".").lower()


@dataclass(slots=True)
class Reach:
    """All that a record allows, with the records it names.

    ``vague`` says that more may be allowed than is listed (macros, ``ptr``, a silent DNS);
    ``is_open``, that anybody is. ``lost`` are includes without a record, ``wrong`` what is no
    term in them.
    """

    lookups: int = 0
    voids: int = 0
    networks: set[Network] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    is_open: bool = False
    vague: bool = False
    silent: bool = False
    uses_ptr: bool = False

    def allows(self, addresses: Iterable[str]) -> bool:
        """Tell whether every one of these addresses may send."""
        given = [ip_address(address) for address in addresses]
        return bool(given) and all(any(ip in net for net in self.networks) for ip in given)


def survey(record: SpfRecord, domain: str, resolver: Resolver) -> Reach:
    """Follow a record to its ends. Asks the DNS a bounded number of times, loops included."""
    reach = Reach()
    _follow(record, domain, resolver, reach, frozenset([domain]))
    return reach


def _follow(
    record: SpfRecord, domain: str, resolver: Resolver, reach: Reach, trail: frozenset[str]
) -> None:
    reach.wrong += record.wrong
    for term in record.terms:
        if term.name in _ASKING:
            reach.lookups += 1
        if reach.lookups > _MOST_READ:
            reach.vague = True
            return
        _take(term, domain, resolver, reach, trail)
    if record.redirect is not None:
        reach.lookups += 1
        _enter(record.redirect, resolver, reach, trail)


def _take(term: Term, domain: str, resolver: Resolver, reach: Reach, trail: frozenset[str]) -> None:
    passes, target = term.qualifier == "+", term.value or domain
    match term.name:
        case "all":
            reach.is_open |= passes
        case "ip4" | "ip6" if passes:
            reach.networks.add(ip_network(term.value))
        case "include":
            _enter(target, resolver, reach, trail)
        case "ptr" | "exists":
            reach.uses_ptr |= term.name == "ptr"
            reach.vague |= passes
        case "a" | "mx" if "%" in target:
            reach.vague |= passes
        case "a":
            _allow_hosts([target], term, resolver, reach)
        case "mx":
            servers = resolver(target, Kind.MX)
            reach.silent |= servers.is_unknown
            reach.voids += servers.outcome in {Outcome.ABSENT, Outcome.EMPTY}
            _allow_hosts([host for host in servers.records if host], term, resolver, reach)


def _enter(target: str, resolver: Resolver, reach: Reach, trail: frozenset[str]) -> None:
    """Go on with the record of another domain."""
    reach.named.add(target)
    if "%" in target:
        reach.vague = True
        return
    reply = resolver(target, Kind.TXT)
    if reply.is_unknown:
        reach.silent = True
        return
    records = [text for text in reply.records if is_spf(text)]
    reach.voids += reply.outcome is not Outcome.FOUND
    if len(records) != 1 or target in trail:
        reach.lost.append(target)
    else:
        _follow(read_spf(records[0]), target, resolver, reach, trail | {target})


def _allow_hosts(hosts: Iterable[str], term: Term, resolver: Resolver, reach: Reach) -> None:
    """Take the addresses of hosts in, widened as the term wants."""
    four, _, six = term.prefix.partition("//")
    for host in hosts:
        replies = [resolver(host, kind) for kind in (Kind.A, Kind.AAAA)]
        reach.silent |= any(reply.is_unknown for reply in replies)
        if term.name == "a":
            reach.voids += all(r.outcome in {Outcome.ABSENT, Outcome.EMPTY} for r in replies)
        if term.qualifier != "+":
            continue
        for size, reply in zip((four.strip("/"), six), replies, strict=True):
            reach.networks |= set(_widened(reply.records, size))


def _widened(addresses: Iterable[str], size: str) -> Iterable[Network]:
    for address in addresses:
        try:
            yield ip_network(f"{address}/{size}" if size else address, strict=False)
        except ValueError:
            continue  # a length that the family has not; the term then allows nothing
