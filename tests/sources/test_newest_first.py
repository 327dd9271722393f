from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Code, FetchError, SourceError
from monitor.model import Cursor, Entry, Json, Kind, Page
from monitor.sources.newest_first import Batch, walk_back, walk_history
from monitor.sources.searches import Search

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SEARCH = Search(text="bougamont", business="Fleurs Bougamont")
OTHER = Search(text="odile", business="Chez Odile")


def entry(number: int, *, hours: int | None = None, text: str = "") -> Entry:
    """The higher the number, the younger: an hour each, 1000 is now."""
    at = NOW - timedelta(hours=1000 - number if hours is None else hours)
    return Entry(external_id=str(number), url=None, text=text, kind=Kind.POST, published_at=at)


class Server:
    """Answers pages of ``size`` entries, newest first, from the place that ``rest`` names."""

    def __init__(self, numbers: list[int], *, size: int = 3) -> None:
        self.entries = {number: entry(number) for number in numbers}
        self.size = size
        self.asked: list[tuple[str, Json]] = []
        self.fails_at: set[int] = set()
        self.status: int | None = None

    async def ask(self, search: Search, rest: Json, floor: datetime) -> Batch:
        del floor
        self.asked.append((search.text, rest))
        if len(self.asked) in self.fails_at:
            raise FetchError(Code.HTTP_STATUS, http_status=self.status)
        before = rest if isinstance(rest, int) else 10_000
        rows = sorted((n for n in self.entries if n < before), reverse=True)
        found = [self.entries[number] for number in rows[: self.size]]
        return Batch(
            entries=tuple(found),
            reached=found[-1].published_at if found else None,
            rest=rows[self.size - 1] if len(rows) > self.size else None,
        )


def poll(
    server: Server,
    cursor: Cursor | None = None,
    *searches: Search,
    max_pages: int = 5,
    pages: int = 99,
) -> tuple[list[Page], SourceError | None]:
    """Read as the poller does: at most ``pages`` pages, those before an error kept."""

    async def read() -> tuple[list[Page], SourceError | None]:
        found: list[Page] = []
        walk = walk_back(
            searches or (SEARCH,), cursor or {}, server.ask, now=NOW, max_pages=max_pages
        )
        try:
            async for page in walk:
                found.append(page)
                if len(found) >= pages:
                    break
        except SourceError as error:
            return found, error
        return found, None

    return asyncio.run(read())


def ids(pages: list[Page]) -> list[int]:
    return [int(entry.external_id) for page in pages for entry in page.entries]


def test_a_first_poll_reads_back_to_its_reach() -> None:
    server = Server([1000, 999, 998, 997, 100, 99])
    pages, _ = poll(server)
    assert ids(pages) == [1000, 999, 998, 997, 100, 99]
    assert len(server.asked) == 2


def test_a_second_poll_of_what_has_not_changed_costs_one_request_and_yields_nothing() -> None:
    server = Server(list(range(990, 1001)))
    pages, _ = poll(server)
    server.asked.clear()
    assert poll(server, pages[-1].cursor) == ([], None)
    assert len(server.asked) == 1


def test_what_is_new_is_yielded_alone() -> None:
    server = Server([990, 991])
    pages, _ = poll(server)
    server.entries[995] = entry(995)
    assert ids(poll(server, pages[-1].cursor)[0]) == [995]


def test_what_was_indexed_late_is_found_below_what_is_stored() -> None:
    server = Server([990, 1000])
    pages, _ = poll(server)
    server.entries[985] = entry(985)
    assert ids(poll(server, pages[-1].cursor)[0]) == [985]


def test_what_was_edited_is_yielded_again() -> None:
    server = Server([990, 1000])
    pages, _ = poll(server)
    server.entries[990] = entry(990, text="Correction")
    assert ids(poll(server, pages[-1].cursor)[0]) == [990]


def test_a_walk_cut_by_the_limit_of_pages_goes_on_at_the_next_poll() -> None:
    server = Server(list(range(980, 1000)))
    first, _ = poll(server, max_pages=2)
    second, _ = poll(server, first[-1].cursor, max_pages=9)
    assert ids(first) == list(range(999, 993, -1))
    assert ids(second) == list(range(993, 979, -1))


def test_a_walk_cut_by_an_error_goes_on_at_the_next_poll() -> None:
    server = Server(list(range(980, 1000)))
    server.fails_at = {3}
    first, error = poll(server)
    second, _ = poll(server, first[-1].cursor, max_pages=9)
    assert error is not None
    assert ids(first + second) == list(range(999, 979, -1))


def test_what_came_during_a_walk_of_several_polls_is_not_lost() -> None:
    server = Server(list(range(980, 990)))
    first, _ = poll(server, max_pages=1)
    server.entries |= {number: entry(number) for number in (998, 999)}
    second, _ = poll(server, first[-1].cursor, max_pages=9)
    third, _ = poll(server, second[-1].cursor)
    assert ids(first + second) == list(range(989, 979, -1))
    assert ids(third) == [999, 998]


def test_a_page_that_is_no_longer_there_begins_the_walk_again() -> None:
    server = Server(list(range(980, 990)))
    first, _ = poll(server, max_pages=1)
    server.fails_at, server.status = {2}, 400
    second, error = poll(server, first[-1].cursor, max_pages=9)
    assert error is None
    assert set(ids(first + second)) == set(range(980, 990))


def test_a_server_that_sends_round_in_a_circle_is_left() -> None:
    async def ask(search: Search, rest: Json, floor: datetime) -> Batch:
        del search, rest, floor
        return Batch(entries=(entry(999),), reached=NOW, rest="again")

    async def read() -> list[Page]:
        return [p async for p in walk_back([SEARCH], {}, ask, now=NOW, max_pages=20)]

    assert len(asyncio.run(read())) <= 2


def test_a_search_that_fails_starves_no_other() -> None:
    async def read(cursor: Cursor) -> tuple[list[Page], str]:
        asked: list[str] = []

        async def ask(search: Search, rest: Json, floor: datetime) -> Batch:
            del rest, floor
            asked.append(search.text)
            if search == SEARCH:
                raise FetchError(Code.RATE_LIMITED)
            return Batch(entries=(entry(999),), reached=NOW)

        pages: list[Page] = []
        walk = walk_back([SEARCH, OTHER], cursor, ask, now=NOW, max_pages=5)
        with suppress(FetchError):
            while True:
                pages.append(await anext(walk))
        return pages, "".join(asked)

    first, asked_first = asyncio.run(read({}))
    second, asked_second = asyncio.run(read(first[-1].cursor))
    assert (asked_first, asked_second) == ("bougamont", "odilebougamont")
    assert ids(second) == [999]


def test_history_reads_on_from_the_page_where_it_was_cut_and_then_ends() -> None:
    server = Server(list(range(900, 1000)), size=30)

    async def read(cursor: Cursor, pages: int) -> list[Page]:
        found: list[Page] = []
        since = NOW - timedelta(hours=1000 - 920)
        async for page in walk_history([SEARCH, OTHER], cursor, server.ask, now=NOW, since=since):
            found.append(page)
            if len(found) == pages:
                break
        return found

    first = asyncio.run(read({}, 1))
    rest = asyncio.run(read(first[-1].cursor, 99))
    assert ids(first + rest) == 2 * list(range(999, 919, -1))
    assert asyncio.run(read(rest[-1].cursor, 99)) == []


@given(
    numbers=st.sets(st.integers(700, 989), max_size=25),
    size=st.integers(1, 7),
    cuts=st.lists(st.integers(1, 3), min_size=40, max_size=40),
    new=st.sets(st.integers(990, 1000), max_size=5),
)
def test_page_splits_and_cuts_lose_nothing(
    numbers: set[int], size: int, cuts: list[int], new: set[int]
) -> None:
    server = Server(sorted(numbers), size=size)
    cursor: Cursor = {}
    seen: set[int] = set()
    for number, cut in enumerate(cuts):
        if number == 3:
            server.entries |= {one: entry(one) for one in new}
        pages, _ = poll(server, cursor, max_pages=3, pages=cut)
        seen |= set(ids(pages))
        cursor = json.loads(json.dumps(pages[-1].cursor)) if pages else cursor
    assert seen == numbers | new
