"""Is the sender's SPF record right, and does it allow the server that mail leaves by?"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.deliverability.lookup import Kind, Outcome, Resolver
from monitor.deliverability.providers import provider_at
from monitor.deliverability.remarks import Remark, advice, good, problem
from monitor.deliverability.spf_record import (
    MOST_LOOKUPS,
    MOST_VOIDS,
    Reach,
    SpfRecord,
    is_spf,
    read_spf,
    survey,
)
from monitor.fetching.guard import is_public


def examine_spf(domain: str, host: str, resolver: Resolver) -> list[Remark]:
    """Look at the record of a domain whose mail is given to a host."""
    reply = resolver(domain, Kind.TXT)
    if reply.is_unknown:
        return [advice("spf_unread", domain)]
    records = [text for text in reply.records if is_spf(text)]
    if not records:
        return [problem("spf_absent", domain, record=suggested_record(host))]
    if len(records) > 1:
        return [problem("spf_several", domain, n=len(records), records=" · ".join(records))]
    record = read_spf(records[0])
    reach = survey(record, domain, resolver)
    faults = [*_faults(domain, record, reach), *_ending(domain, record, reach)]
    opening = faults or [good("spf_ok", domain, record=records[0], n=reach.lookups)]
    return [*opening, *_coverage(domain, host, reach, resolver)]


def suggested_record(host: str) -> str:
    """Return a first record for a domain whose mail leaves by a host."""
    provider = provider_at(host)
    if provider is not None and provider.spf is not None:
        return f"v=spf1 include:{provider.spf} ~all"
    return f"v=spf1 mx a:{host} ~all" if _is_name(host) else "v=spf1 mx ~all"


def _is_name(host: str) -> bool:
    """Whether a host has a name that others can look up."""
    return "." in host and not host.replace(".", "").isdigit() and ":" not in host


def _faults(domain: str, record: SpfRecord, reach: Reach) -> Iterator[Remark]:
    if record.wrong:
        yield problem("spf_wrong", domain, terms=", ".join(record.wrong))
    elif reach.wrong:
        yield problem("spf_wrong_within", domain, terms=", ".join(reach.wrong))
    if reach.lost:
        yield problem("spf_lost", domain, targets=", ".join(reach.lost))
    if reach.lookups > MOST_LOOKUPS:
        yield problem("spf_lookups", domain, n=reach.lookups, most=MOST_LOOKUPS)
    if reach.voids > MOST_VOIDS:
        yield problem("spf_voids", domain, n=reach.voids, most=MOST_VOIDS)
    if reach.uses_ptr:
        yield advice("spf_ptr", domain)


def _ending(domain: str, record: SpfRecord, reach: Reach) -> Iterator[Remark]:
    if reach.is_open:
        yield problem("spf_open", domain)
    elif record.ending == "?":
        yield advice("spf_neutral", domain)
    elif record.ending is None and record.redirect is None:
        yield advice("spf_endless", domain)


def _coverage(domain: str, host: str, reach: Reach, resolver: Resolver) -> Iterator[Remark]:
    """Say whether the sending server is allowed, as far as its name tells where mail leaves."""
    provider = provider_at(host)
    if reach.is_open:
        return
    if provider is not None and provider.spf in reach.named:
        yield good("spf_covers", domain, host=host)
        return
    replies = [resolver(host, kind) for kind in (Kind.A, Kind.AAAA)]
    addresses = [ip for reply in replies for ip in reply.records if is_public(ip)]
    unseen = all(reply.outcome is not Outcome.FOUND for reply in replies) or not addresses
    if provider is None and unseen:
        yield advice("spf_own", domain, host=host)
    elif reach.allows(addresses):
        yield good("spf_covers", domain, host=host)
    elif reach.vague or reach.silent:
        yield advice("spf_unsure", domain, host=host)
    elif provider is not None and provider.spf is not None:
        yield problem("spf_other", domain, host=host, provider=provider.name, spf=provider.spf)
    else:
        yield advice("spf_not_listed", domain, host=host, addresses=", ".join(addresses) or "?")
