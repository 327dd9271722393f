"""The DNS as this room asks it: one question, one reply, never an exception.

``make_resolver`` asks with dnspython; the rest of the room takes any ``Resolver``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Protocol

import dns.exception
import dns.rdata
import dns.resolver

_STEP_S = 4.0
"""For one question: a resolver that knows an answer gives it within one."""
_WHOLE_S = 30.0
"""For all questions of a run, about sixty; a resolver that is silent costs no more."""


class Kind(StrEnum):
    """What is asked of a name."""

    TXT = "TXT"
    MX = "MX"
    A = "A"
    AAAA = "AAAA"


class Outcome(StrEnum):
    """How a question ended: ``EMPTY`` is a name without such records, ``ABSENT`` no such name."""

    FOUND = "found"
    EMPTY = "empty"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered.

    A record is a text, an address, or a mail server's name: in lower case, without the last dot,
    the preferred first; the null MX of RFC 7505 is the empty name.
    """

    outcome: Outcome
    records: tuple[str, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether nobody answered, so that nothing can be said."""
        return self.outcome is Outcome.UNKNOWN


class Resolver(Protocol):
    """Answers questions about names."""

    def __call__(self, name: str, kind: Kind) -> Reply:
        """Ask; never raises."""
        ...


def make_resolver(
    server: str | None = None,
    port: int = 53,
    *,
    step_s: float = _STEP_S,
    whole_s: float = _WHOLE_S,
    monotonic: Callable[[], float] = time.monotonic,
) -> Resolver:
    """Return a resolver that asks the system's name servers, or the one given (an IP address).

    Each question is asked once. ``step_s`` bounds one, ``whole_s`` all of them: later ones are
    ``UNKNOWN`` at once. Raises ValueError for a ``server`` that is no address.
    """
    try:
        asked = dns.resolver.Resolver(configure=server is None)
    except dns.resolver.NoResolverConfiguration:
        return lambda _name, _kind: Reply(Outcome.UNKNOWN)
    if server is not None:
        asked.nameservers, asked.port = [server], port
    ends_at_s = monotonic() + whole_s

    @cache
    def look_up(name: str, kind: Kind) -> Reply:
        left_s = ends_at_s - monotonic()
        if left_s <= 0:
            return Reply(Outcome.UNKNOWN)
        try:
            found = asked.resolve(f"{name}.", kind, lifetime=min(step_s, left_s), search=False)
        except dns.resolver.NXDOMAIN:
            return Reply(Outcome.ABSENT)
        except dns.resolver.NoAnswer:
            return Reply(Outcome.EMPTY)
        except (dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout, OSError):
            return Reply(Outcome.UNKNOWN)
        except (dns.exception.DNSException, UnicodeError):
            return Reply(Outcome.ABSENT)  # what a record names need not be a name at all
        return Reply(Outcome.FOUND, _read(list(found), kind))

    return look_up


def _read(found: list[dns.rdata.Rdata], kind: Kind) -> tuple[str, ...]:
    match kind:
        case Kind.TXT:
            # RFC 7208 §3.3, RFC 6376 §3.6.2.2: the strings of a record are joined without a space.
            joined = (b"".join(record.strings) for record in found)  # type: ignore[attr-defined] # a TXT's
            return tuple(sorted(text.decode("ascii", "replace") for text in joined))
        case Kind.MX:
            pairs = sorted((r.preference, r.exchange.to_text()) for r in found)  # type: ignore[attr-defined] # an MX's
            return tuple(host.rstrip(".").lower() for _, host in pairs)
        case _:
            return tuple(record.to_text() for record in found)
