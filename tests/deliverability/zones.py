"""A resolver of plain data, for what is judged by records and not by how they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.deliverability.lookup import Kind, Outcome, Reply, Resolver
from monitor.deliverability.remarks import Remark

UNKNOWN = ("?",)
"""In place of records: no answer."""


def resolver(zone: Mapping[str, Sequence[str]]) -> Resolver:
    """Answer from "name TYPE" → records."""

    def ask(name: str, kind: Kind) -> Reply:
        records = tuple(zone.get(f"{name} {kind}", ()))
        if records == UNKNOWN:
            return Reply(Outcome.UNKNOWN)
        if records:
            return Reply(Outcome.FOUND, records)
        known = any(f".{key}".split()[0].endswith(f".{name}") for key in zone)
        return Reply(Outcome.EMPTY if known else Outcome.ABSENT)

    return ask


def codes(remarks: Sequence[Remark]) -> list[str]:
    """Return what was remarked."""
    return [remark.code for remark in remarks]
