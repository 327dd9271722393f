"""Which businesses an entry concerns, by which terms, how surely, and why. It reads text only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.matching.occurrences import Occurrence, Role, Term, counted
from monitor.matching.ownership import Ownership
from monitor.matching.relevance import (
    ABOUT,
    SEARCHED,
    Sign,
    reason_of,
    relevance_of,
    sort_key,
)
from monitor.matching.terms import TermIndex, spans
from monitor.matching.words import words_in
from monitor.model import Business, Entry, Match
from monitor.text import fold

__all__ = ["Matcher", "spans"]


@dataclass(frozen=True, slots=True)
class _Watched:
    """A business or a competitor of it, and the key its terms are found by."""

    key: str
    business: Business
    own: Ownership
    competitor: str | None = None

    @property
    def name(self) -> str:
        return self.competitor or self.business.name

    def terms(self) -> Iterator[Term]:
        if self.competitor is not None:
            yield Term(self.competitor, Role.NAME, self.key)
        else:
            yield Term(self.business.name, Role.NAME, self.key)
            yield from (Term(alias, Role.ALIAS, self.key) for alias in self.business.aliases)
            yield from (Term(phrase, Role.EXCLUDE, self.key) for phrase in self.business.exclude)
            if self.own.site is not None:
                yield Term(self.own.site, Role.WEBSITE, self.key)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one entry holds of one watched name, the best sign first."""

    signs: tuple[Sign, ...] = ()
    is_excluded: bool = False
    is_vetoed: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sign.occurrence.term.text for sign in self.signs))


_NOTHING = _Found()


class Matcher:
    """Finds the businesses and their competitors in entries; built once for all of them."""

    def __init__(self, businesses: Sequence[Business]) -> None:
        """Take the businesses to look for."""
        self._watched = tuple(_watch(businesses))
        terms = [term for one in self._watched for term in one.terms()]
        company = [
            Term(word, Role.CONTEXT, one.key)
            for one in self._watched
            for word in one.business.context
        ]
        self._index = TermIndex(terms, company)
        # Apart and once each: two hundred shops of one town share its name.
        self._context = TermIndex({Term(term.text, Role.CONTEXT) for term in company})
        self._vetoes = _vetoes(terms)

    def match(
        self, entry: Entry, *, about: str | None = None, only: frozenset[str] | None = None
    ) -> tuple[Match, ...]:
        """Return a match for each business concerned, in the order they were given.

        ``about`` names the business that every entry of the source is about; ``only`` the
        businesses that the source is read for (``None``: all). A business's own pages and posts
        are no mentions of it, unless the source is about it.
        """
        found = self._read(entry)
        around = self._read_context(entry) if found else frozenset()
        matches = (
            _judge(one, found.get(one.key, _NOTHING), entry, around)
            if one.name != about or one.competitor
            else _certain(one, found.get(one.key, _NOTHING))
            for one in self._watched
            if only is None or one.business.name in only
        )
        return tuple(match for match in matches if match is not None)

    def _read(self, entry: Entry) -> dict[str, _Found]:
        """Read title and text once, for all."""
        by_key: dict[str, tuple[list[Occurrence], list[Occurrence]]] = defaultdict(lambda: ([], []))
        for place, text in enumerate((entry.title or "", entry.text)):
            for occurrence in self._index.find(fold(text)):
                by_key[occurrence.term.owner][place].append(occurrence)
        return {key: self._sort_out(*places) for key, places in by_key.items()}

    def _sort_out(self, title: Sequence[Occurrence], text: Sequence[Occurrence]) -> _Found:
        signs = [Sign(one, in_title=True) for one in counted(title)]
        signs += [Sign(one, in_title=False) for one in counted(text)]
        excluded = {one.term for one in (*title, *text) if one.term.role is Role.EXCLUDE}
        return _Found(
            signs=tuple(sorted(signs, key=sort_key)),
            is_excluded=bool(excluded),
            is_vetoed=not self._vetoes.isdisjoint(excluded),
        )

    def _read_context(self, entry: Entry) -> frozenset[str]:
        """Return the context words that the entry holds, whoever's they are."""
        whole = fold(f"{entry.title or ''}\n{entry.text}")
        return frozenset(one.term.text for one in self._context.find(whole))


def _certain(one: _Watched, found: _Found) -> Match:
    return Match(
        business=one.name,
        terms=found.terms,
        relevance=ABOUT,
        reason="every entry of this source is about it",
    )


def _judge(one: _Watched, found: _Found, entry: Entry, around: frozenset[str]) -> Match | None:
    if found.is_vetoed or not (found.signs or _is_searched(one, found, entry)):
        return None
    if one.competitor is None and one.own.published(entry):
        return None
    if not found.signs:
        return _searched(one)
    context = tuple(word for word in one.business.context if word in around)
    best, other_language = found.signs[0], _is_other_language(one.business, entry)
    return Match(
        business=one.name,
        terms=found.terms,
        relevance=relevance_of(best, context, other_language=other_language),
        reason=reason_of(best, context, other_language=other_language),
        competitor_of=one.business.name if one.competitor else None,
    )


def _searched(one: _Watched) -> Match:
    return Match(
        business=one.name,
        terms=(),
        relevance=SEARCHED,
        reason="found by a search for it; what the source shows does not name it",
    )


def _watch(businesses: Sequence[Business]) -> Iterator[_Watched]:
    for number, business in enumerate(businesses):
        own = Ownership(business)
        yield _Watched(str(number), business, own)
        for rank, name in enumerate(business.competitors):
            yield _Watched(f"{number}.{rank}", business, own, name)


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
    wanted = one.competitor is None and entry.searched_for == one.business.name
    return wanted and not found.is_excluded


def _is_other_language(business: Business, entry: Entry) -> bool:
    """Tell whether the entry says it is in none of the business's languages: a hint only."""
    if not (business.languages and entry.language):
        return False
    spoken = fold(entry.language).partition("-")[0]
    return spoken not in {fold(one).partition("-")[0] for one in business.languages}
