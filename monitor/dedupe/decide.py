"""Whether a sighting is new, an edit of what is stored, or the same again.

It looks nothing up: the store finds the mentions of the same business that share one of
``lookup_keys`` and gives them as ``Known``; ``decide`` answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TypeAlias

from monitor.dedupe.similarity import are_equal, are_similar, contradict
from monitor.model import Entry, Kind, Sighting
from monitor.text import fold
from monitor.urls import is_site_root

_NEAR = timedelta(days=1)  # a paper's own date against the hour an aggregator found it
_SAME_ISSUE = timedelta(hours=12)  # a column bears one title every day
_MINUTE = timedelta(minutes=1)
_SINGLE = frozenset({Kind.REVIEW, Kind.COMMENT, Kind.POST})  # each a voice: never one by its title


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store holds of a mention that a sighting may be: one value a place it was met.

    ``source_id``, ``platform`` and ``external_id`` are of that place; a mention met at three
    places is three values with one ``id``. ``is_origin`` is true of the place whose words are
    stored. The other fields are of the mention as it is stored now (edits included).
    """

    id: str
    source_id: str
    platform: str
    external_id: str
    is_origin: bool
    kind: Kind
    canonical_url: str | None
    title: str | None
    text: str
    rating: float | None
    title_key: str | None
    text_key: str | None
    outlet_key: str | None
    published_at: datetime
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupKeys:
    """What to look candidates up by, within the sighting's business. Any one equal is enough.

    ``external_id`` counts within ``platform``. ``None`` asks nothing.
    """

    platform: str
    external_id: str
    canonical_url: str | None
    title_key: str | None


@dataclass(frozen=True, slots=True)
class New:
    """Not known: store it as a mention of its own."""


@dataclass(frozen=True, slots=True)
class Update:
    """The mention ``id``, edited: renew what is stored, keep the first text, tell nobody again."""

    id: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The mention ``id`` again, unchanged, or at another place: note the place, nothing else."""

    id: str


Verdict: TypeAlias = New | Update | Duplicate


class _Evidence(IntEnum):
    """By what a sighting is known again; the greater the surer."""

    NONE = 0
    TITLE = 1
    PAGE = 2
    ID = 3


def lookup_keys(sighting: Sighting) -> LookupKeys:
    """Return what the store should look for, among that business's mentions."""
    keys = sighting.fingerprint
    return LookupKeys(
        platform=sighting.platform,
        external_id=sighting.entry.external_id,
        canonical_url=_page(keys.canonical_url),
        title_key=None if sighting.entry.kind in _SINGLE else keys.title_key,
    )


def decide(sighting: Sighting, known: Sequence[Known]) -> Verdict:
    """Decide what a sighting is, given all that the store found by its ``lookup_keys``.

    The order of ``known`` is of no account. Of several mentions that it may be, the surest is
    taken, then the oldest. Only the source whose words are stored may edit them: a press copy
    elsewhere never overwrites.
    """
    likely = [(_evidence(sighting, one), one) for one in known]
    same = [(-evidence, one.published_at, one.id) for evidence, one in likely if evidence]
    if not same:
        return New()
    mention_id = min(same)[2]
    places = [one for one in known if one.id == mention_id]
    is_editor = any(one.is_origin and one.source_id == sighting.source_id for one in places)
    if is_editor and _is_edited(sighting, places[0]):
        return Update(mention_id)
    return Duplicate(mention_id)


def _evidence(sighting: Sighting, one: Known) -> _Evidence:
    """Return by what a sighting is that mention, the surest first; ``NONE``: it is another."""
    entry = sighting.entry
    same_id = entry.external_id == one.external_id != "" and one.platform == sighting.platform
    if same_id and _id_holds(sighting, one):
        return _Evidence.ID
    page = _page(sighting.fingerprint.canonical_url)
    is_page = page is not None and page == one.canonical_url and not same_id
    if is_page and not _are_two_reviews(sighting, one) and _page_holds(entry, one):
        return _Evidence.PAGE
    if not {entry.kind, one.kind} & _SINGLE and not same_id and _title_holds(sighting, one):
        return _Evidence.TITLE
    return _Evidence.NONE


def _id_holds(sighting: Sighting, one: Known) -> bool:
    """Tell whether an equal identifier is believed: some feeds give one guid to all they tell."""
    entry = sighting.entry
    page, known_page = _page(sighting.fingerprint.canonical_url), _page(one.canonical_url)
    retold = contradict(entry.title, one.title) and contradict(entry.text, one.text)
    if page is not None and page == known_page:
        return not (retold and _is_dated_otherwise(entry, one))
    if page is None or known_page is None:
        return not retold if sighting.source_id == one.source_id else _tell_alike(entry, one)
    if are_equal(entry.text, one.text):
        return True
    return are_equal(entry.title, one.title) and not contradict(entry.text, one.text)


def _tell_alike(entry: Entry, one: Known) -> bool:
    return not (contradict(entry.title, one.title) or contradict(entry.text, one.text))


def _is_dated_otherwise(entry: Entry, one: Known) -> bool:
    at = entry.published_at
    return at is not None and abs(at - one.published_at) >= _MINUTE


def _are_two_reviews(sighting: Sighting, one: Known) -> bool:
    """Tell whether a source's reviews of one page are two: bare stars, or not of one moment.

    "Parfait" by "A Google user" is said by many.
    """
    entry = sighting.entry
    if not (entry.kind is one.kind is Kind.REVIEW and sighting.source_id == one.source_id):
        return False
    return not (entry.text and one.text) or _is_dated_otherwise(entry, one)


def _page_holds(entry: Entry, one: Known) -> bool:
    """Tell whether two identifiers on one page are one thing: a page may hold many reviews."""
    if {entry.kind, one.kind} & _SINGLE:
        same_author = not (entry.author and one.author) or fold(entry.author) == fold(one.author)
        same_rating = None in {entry.rating, one.rating} or entry.rating == one.rating
        return same_author and same_rating and not contradict(entry.text, one.text)
    if entry.kind is one.kind is Kind.PAGE:
        # The passages of a watched page all bear its title.
        return are_similar(entry.text, one.text)
    alike = are_similar(entry.title, one.title) or are_similar(entry.text, one.text)
    return alike or _tell_alike(entry, one)


def _title_holds(sighting: Sighting, one: Known) -> bool:
    """Tell whether it is that article of the same outlet, found another way about the same day."""
    entry, keys = sighting.entry, sighting.fingerprint
    if keys.title_key is None or keys.outlet_key is None:
        return False
    if (keys.title_key, keys.outlet_key) != (one.title_key, one.outlet_key):
        return False
    at = entry.published_at
    if at is None or sighting.source_id == one.source_id:
        is_near = at is None or _are_near(at, one.published_at, _NEAR)
        retold = are_similar(entry.text, one.text) and is_near
        return retold or (at is not None and _is_listed_again(entry, one, at))
    return _are_near(at, one.published_at, _NEAR) and not contradict(entry.text, one.text)


def _is_listed_again(entry: Entry, one: Known, at: datetime) -> bool:
    """Tell whether a search engine gives its headline a new address and guid: all but the date."""
    return not (entry.text or one.text) and _are_near(at, one.published_at, _SAME_ISSUE)


def _are_near(one: datetime, other: datetime, within: timedelta) -> bool:
    return abs(one - other) <= within


def _is_edited(sighting: Sighting, one: Known) -> bool:
    """Tell whether title, text or rating changed; what is no longer told has not changed."""
    entry = sighting.entry
    told = [(entry.title, one.title), (entry.text, one.text)]
    reworded = any((new or "").split() not in ([], (old or "").split()) for new, old in told)
    return reworded or entry.rating not in {None, one.rating}


def _page(canonical: str | None) -> str | None:
    """Return an address that tells one thing from another: a site's front page does not."""
    return None if canonical is None or is_site_root(canonical) else canonical
