"""A place's reviews as an answer lists them, and how far the cursor says they are read. Pure.

A deleted review just vanishes, and one that Google restores comes back at its old date: the
identifiers of what was read are kept, and when the place counts otherwise, all are listed anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.model import Entry, Figure, Json
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import count_of
from monitor.sources.google_review import read_review
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of
from monitor.sources.search_progress import mark_of

MOST_KNOWN = 5_000
"""Reviews of one place that are known again; a vanished one is not noticed where there are more."""
_MARK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One answer: its reviews, the token of the next page, and what the place counts."""

    entries: tuple[Entry, ...]
    following: str | None
    total: int | None
    average: float | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place and how far it is read.

    ``following`` is the page where a reading was cut, ``is_whole`` whether one ever came to its
    end. ``known`` tells the reviews read by their identifier, each with the mark of what it said.
    ``checked`` holds the counts, of the place and ours, at which all were last listed anew.
    """

    url: str | None = None
    following: str | None = None
    is_whole: bool = False
    total: int | None = None
    average: float | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    checked: str = ""

    def fresh(self, entries: Collection[Entry]) -> tuple[Entry, ...]:
        """Return what is new or changed."""
        return tuple(e for e in entries if self.known.get(e.external_id) != _mark(e))

    def after(self, found: Listing, *, ends: bool) -> Place:
        """Return the place after a page; at its end all is read."""
        met = {entry.external_id: _mark(entry) for entry in found.entries}
        return replace(
            self,
            following=None if ends else found.following,
            is_whole=self.is_whole or ends,
            total=self.total if found.total is None else found.total,
            average=self.average if found.average is None else found.average,
            known=dict(list({**self.known, **met}.items())[-MOST_KNOWN:]),
        )

    @property
    def miscounts(self) -> bool:
        """Whether the place counts more or fewer reviews than were read, unlike the last time."""
        count = len(self.known)
        is_countable = self.is_whole and self.total is not None and count < MOST_KNOWN
        return is_countable and self.total != count and self.checked != self._counts(count)

    def without_vanished(self, listed: Sequence[Entry]) -> tuple[Place, tuple[str, ...]]:
        """Return the place once all its reviews are listed, and those that are there no more.

        A list shorter than what the place counts is not believed.
        """
        met = {entry.external_id: _mark(entry) for entry in listed}
        vanished: tuple[str, ...] = ()
        if len(met) >= (self.total or 0):
            vanished = tuple(known for known in self.known if known not in met)
        kept = {one: mark for one, mark in self.known.items() if one not in vanished}
        known = {**kept, **met}
        return replace(self, known=known, checked=self._counts(len(known))), vanished

    def _counts(self, known: int) -> str:
        return f"{self.total}/{known}"


def read_listing(answer: Json, url: str | None) -> Listing:
    """Read one answer of ``reviews``. Raises Malformed(api)."""
    told = record_of(answer, "the answer")
    rows = told.get("reviews")
    entries, problem = read_each(
        () if rows is None else rows_of(rows, "reviews"),
        lambda review: read_review(review, url),
        "reviews",
    )
    following, average = told.get("nextPageToken"), told.get("averageRating")
    return Listing(
        entries=entries,
        following=following if isinstance(following, str) and following else None,
        total=count_of(told.get("totalReviewCount")),
        average=float(average) if isinstance(average, int | float) else None,
        problem=problem,
    )


def figures_of(places: Collection[Place]) -> tuple[Figure, ...]:
    """Return the count of reviews and the mean rating of all places together."""
    counted = [(p.total, p.average) for p in places if p.total is not None]
    if not counted:
        return ()
    total = sum(number for number, _ in counted)
    figures = [Figure(name="rating_count", value=total)]
    rated = [(number, average) for number, average in counted if average is not None and number]
    if rated:
        weight = sum(number for number, _ in rated)
        mean = sum(number * average for number, average in rated) / weight
        figures.insert(0, Figure(name="rating", value=round(mean, 2)))
    return tuple(figures)


def places_in(cursor: Mapping[str, Json]) -> dict[str, Place]:
    """Return the places that a cursor holds, by their names."""
    return {
        name: _place_of(told)
        for name, told in part_at(cursor, "places").items()
        if isinstance(told, Mapping)
    }


def told_places(places: Mapping[str, Place]) -> Json:
    """Return the places as a cursor holds them."""
    return {
        name: {
            "url": place.url,
            "following": place.following,
            "whole": place.is_whole,
            "total": place.total,
            "average": place.average,
            "known": dict(place.known),
            "checked": place.checked,
        }
        for name, place in places.items()
    }


def _place_of(told: Mapping[str, Json]) -> Place:
    following, average = told.get("following"), told.get("average")
    return Place(
        url=web_url(told.get("url")),
        following=following if isinstance(following, str) else None,
        is_whole=told.get("whole") is True,
        total=count_of(told.get("total")),
        average=float(average) if isinstance(average, int | float) else None,
        known={one: str(mark) for one, mark in part_at(told, "known").items()},
        checked=str(told.get("checked")),
    )


def _mark(entry: Entry) -> str:
    return mark_of(entry)[_MARK:]
