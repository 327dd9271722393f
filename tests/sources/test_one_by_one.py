from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.fake_session import NOW

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.model import Entry, Kind, Page
from monitor.sources.one_by_one import MOST_REQUESTS, TURN, gone, look_again, turn_of

IDS = [str(number) for number in range(100, 0, -1)]


def entry(external_id: str) -> Entry:
    return Entry(external_id=external_id, url=None, text="", kind=Kind.POST)


def looked_at(ids: list[str], told: dict[str, SourceError | None], most: int = 20) -> list[Page]:
    """Look at these; ``told`` says what is said of some."""
    pages: list[Page] = []

    async def look(external_id: str) -> Entry | None:
        error = told.get(external_id)
        if error is not None:
            raise error
        return None if external_id in told else entry(external_id)

    async def read() -> None:
        async for page in look_again(ids, look, now=NOW, most=most):
            pages.append(page)  # noqa: PERF401 - what came before the error counts

    try:
        asyncio.run(read())
    except FetchError as error:
        pages.append(Page(entries=(), cursor={}, problem=f"ended by {error.code}"))
    return pages


def test_what_is_there_comes_as_it_is_and_what_is_gone_is_removed() -> None:
    missing = FetchError(Code.HTTP_STATUS, "status 404", http_status=404, body=b'{"error": "gone"}')
    pages = looked_at(["4", "3", "2", "1"], {"4": None, "3": missing, "2": gone("deleted")})
    assert [entry.external_id for page in pages for entry in page.entries] == ["1"]
    assert [one for page in pages for one in page.removed] == ["3", "2"]


def test_where_none_is_found_none_is_believed_to_be_gone() -> None:
    """A server that does not know the address answers so to every one."""
    missing = FetchError(Code.HTTP_STATUS, "status 404", http_status=404, body=b"{}")
    (page,) = looked_at(["3", "2", "1"], dict.fromkeys("321", missing))
    assert page.removed == ()
    assert page.problem == "none of the entries looked at was found"
    (page,) = looked_at(["1"], {"1": missing})
    assert page.removed == ("1",)


def test_a_page_that_is_not_found_is_no_answer_of_the_platform() -> None:
    bare = FetchError(Code.HTTP_STATUS, "status 404", http_status=404, body=b"<html>")
    first, second = looked_at(["2", "1"], {"2": bare})
    assert (first.removed, second.removed) == ((), ())


@pytest.mark.parametrize(
    "error",
    [
        Malformed(Code.API, "id is missing"),
        FetchError(Code.HTTP_STATUS, "status 500", http_status=500),
        FetchError(Code.AUTH, "status 403", http_status=403),
    ],
)
def test_one_that_cannot_be_read_costs_itself_only(error: SourceError) -> None:
    first, second = looked_at(["2", "1"], {"2": error})
    assert first.problem == f"2: {error}"
    assert (first.removed, second.entries[0].external_id) == ((), "1")


@pytest.mark.parametrize("code", [Code.RATE_LIMITED, Code.CONNECT, Code.TIMEOUT])
def test_a_server_that_asks_to_wait_or_is_not_there_is_left_alone(code: Code) -> None:
    first, last = looked_at(["3", "2", "1"], {"2": FetchError(code, "no")})
    assert first.entries[0].external_id == "3"
    assert last.problem == f"ended by {code}"


def test_the_newest_are_looked_at_each_time_and_the_rest_in_turn() -> None:
    assert len(turn_of(IDS, NOW, MOST_REQUESTS)) == MOST_REQUESTS
    seen = [turn_of(IDS, NOW + number * TURN, MOST_REQUESTS) for number in range(9)]
    assert all(list(turn[:10]) == IDS[:10] for turn in seen)
    assert {one for turn in seen for one in turn} == set(IDS)


@given(st.lists(st.integers(), unique=True, max_size=60), st.integers(2, 30), st.integers(0, 999))
def test_a_turn_is_some_of_them_each_once(numbers: list[int], most: int, hours: int) -> None:
    ids = [str(number) for number in numbers]
    turn = turn_of(ids, NOW + timedelta(hours=hours), most)
    assert len(turn) == len(set(turn)) == min(len(ids), most)
    assert set(turn) <= set(ids)
