"""What is held of a person: which mentions they wrote, and which name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from monitor.names import KeyedNames
from monitor.store.sqlite.rows import Row
from monitor.subjects import Subject, SubjectKind, Trail
from monitor.traces import Traces, runs_of_url, shingles_of, words_of
from monitor.urls import canonical_url, is_site_root

WORDS = ("title", "text", "author", "outlet", "reason", "signals", "matched", "themes", "note")
"""The columns of a mention that hold words of people or about them."""
_ADDRESSES = ("author_url", "url", "canonical_url", "external_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids of mentions: ``theirs`` go whole, in the others the name goes."""

    theirs: tuple[str, ...]
    naming: tuple[str, ...]
    trail: Trail


def search(db: Database, subject: Subject, names: KeyedNames | None) -> Found:
    """Look through all mentions; ``names`` knows the pseudonyms, where there are any.

    Whoever is told by name is known by their pages too, where nobody else has that page. A
    mention whose address spells the name out counts as theirs: the address could not stay.
    """
    if subject.kind is SubjectKind.BUSINESS:
        return _of_business(db, subject.value)
    runs, urls = set(subject.runs), set(subject.urls)
    if names is not None:
        runs.add(words_of(names.pseudonym(subject.value)))
    trail = Trail(runs=frozenset(runs), urls=frozenset(urls))
    pages = _pages(db, trail.person) if not subject.is_address else frozenset()
    beside = {run for page in pages for run in runs_of_url(page)}
    trail = replace(trail, runs=trail.runs | beside, urls=trail.urls | pages)
    return _looked_through(db, trail)


def _looked_through(db: Database, trail: Trail) -> Found:
    person = trail.person
    beside = _ids_beside(db, person)
    theirs, naming, texts, links = [], [], [], set()
    for row in db.query("SELECT * FROM mention WHERE erased_at IS NULL"):
        if is_theirs(row, person) or row["id"] in beside:
            theirs.append(row["id"])
            texts += [row["title"] or "", row["text"]]
            links |= {canonical_url(row["url"])} if row["url"] else set()
        elif any(row[name] and person.bears(row[name]) for name in WORDS):
            naming.append(row["id"])
    earlier = _earlier(db, theirs)
    naming += _ids_of_earlier(db, person, {*theirs, *naming})
    words = frozenset(shingles_of([*texts, *earlier]))
    links = {link for link in links if not is_site_root(link)}
    trail = replace(trail, words=words, links=frozenset(links))
    return Found(theirs=tuple(theirs), naming=tuple(naming), trail=trail)


def is_theirs(row: Row, person: Traces) -> bool:
    """Tell whether they wrote a mention, or its address tells who they are."""
    return person.names(row["author"]) or any(person.leads_to(row[name]) for name in _ADDRESSES)


def _pages(db: Database, person: Traces) -> frozenset[str]:
    """Return the pages of an author told by name, but those that others share (a newspaper's)."""
    authors: dict[str, set[bool]] = defaultdict(set)
    known = db.execute(
        """SELECT DISTINCT author, author_url FROM mention
        WHERE author_url IS NOT NULL AND erased_at IS NULL"""
    )
    for author, url in known:
        authors[canonical_url(url)].add(person.names(author))
    return frozenset(url for url, own in authors.items() if own == {True} and not is_site_root(url))


def _ids_beside(db: Database, person: Traces) -> set[str]:
    """Return the mentions that were met under an address that tells who they are."""
    places = db.execute("SELECT mention_id, url, canonical_url, external_id FROM place")
    return {one for one, *addresses in places if any(person.leads_to(a) for a in addresses)}


def _ids_of_earlier(db: Database, person: Traces, known: set[str]) -> list[str]:
    found = db.execute("SELECT mention_id, title, text FROM revision")
    naming = {one for one, *words in found if any(word and person.bears(word) for word in words)}
    return sorted(naming - known)


def _earlier(db: Database, mention_ids: Sequence[str]) -> Iterable[str]:
    wanted = set(mention_ids)
    for one, title, text in db.execute("SELECT mention_id, title, text FROM revision"):
        if one in wanted:
            yield from (title or "", text)


def _of_business(db: Database, name: str) -> Found:
    ids = db.execute(
        "SELECT id FROM mention WHERE business = :name OR competitor_of = :name", {"name": name}
    )
    reports = db.execute("SELECT report FROM digest WHERE business = ?", [name])
    return Found(
        theirs=tuple(one for (one,) in ids.fetchall()),
        naming=(),
        trail=Trail(reports=tuple(one for (one,) in reports)),
    )
