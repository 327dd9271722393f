"""What a source asks for one after the other, what it is answered, whose turn it is. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from monitor.matching.queries import Syntax, search_queries
from monitor.model import Business, Cursor, Entry, Json

_NO_DATE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One thing to ask for; ``business`` is whom it looks for, ``None`` for what is no search.

    ``is_loose``: that it finds an entry proves nothing, only the entry's own words say whom it is
    about. ``by_date``: its entries are known by their dates alone, for what is never edited or
    would cost too much to remember.
    """

    text: str
    business: str | None = None
    is_loose: bool = False
    by_date: bool = False

    @property
    def key(self) -> str:
        """Its name in the cursor."""
        return self.text if self.business is None else f"{self.business}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One answer: its entries, how many rows it had, and what to ask next with (``None``: end).

    ``reached`` is the date of its last row, that of the last entry when it is not told. What is not
    ``is_sorted``, newest first, is read to its end at each poll.
    """

    entries: tuple[Entry, ...]
    rows: int
    following: Json = None
    reached: datetime | None = None
    is_sorted: bool = True
    problem: str | None = None
    removed: tuple[str, ...] = ()

    @property
    def oldest(self) -> datetime | None:
        """How far back it reaches."""
        dates = (entry.published_at for entry in reversed(self.entries))
        return self.reached or next((at for at in dates if at is not None), None)


Ask = Callable[[Search, datetime, Json], Awaitable[Found]]
"""Asks a search for what came since an instant, on the page that ``following`` stands for."""


def searches_for(
    businesses: Iterable[Business], syntax: Syntax, *, is_loose: bool = False
) -> tuple[Search, ...]:
    """Return the searches that together find the businesses."""
    return tuple(
        Search(text=text, business=business.name, is_loose=is_loose)
        for business in businesses
        for text in search_queries(business, syntax)
    )


def second_to_go_on(seconds: Sequence[int], until: Json = None) -> int | None:
    """Return the second (since 1970) up to which older rows are to be asked for, that one included.

    ``seconds`` are those of the rows of an answer, ``until`` what it was asked with. By date, not
    by number of page: what is deleted meanwhile moves no row. ``None``: nothing says where to go
    on, or the server does not heed ``until``.

    Known limit: of one second, no more rows are read than an answer holds.
    """
    if not seconds:
        return None
    if not isinstance(until, int):
        return min(seconds)
    return None if max(seconds) > until else min(*seconds, until - 1)


def in_turn(searches: Sequence[Search], cursor: Cursor) -> list[Search]:
    """Return the searches from the one that the cursor says is next."""
    keys = [search.key for search in searches]
    start = keys.index(str(cursor["first"])) if cursor.get("first") in keys else 0
    return [*searches[start:], *searches[:start]]


def tell(entries: Iterable[Entry], search: Search) -> tuple[Entry, ...]:
    """Return the entries with the business that was searched for, unless that proves nothing."""
    if search.business is None or search.is_loose:
        return tuple(entries)
    return tuple(replace(entry, searched_for=search.business) for entry in entries)


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries by their dates, those without one last, whatever page they came on."""
    return sorted(entries, key=lambda entry: entry.published_at or _NO_DATE, reverse=True)
