"""Whom or what a request to forget or to be told is about, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.traces import Run, Traces, runs_of_url, traces_of, words_of
from monitor.urls import canonical_url


class SubjectKind(StrEnum):
    """What is told of a subject."""

    AUTHOR = "author"
    URL = "url"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Subject:
    """An author by name or page, an address, or a business; ``value`` as it was typed."""

    kind: SubjectKind
    value: str

    @property
    def is_address(self) -> bool:
        """Whether it is told by an address."""
        return self.kind is not SubjectKind.BUSINESS and "://" in self.value

    @property
    def runs(self) -> frozenset[Run]:
        """The runs of words that tell it."""
        runs = runs_of_url(self.value) if self.is_address else [words_of(self.value)]
        return frozenset(run for run in runs if run)

    @property
    def urls(self) -> frozenset[str]:
        """The addresses that tell it, in canonical form."""
        return frozenset([canonical_url(self.value)] if self.is_address else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What tells a person, once all that is held of them was looked through.

    ``runs`` and ``urls`` are the names and addresses; ``words`` and ``links`` are of what they
    wrote, by which extracts are known. ``reports`` are the paths of a business's digests.
    """

    runs: frozenset[Run] = frozenset()
    urls: frozenset[str] = frozenset()
    words: frozenset[Run] = frozenset()
    links: frozenset[str] = frozenset()
    reports: tuple[str, ...] = ()

    @property
    def person(self) -> Traces:
        """Look for names and addresses of theirs."""
        return traces_of(self.runs, self.urls)

    @property
    def all(self) -> Traces:
        """Look for what they wrote too."""
        return traces_of(self.runs | self.words, self.urls | self.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What was (or would be) removed from a database.

    ``erased`` are mentions; ``redacted`` those of others that named the person; ``others`` and
    ``left`` count cells by ``table.column``, the latter where the name still stands.
    ``is_log_empty`` is false while another program still reads what was there before.
    """

    erased: int = 0
    redacted: int = 0
    digests: int = 0
    alerts: int = 0
    blocks: int = 0
    others: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)
    is_log_empty: bool = True
