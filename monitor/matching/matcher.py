"""Which businesses an entry concerns, by which terms, how surely, and why. It reads text only.

A text is read once for all businesses; what follows costs only for those that it names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from monitor.matching.asking import QueryIndex
from monitor.matching.facts import Facts
from monitor.matching.occurrences import Form, Occurrence, Role, Term, counted
from monitor.matching.ownership import Ownership
from monitor.matching.profile import Profile, profile_of
from monitor.matching.reading import Part, Reading
from monitor.matching.relevance import ABOUT, reason_of, relevance_of, signal
from monitor.matching.shortening import short_name
from monitor.matching.signals import signals_of
from monitor.matching.terms import TermIndex, spans
from monitor.matching.words import words_in
from monitor.model import Business, Entry, Match, Signal
from monitor.text import fold

__all__ = ["Matcher", "spans"]

_TAG = re.compile(r"(?<![\w#&])[#@]([\w.-]*\w)")
_PIECE = re.compile(r"[A-ZÀ-Ý]+(?![a-zà-ÿ])|[A-ZÀ-Ý]?[a-zà-ÿ]+|\d+")


class _Watched:
    """A business or a competitor of it, and the key its terms are found by."""

    def __init__(self, key: str, business: Business, competitor: str | None = None) -> None:
        self.key = key
        self.business = business
        self.competitor = competitor

    @property
    def name(self) -> str:
        return self.competitor or self.business.name

    @cached_property
    def own(self) -> Ownership:
        return Ownership(self.business)

    @cached_property
    def profile(self) -> Profile:
        return profile_of(self.business)

    def terms(self) -> Iterator[Term]:
        if self.competitor is not None:
            yield Term(self.competitor, Role.NAME, self.key)
        else:
            if self.business.query is None:
                yield Term(self.business.name, Role.NAME, self.key)
                yield from (Term(alias, Role.ALIAS, self.key) for alias in self.business.aliases)
                if (short := short_name(self.business.name)) is not None:
                    yield Term(short, Role.ALIAS, self.key)
            yield from (Term(phrase, Role.EXCLUDE, self.key) for phrase in self.business.exclude)
            if self.own.site is not None:
                yield Term(self.own.site, Role.WEBSITE, self.key)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one entry holds of one watched name."""

    occurrences: tuple[tuple[Part, Occurrence], ...] = ()
    is_excluded: bool = False
    is_vetoed: bool = False
    query: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        return self.query or tuple(dict.fromkeys(one.term.text for _, one in self.occurrences))


_NOTHING = _Found()


class Matcher:
    """Finds the businesses and their competitors in entries; built once for all of them."""

    def __init__(self, businesses: Sequence[Business]) -> None:
        """Take the businesses to look for."""
        watched = tuple(_watch(businesses))
        self._watched = {one.key: one for one in watched}
        self._order = {one.key: number for number, one in enumerate(watched)}
        self._keys = {one.name: one.key for one in watched if one.competitor is None}
        terms = [term for one in watched for term in one.terms()]
        company = [
            Term(word, Role.CONTEXT, one.key) for one in watched for word in one.business.context
        ]
        self._index = TermIndex(terms, company)
        self._vetoes = _vetoes(terms)
        self._queries = QueryIndex(
            {o.key: o.business.query for o in watched if o.business.query and not o.competitor}
        )

    def match(
        self,
        entry: Entry,
        *,
        about: str | None = None,
        only: frozenset[str] | None = None,
        source: tuple[str, str] | None = None,
    ) -> tuple[Match, ...]:
        """Return a match for each business concerned, in the order they were given.

        ``about`` names the business that every entry of the source is about (an entry may name its
        own); ``only`` the businesses that the source is read for (``None``: all); ``source`` is its
        id and platform, for queries that ask. A business's own pages and posts are no mentions of
        it, unless the source is about it.
        """
        reading = Reading(entry)
        found = self._read(reading)
        for asker, terms in self._queries.find(reading, source):
            found[asker] = replace(found.get(asker, _NOTHING), query=terms)
        facts = Facts(reading)
        told = (about, entry.about, entry.searched_for)
        given = [key for name in told if (key := self._keys.get(name or ""))]
        matches = []
        for key in sorted({*found, *given}, key=self._order.__getitem__):
            one = self._watched[key]
            if only is not None and one.business.name not in only:
                continue
            is_about = one.name in (about, entry.about) and one.competitor is None
            here = found.get(key, _NOTHING)
            matches.append(_certain(one, here) if is_about else _judge(one, here, facts))
        return tuple(match for match in matches if match is not None)

    def _read(self, reading: Reading) -> dict[str, _Found]:
        """Read title and text once, for all."""
        by_key: dict[str, list[list[Occurrence]]] = defaultdict(lambda: [[], []])
        for place, part in enumerate(reading.parts):
            for occurrence in (*self._index.find(part.folded), *self._in_humps(part)):
                by_key[occurrence.term.owner][place].append(occurrence)
        return {key: self._sort_out(reading, *places) for key, places in by_key.items()}

    def _in_humps(self, part: Part) -> Iterator[Occurrence]:
        """Yield the names within longer tags: "#FleursBougamontLille", "@bougamont_lille"."""
        if "#" not in part.folded and "@" not in part.folded:
            return
        for tag in _TAG.finditer(part.original):
            words = fold(" ".join(_PIECE.findall(tag[1])))
            if " " not in words:
                continue
            start = max(0, part.folded.find(fold(tag[0])))
            for one in self._index.find(words):
                if one.term.role.is_brand and one.form is Form.WORDS:
                    end = start + len(fold(tag[0]))
                    yield replace(one, form=Form.HASHTAG, start=start, end=end)

    def _sort_out(
        self, reading: Reading, title: Sequence[Occurrence], text: Sequence[Occurrence]
    ) -> _Found:
        occurrences = [(reading.title, one) for one in counted(title)]
        occurrences += [(reading.text, one) for one in counted(text)]
        excluded = {one.term for one in (*title, *text) if one.term.role is Role.EXCLUDE}
        return _Found(
            occurrences=tuple(occurrences),
            is_excluded=bool(excluded),
            is_vetoed=not self._vetoes.isdisjoint(excluded),
        )


def _certain(one: _Watched, found: _Found) -> Match:
    return Match(
        business=one.name,
        terms=found.terms,
        relevance=ABOUT,
        reason="every entry of this source is about it",
        signals=(Signal("about", 0.0),),
    )


def _judge(one: _Watched, found: _Found, facts: Facts) -> Match | None:
    entry = facts.reading.entry
    if found.is_vetoed or not (found.terms or _is_searched(one, found, entry)):
        return None
    if one.competitor is None and one.own.published(entry):
        return None
    if found.query:
        signals: tuple[Signal, ...] = (signal("query", ", ".join(found.query)),)
    elif found.occurrences:
        signals = signals_of(found.occurrences, facts, one.profile)
    else:
        signals = (signal("searched"),)
    if found.is_excluded and found.occurrences:
        signals = (*signals, signal("exclusion"))
    if _is_other_language(one.business, entry):
        signals = (*signals, signal("other_language", entry.language or ""))
    return Match(
        business=one.name,
        terms=found.terms,
        relevance=relevance_of(signals),
        reason=reason_of(signals),
        signals=signals,
        competitor_of=one.business.name if one.competitor else None,
    )


def _watch(businesses: Sequence[Business]) -> Iterator[_Watched]:
    for number, business in enumerate(businesses):
        yield _Watched(str(number), business)
        for rank, name in enumerate(business.competitors):
            yield _Watched(f"{number}.{rank}", business, name)


def _vetoes(terms: Sequence[Term]) -> frozenset[Term]:
    """Return the exclusions that share no word with their business's names.

    "Bougamont Immobilier" tells a namesake: it hides itself only. "offre d'emploi" tells a kind of
    entry: it hides the whole of it.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for term in terms:
        if term.role.is_brand:
            named[term.owner].update(_telling_words(term))
    return frozenset(
        term
        for term in terms
        if term.role is Role.EXCLUDE and named[term.owner].isdisjoint(_telling_words(term))
    )


def _telling_words(term: Term) -> set[str]:
    """Return a term's words, articles and the like left out."""
    return {word.text for word in words_in(fold(term.text)) if len(word.text) > len("des")}


def _is_searched(one: _Watched, found: _Found, entry: Entry) -> bool:
    is_named = one.competitor is None and one.business.query is None
    return is_named and entry.searched_for == one.business.name and not found.is_excluded


def _is_other_language(business: Business, entry: Entry) -> bool:
    """Tell whether the entry says it is in none of the business's languages: a hint only."""
    if not (business.languages and entry.language):
        return False
    spoken = fold(entry.language).partition("-")[0]
    return spoken not in {fold(one).partition("-")[0] for one in business.languages}
