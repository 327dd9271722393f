from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.model import Cursor, Entry, Kind, Page
from monitor.sources.date_windows import rest_after, window_of
from monitor.sources.searches import Ask, Chunk, Place, Search, walk

ONE = Search(text="un", business="Un")
TWO = Search(text="deux", business="Deux")
PAGE_SIZE = 3


@dataclass
class Platform:
    """Posts by their second, newest first, in numbered pages of which only a few are given."""

    posts: list[int]
    most_pages: int = 100
    asked: list[str] = field(default_factory=list)

    async def ask(self, search: Search, place: Place, asked: int) -> Chunk:
        self.asked.append(search.text)
        window = window_of(place, asked)
        found = [at for at in sorted(self.posts, reverse=True) if at >= (place.since or 0)]
        found = [at for at in found if window.until is None or at <= window.until]
        start = window.number * PAGE_SIZE
        shown = found[start : start + PAGE_SIZE] if window.number < self.most_pages else []
        return Chunk(
            entries=tuple(entry(at) for at in shown),
            newest=max(shown, default=None),
            rest=rest_after(
                window,
                min(shown, default=None),
                has_more=len(found) > start + PAGE_SIZE,
                most_pages=self.most_pages,
            ),
        )


def entry(at: int) -> Entry:
    return Entry(external_id=str(at), url=None, text="", kind=Kind.POST)


def poll(
    ask: Ask, cursor: Cursor, *searches: Search, since: int = 0, most: int = 2, cut: int = 99
) -> tuple[list[Page], SourceError | None]:
    """Read as polling does: at most ``cut`` pages, an error keeps those before."""
    pages: list[Page] = []

    async def read() -> None:
        async for page in walk(searches or (ONE,), cursor, ask, since=since, max_pages=most):
            pages.append(page)
            if len(pages) >= cut:
                return

    try:
        asyncio.run(read())
    except SourceError as error:
        return pages, error
    return pages, None


def ids(pages: Sequence[Page]) -> list[int]:
    return [int(entry.external_id) for page in pages for entry in page.entries]


def test_a_walk_that_is_cut_goes_on_at_the_next_poll() -> None:
    platform = Platform(list(range(1, 11)))
    first, _ = poll(platform.ask, {})
    platform.posts += [11, 12]
    second, _ = poll(platform.ask, first[-1].cursor)
    third, _ = poll(platform.ask, second[-1].cursor)
    assert ids(first) == [10, 9, 8, 7, 6, 5]
    assert ids(second) == [5, 4, 3, 2, 1]
    assert ids(third) == [12, 11, 10]


def test_a_second_poll_of_the_same_asks_once() -> None:
    platform = Platform([1, 2])
    first, _ = poll(platform.ask, {})
    platform.asked.clear()
    second, _ = poll(platform.ask, first[-1].cursor)
    assert platform.asked == ["un"]
    assert ids(second) == [2]  # the newest second is read again: one more post may bear it


def test_nothing_found_yields_nothing() -> None:
    assert poll(Platform([]).ask, {}) == ([], None)


def test_past_the_last_page_that_is_given_older_ones_are_asked_for_by_date() -> None:
    platform = Platform(list(range(1, 21)), most_pages=2)
    pages, _ = poll(platform.ask, {}, most=20)
    assert sorted(set(ids(pages))) == list(range(1, 21))


def test_a_server_that_ignores_the_bounds_does_not_hold_us() -> None:
    async def ask(search: Search, place: Place, asked: int) -> Chunk:
        del search
        rest = rest_after(window_of(place, asked), 1, has_more=True, most_pages=10)
        return Chunk(entries=(entry(1),), newest=1, rest=rest)

    first, _ = poll(ask, {})
    second, _ = poll(ask, first[-1].cursor)
    assert [len(first), len(second)] == [2, 1]


def test_a_limit_of_pages_starves_no_search() -> None:
    platform = Platform(list(range(1, 11)))
    first, _ = poll(platform.ask, {}, ONE, TWO, cut=1)
    platform.asked.clear()
    poll(platform.ask, first[-1].cursor, ONE, TWO, cut=1)
    assert platform.asked == ["deux"]


def test_entries_tell_whose_search_found_them() -> None:
    pages, _ = poll(Platform([1]).ask, {}, ONE, TWO)
    assert [e.searched_for for page in pages for e in page.entries] == ["Un", "Deux"]


def refusing(error: SourceError, platform: Platform) -> Callable[..., Awaitable[Chunk]]:
    async def ask(search: Search, place: Place, asked: int) -> Chunk:
        if search is ONE:
            raise error
        return await platform.ask(search, place, asked)

    return ask


@pytest.mark.parametrize(
    "error", [Malformed(Code.API, "bad query"), FetchError(Code.HTTP_STATUS, "400")]
)
def test_a_search_that_is_refused_lets_the_others_have_their_turn(error: SourceError) -> None:
    ask = refusing(error, Platform([1]))
    pages, raised = poll(ask, {}, ONE, TWO)
    assert (ids(pages), raised) == ([], error)
    assert ids(poll(ask, pages[-1].cursor, ONE, TWO)[0]) == [1]


def test_a_search_that_is_throttled_keeps_its_turn() -> None:
    ask = refusing(FetchError(Code.RATE_LIMITED), Platform([1]))
    assert poll(ask, {}, ONE, TWO)[0] == []


def test_a_walk_refused_where_it_was_to_go_on_starts_anew() -> None:
    platform = Platform(list(range(1, 11)))
    first, _ = poll(platform.ask, {})
    refused, _ = poll(refusing(Malformed(Code.API), platform), first[-1].cursor)
    again, _ = poll(platform.ask, refused[-1].cursor)
    assert ids(again) == [10, 9, 8, 7, 6, 5]


@given(
    posts=st.lists(st.integers(1, 60), max_size=40, unique=True),
    later=st.lists(st.integers(61, 90), max_size=10, unique=True),
    cuts=st.lists(st.integers(1, 4), min_size=40, max_size=40),
    most_pages=st.integers(2, 5),
)
def test_however_polls_are_cut_nothing_is_lost(
    posts: list[int], later: list[int], cuts: list[int], most_pages: int
) -> None:
    platform = Platform(list(posts), most_pages=most_pages)
    cursor: Cursor = {}
    read: set[int] = set()
    for number, cut in enumerate(cuts):
        platform.posts = posts + sorted(later)[: number // 2]
        pages, _ = poll(platform.ask, cursor, most=5, cut=cut)
        read.update(ids(pages))
        cursor = pages[-1].cursor if pages else cursor
    assert read >= set(platform.posts)
