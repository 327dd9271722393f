"""Searches read one after the other, newest first, each from where it was left. No request here.

For platforms that are asked a business at a time. A walk goes from the newest back to what is
stored already; where a limit of pages cuts it, the next poll reads on from there, and only the end
of a walk moves ``since``: nothing between is lost.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from monitor.errors import Code, SourceError
from monitor.matching.queries import Syntax, search_queries
from monitor.model import Business, Cursor, Entry, Json, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One thing to ask for; ``business`` is whom it looks for, ``None`` for what is no search."""

    text: str
    business: str | None

    @property
    def key(self) -> str:
        """Its name in the cursor."""
        return self.text if self.business is None else f"{self.business}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a search is read, in seconds since 1970.

    Up to ``since`` all is stored; ``top`` is the newest of the walk under way, and ``rest`` where
    that walk goes on: private to the type, ``None`` when none is under way.
    """

    since: int | None = None
    top: int | None = None
    rest: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One answer: its entries, its newest instant, and where older ones follow (``None``: none)."""

    entries: tuple[Entry, ...]
    newest: int | None
    rest: Json
    problem: str | None = None


Ask = Callable[[Search, Place, int], Awaitable[Chunk]]
"""Asks for one page of a search; the number says the how manieth of this poll it is, from 0."""


def searches_for(businesses: Iterable[Business], syntax: Syntax) -> tuple[Search, ...]:
    """Return the searches that together find the businesses."""
    return tuple(
        Search(text=text, business=business.name)
        for business in businesses
        for text in search_queries(business, syntax)
    )


async def walk(
    searches: Sequence[Search], cursor: Cursor, ask: Ask, *, since: int | None, max_pages: int
) -> AsyncGenerator[Page, None]:
    """Yield each search's pages, beginning with the search that the last poll did not come to.

    ``since`` bounds the first walk of a search. An answer that changes nothing yields no page.
    """
    places = _places_of(cursor)
    ordered = in_turn(searches, cursor)
    yielded = 0
    for search, following in zip(ordered, [*ordered[1:], *ordered[:1]], strict=True):
        place = places.get(search.key, Place(since=since))
        for number in range(max_pages):
            try:
                chunk = await ask(search, place, number)
            except SourceError as error:
                # What one search is answered must not keep the others from their turn. On the last
                # page that polling takes, the error itself would not be seen.
                if error.code in (Code.API, Code.HTTP_STATUS) and yielded + 1 < max_pages:
                    # The place where a walk was to go on may be what is refused: it starts anew.
                    places[search.key] = Place(since=place.since)
                    yield Page(entries=(), cursor=_cursor_of(places, following))
                raise
            before, place = place, _advance(place, chunk)
            places[search.key] = place
            if chunk.entries or chunk.problem or place != before:
                yielded += 1
                yield Page(
                    entries=tell(chunk.entries, search),
                    cursor=_cursor_of(places, following),
                    problem=chunk.problem,
                )
            if place.rest is None:
                break


def in_turn(searches: Sequence[Search], cursor: Cursor) -> list[Search]:
    """Return the searches from the one that the cursor says is next."""
    keys = [search.key for search in searches]
    start = keys.index(str(cursor["first"])) if cursor.get("first") in keys else 0
    return [*searches[start:], *searches[:start]]


def tell(entries: Iterable[Entry], search: Search) -> tuple[Entry, ...]:
    """Return the entries with the business that was searched for."""
    return tuple(replace(entry, searched_for=search.business) for entry in entries)


def seconds_of(at: datetime) -> int:
    """Return whole seconds since 1970."""
    return int(at.timestamp())


def _advance(place: Place, chunk: Chunk) -> Place:
    instants = [at for at in (place.top, chunk.newest) if at is not None]
    top = max(instants, default=None)
    if chunk.rest is not None and chunk.rest != place.rest:
        return Place(since=place.since, top=top, rest=chunk.rest)
    # The end, or a server that sends us round in a circle.
    known = [at for at in (place.since, top) if at is not None]
    return Place(since=max(known, default=None))


def _places_of(cursor: Cursor) -> dict[str, Place]:
    places = cursor.get("places")
    rows = places.items() if isinstance(places, Mapping) else ()
    return {key: _place_of(row) for key, row in rows if isinstance(row, Mapping)}


def _place_of(row: Mapping[str, Json]) -> Place:
    since, top = row.get("since"), row.get("top")
    return Place(
        since=since if isinstance(since, int) else None,
        top=top if isinstance(top, int) else None,
        rest=row.get("rest"),
    )


def _cursor_of(places: Mapping[str, Place], following: Search) -> Cursor:
    by_key: dict[str, Json] = {key: asdict(place) for key, place in places.items()}
    return {"first": following.key, "places": by_key}
