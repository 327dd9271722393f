from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sources.fake_session import NOW

from monitor.errors import Code, FetchError
from monitor.model import Cursor, Entry, Json, Kind, Page
from monitor.sources.search_walk import FIRST_SPAN, Found, Reader, Search

ONE = Search(key="one", query="Bougamont", business="Fleurs Bougamont")
DAY0 = datetime(2026, 11, 1, tzinfo=UTC)


def entry(number: int) -> Entry:
    at = DAY0 + timedelta(hours=number)
    return Entry(external_id=str(number), url=None, text="", kind=Kind.VIDEO, published_at=at)


@dataclass
class Server:
    """Answers newest first; entries are numbered by the hour they were published in."""

    numbers: list[int]
    size: int = 2
    keeps_to_dates: bool = True
    fails_at: tuple[int, ...] = ()
    calls: list[tuple[str, Json]] = field(default_factory=list)

    async def ask(self, search: Search, after: datetime, following: Json) -> Found:
        self.calls.append((search.key, following))
        if len(self.calls) in self.fails_at:
            raise FetchError(Code.HTTP_STATUS, http_status=500)
        found = [entry(n) for n in sorted(self.numbers, reverse=True)]
        if self.keeps_to_dates:
            found = [e for e in found if e.published_at and e.published_at >= after]
        start = following if isinstance(following, int) else 0
        rows = found[start : start + self.size]
        more = start + self.size < len(found)
        return Found(
            entries=tuple(rows), rows=len(rows), following=start + self.size if more else None
        )


def read(
    server: Server,
    cursor: Cursor | None = None,
    *,
    searches: Sequence[Search] = (ONE,),
    max_pages: int = 5,
    cut: int = 99,
) -> tuple[list[int], Cursor, list[Page]]:
    """Read as a poll does: what was yielded is stored, to the limit or the error."""
    pages: list[Page] = []

    async def poll() -> None:
        reader = Reader(ask=server.ask, now=NOW, since=NOW - FIRST_SPAN, max_pages=max_pages)
        async for page in reader.read(searches, cursor or {}):
            pages.append(page)
            if len(pages) == cut:
                return

    server.calls.clear()
    with suppress(FetchError):
        asyncio.run(poll())
    reached = pages[-1].cursor if pages else cursor or {}
    assert json.loads(json.dumps(reached)) == reached
    return [int(e.external_id) for page in pages for e in page.entries], reached, pages


def test_a_first_poll_reads_to_the_end_and_tells_the_business() -> None:
    found, _, pages = read(Server([100, 101, 102, 103, 104]))
    assert found == [104, 103, 102, 101, 100]
    assert {e.searched_for for page in pages for e in page.entries} == {"Fleurs Bougamont"}


def test_an_unchanged_search_costs_one_request_and_yields_nothing() -> None:
    server = Server([100, 101, 102, 103, 104])
    _, cursor, _ = read(server)
    assert read(server, cursor)[2] == []
    assert len(server.calls) == 1


def test_what_is_indexed_late_is_found() -> None:
    server = Server([100, 101, 104])
    _, cursor, _ = read(server)
    server.numbers.append(102)
    assert read(server, cursor)[0] == [102]


def test_entries_met_before_come_again_where_their_counts_are_told() -> None:
    server = Server([100, 101])
    counted = replace(ONE, again=True)
    _, cursor, _ = read(server, searches=[counted])
    assert read(server, cursor, searches=[counted])[0] == [101, 100]


def test_a_server_that_ignores_dates_is_not_read_to_its_end_again() -> None:
    server = Server(list(range(10, 20)), keeps_to_dates=False)
    _, cursor, _ = read(server)
    server.numbers.append(20)
    assert read(server, cursor)[0] == [20]
    assert len(server.calls) <= 2


def test_a_fault_on_a_later_page_loses_nothing() -> None:
    server = Server([100, 101, 102, 103, 104], fails_at=(2,))
    found, cursor, _ = read(server)
    assert found == [104, 103]
    server.fails_at = ()
    server.numbers.append(105)
    again, _, _ = read(server, cursor)
    assert sorted(again) == [100, 101, 102, 105]


def test_a_page_mark_that_is_no_longer_taken_starts_the_reading_again() -> None:
    server = Server([100, 101, 102, 103, 104])
    _, cursor, _ = read(server, cut=1)
    ask = server.ask

    async def refuse_old_marks(search: Search, after: datetime, following: Json) -> Found:
        if following == 2 and not server.calls:
            server.calls.append((search.key, following))
            raise FetchError(Code.HTTP_STATUS, http_status=400)
        return await ask(search, after, following)

    server.ask = refuse_old_marks  # type: ignore[method-assign] # one refusal, then as before
    assert sorted(read(server, cursor)[0]) == [100, 101, 102]


def test_a_repeated_page_mark_ends() -> None:
    async def same(search: Search, after: datetime, following: Json) -> Found:
        del search, after, following
        return Found(entries=(entry(1),), rows=1, following="again")

    server = Server([])
    server.ask = same  # type: ignore[method-assign] # answers the same for ever
    assert len(read(server, max_pages=50)[2]) <= 2


def test_an_empty_page_ends_whatever_it_says_of_more() -> None:
    async def empty(search: Search, after: datetime, following: Json) -> Found:
        del search, after
        server.calls.append(("", following))
        return Found(entries=(), rows=0, following="more")

    server = Server([])
    server.ask = empty  # type: ignore[method-assign] # nothing, and more of it
    read(server)
    assert len(server.calls) == 1


def test_without_a_bound_a_first_poll_ends_at_its_limit_of_pages() -> None:
    server = Server(list(range(100, 120)), keeps_to_dates=False)
    endless = replace(ONE, bounded=False)
    found, cursor, _ = read(server, searches=[endless], max_pages=2)
    assert found == [119, 118, 117, 116]
    assert read(server, cursor, searches=[endless], max_pages=2)[2] == []


def test_a_limit_of_pages_starves_no_search() -> None:
    searches = [ONE, Search(key="two", query="x"), Search(key="three", query="y")]
    cursor: Cursor = {}
    begun = []
    for _ in range(3):
        server = Server(list(range(100, 110)))
        _, cursor, _ = read(server, cursor, searches=searches, cut=1)
        begun.append(server.calls[0][0])
    assert begun == ["one", "two", "three"]


def test_a_date_in_the_future_hides_nothing_that_comes_after() -> None:
    server = Server([100, 9_000])
    _, cursor, _ = read(server)
    server.numbers.append(530)  # an hour before now
    assert read(server, cursor)[0] == [530]


def test_known_by_date_only_what_is_newer_is_given() -> None:
    server = Server([100, 101, 102], keeps_to_dates=False)
    comments = Search(key="c", query="v", overlap=timedelta(0), by_date=True, bounded=False)
    _, cursor, _ = read(server, searches=[comments])
    assert "seen" not in json.dumps(cursor)
    server.numbers.append(103)
    assert read(server, cursor, searches=[comments])[0] == [103]


def test_history_stops_at_its_beginning_though_the_server_goes_on() -> None:
    server = Server(list(range(100, 120)), keeps_to_dates=False)

    async def poll() -> list[Page]:
        since = DAY0 + timedelta(hours=116)
        reader = Reader(ask=server.ask, now=NOW, since=since, max_pages=9, stop_at_since=True)
        return [page async for page in reader.read([ONE], {})]

    assert len([e for page in asyncio.run(poll()) for e in page.entries]) == 6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 500), max_size=8, unique=True), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(1, 4),
    st.sets(st.integers(1, 6), max_size=2),
)
def test_however_polls_are_cut_nothing_is_lost(
    batches: list[list[int]], size: int, cut: int, faults: set[int]
) -> None:
    """Each batch is newer than those before; polls are cut and fail, then the source is drained."""
    server = Server([], size=size, fails_at=tuple(faults))
    cursor: Cursor = {}
    met: set[int] = set()
    for number, batch in enumerate(batches):
        server.numbers += [number * 1_000 // len(batches) // 2 + n // 9 for n in batch]
        found, cursor, _ = read(server, cursor, cut=cut)
        met |= set(found)
    server.fails_at = ()
    for _ in range(40):
        found, cursor, _ = read(server, cursor, cut=cut)
        met |= set(found)
    in_reach = {n for n in server.numbers if DAY0 + timedelta(hours=n) >= NOW - FIRST_SPAN}
    assert in_reach <= met
