"""What a business is called, what of that stands in a text, and what of it counts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a term tells of its business; the values are the words of ``Match.reason``."""

    NAME = "name"
    ALIAS = "alias"
    WEBSITE = "website"
    EXCLUDE = "exclude"
    CONTEXT = "context"

    @property
    def is_brand(self) -> bool:
        """Whether such a term names the business itself."""
        return self in {Role.NAME, Role.ALIAS, Role.WEBSITE}


@dataclass(frozen=True, slots=True)
class Term:
    """A term as its owner wrote it. ``owner`` is whatever the caller groups terms by."""

    text: str
    role: Role
    owner: str = ""


class Form(StrEnum):
    """How a term stood in the text; the values are the words of ``Match.reason``."""

    WORDS = "words"
    HASHTAG = "hashtag"
    HANDLE = "handle"
    SITE = "website"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a term stands, from ``start`` to ``end`` of the folded text."""

    term: Term
    form: Form
    start: int
    end: int
    is_misspelt: bool = False

    def overlaps(self, other: Occurrence) -> bool:
        """Tell whether they share a character."""
        return self.start < other.end and other.start < self.end

    def is_within(self, other: Occurrence) -> bool:
        """Tell whether the other covers this one and more."""
        wider = other.end - other.start > self.end - self.start
        return wider and other.start <= self.start and self.end <= other.end


def counted(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """Return the brand's occurrences that are no piece of an exclusion or of a longer term.

    An exclusion within a longer brand term hides nothing: "Bougamont" excluded leaves
    "Fleurs Bougamont".
    """
    masks = sorted((o for o in occurrences if o.term.role is Role.EXCLUDE), key=_start)
    starts = [mask.start for mask in masks]
    longest = max((mask.end - mask.start for mask in masks), default=0)

    def is_hidden(one: Occurrence) -> bool:
        first = bisect_left(starts, one.start - longest)
        near = masks[first : bisect_left(starts, one.end)]
        return any(mask.overlaps(one) and not mask.is_within(one) for mask in near)

    brands = _outermost(one for one in occurrences if one.term.role.is_brand)
    return [one for one in brands if not is_hidden(one)]


def _outermost(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Return those that stand within no longer one, in the order of the text."""
    kept: list[Occurrence] = []
    cover: Occurrence | None = None
    for one in sorted(occurrences, key=lambda found: (found.start, -found.end)):
        if cover is not None and one.is_within(cover):
            continue
        kept.append(one)
        if cover is None or one.end > cover.end:
            cover = one
    return kept


def _start(one: Occurrence) -> int:
    return one.start
