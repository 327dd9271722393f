from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources.fake_session import NOW

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.model import Cursor, Entry, Json, Kind, Page
from monitor.sources.search_turns import Found, Search, second_to_go_on
from monitor.sources.search_walk import FIRST_SPAN, Reader

ONE = Search(text="bougamont", business="Fleurs Bougamont")
TWO = Search(text="odile", business="Chez Odile")
THREE = Search(text="zinc", business="Le Petit Zinc")
LOST = FetchError(Code.HTTP_STATUS, http_status=400)


def entry(number: int, **told: object) -> Entry:
    """The higher the number, the younger: an hour each, 1000 is now."""
    at = NOW - timedelta(hours=1000 - number)
    whole = Entry(external_id=str(number), url=None, text="", kind=Kind.POST, published_at=at)
    return replace(whole, **told)  # type: ignore[arg-type] # fields by their names


Continue = Callable[[list[Entry], Json, int], tuple[list[Entry], Json]]


def by_offset(found: list[Entry], following: Json, size: int) -> tuple[list[Entry], Json]:
    start = following if isinstance(following, int) else 0
    return found[start : start + size], start + size if start + size < len(found) else None


def by_token(found: list[Entry], following: Json, size: int) -> tuple[list[Entry], Json]:
    """Continue with an object, as MediaWiki does, that names the last entry shown."""
    last = following["after"] if isinstance(following, dict) else None
    left = [e for e in found if not isinstance(last, int) or int(e.external_id) < last]
    more: Json = {"after": int(left[size - 1].external_id)} if len(left) > size else None
    return left[:size], more


def by_date(found: list[Entry], following: Json, size: int) -> tuple[list[Entry], Json]:
    size = size + 1  # one is the last of the page before
    left = [e for e in found if not isinstance(following, int) or second_of(e) <= following]
    rows = left[:size]
    more = second_to_go_on([second_of(e) for e in rows], following)
    return rows, more if len(left) > size else None


def second_of(one: Entry) -> int:
    return int(one.published_at.timestamp()) if one.published_at else 0


@dataclass
class Server:
    """Answers newest first, to each search the same; ``faults``: by the number of the call.

    ``rows`` is how many it says each answer had, when it does not say how many it shows.
    """

    entries: list[Entry]
    size: int = 2
    keeps_to_dates: bool = True
    go_on: Continue = by_offset
    is_sorted: bool = True
    rows: int = 0
    faults: dict[int, SourceError] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)

    async def ask(self, search: Search, after: datetime, following: Json) -> Found:
        self.calls.append((search.text, following))
        if (fault := self.faults.pop(len(self.calls), None)) is not None:
            raise fault
        found = sorted(self.entries, key=second_of, reverse=True)
        if self.keeps_to_dates:
            found = [e for e in found if e.published_at is None or e.published_at >= after]
        rows, following = self.go_on(found, following, self.size)
        return Found(
            entries=tuple(rows),
            rows=self.rows or len(rows),
            following=following,
            is_sorted=self.is_sorted,
        )


def server(*numbers: int, **told: object) -> Server:
    return Server([entry(n) for n in numbers], **told)  # type: ignore[arg-type] # likewise


def poll(
    asked: Server,
    cursor: Cursor | None = None,
    *searches: Search,
    cut: int = 99,
    error: list[SourceError] | None = None,
    **told: object,
) -> list[Page]:
    """Read as polling does: at most ``cut`` pages, those before an error kept."""
    options: dict[str, object] = {"since": NOW - FIRST_SPAN, "max_pages": 5, **told}
    reader = Reader(ask=asked.ask, now=NOW, **options)  # type: ignore[arg-type] # likewise
    pages: list[Page] = []

    async def read() -> None:
        async for page in reader.read(searches or (ONE,), cursor or {}):
            pages.append(page)
            if len(pages) >= cut:
                return

    asked.calls.clear()
    try:
        asyncio.run(read())
    except SourceError as raised:
        (error if error is not None else []).append(raised)
    for page in pages:
        assert json.loads(json.dumps(page.cursor)) == page.cursor
    return pages


def ids(pages: Sequence[Page]) -> list[int]:
    return [int(entry.external_id) for page in pages for entry in page.entries]


# --- one search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("go_on", [by_offset, by_token, by_date])
def test_a_first_poll_reads_to_the_end_and_tells_the_business(go_on: Continue) -> None:
    pages = poll(server(900, 901, 902, 903, 904, go_on=go_on))
    assert ids(pages) == [904, 903, 902, 901, 900]
    assert {e.searched_for for page in pages for e in page.entries} == {"Fleurs Bougamont"}


def test_a_first_poll_of_a_server_that_heeds_no_date_reads_its_pages() -> None:
    asked = server(1000, 999, 100, 99, 98, 97, keeps_to_dates=False)
    assert ids(poll(asked)) == [1000, 999, 100, 99, 98, 97]


def test_nothing_found_yields_nothing() -> None:
    assert poll(server()) == []


def test_an_unchanged_search_costs_one_request_and_yields_nothing() -> None:
    asked = server(*range(900, 910))
    pages = poll(asked)
    assert poll(asked, pages[-1].cursor) == []
    assert len(asked.calls) == 1


def test_entries_without_a_date_are_known_too() -> None:
    asked = Server([entry(n, published_at=None) for n in range(6)], keeps_to_dates=False)
    pages = poll(asked, bounded=False)
    assert poll(asked, pages[-1].cursor, bounded=False) == []
    assert len(asked.calls) == 1


@pytest.mark.parametrize(
    "changed", [entry(985), entry(990, text="Correction"), entry(990, likes=4), entry(990, views=9)]
)
def test_what_is_late_or_edited_or_counted_anew_is_yielded_alone(changed: Entry) -> None:
    asked = server(980, 990, 1000, size=5)
    cursor = poll(asked)[-1].cursor
    asked.entries = [e for e in asked.entries if e.external_id != changed.external_id] + [changed]
    assert [e for page in poll(asked, cursor) for e in page.entries] == [
        replace(changed, searched_for="Fleurs Bougamont")
    ]


def test_a_page_of_nothing_new_ends_a_reading() -> None:
    asked = server(*range(980, 1000), keeps_to_dates=False)
    cursor = poll(asked, max_pages=20)[-1].cursor
    asked.entries.append(entry(1000))
    assert ids(poll(asked, cursor)) == [1000]
    assert len(asked.calls) == 2


def test_what_is_not_sorted_is_read_to_its_end_each_time() -> None:
    asked = server(*range(900, 906), is_sorted=False)
    cursor = poll(asked)[-1].cursor
    assert ids(poll(asked, cursor)) == []
    assert len(asked.calls) == 3


def test_a_date_in_the_future_hides_nothing_that_comes_after() -> None:
    asked = server(900, 9_000)
    cursor = poll(asked)[-1].cursor
    asked.entries.append(entry(999))
    assert ids(poll(asked, cursor)) == [999]


def test_without_a_bound_a_first_poll_ends_at_its_limit_of_pages() -> None:
    asked = server(*range(100, 120), keeps_to_dates=False)
    pages = poll(asked, bounded=False, max_pages=2)
    assert ids(pages) == [119, 118, 117, 116]
    assert poll(asked, pages[-1].cursor, bounded=False, max_pages=2) == []


def test_the_whole_of_a_list_is_read_however_old_in_as_many_polls_as_it_takes() -> None:
    asked = server(*range(20), keeps_to_dates=False)
    found: list[int] = []
    cursor: Cursor = {}
    for _ in range(5):
        pages = poll(asked, cursor, is_whole=True, max_pages=2)
        found += ids(pages)
        cursor = pages[-1].cursor
    assert sorted(found) == list(range(20))
    asked.entries.append(entry(999))
    assert ids(poll(asked, cursor, is_whole=True, max_pages=2)) == [999]
    assert len(asked.calls) == 2


def test_known_by_date_little_is_remembered_and_one_of_the_same_second_is_found() -> None:
    asked = server(900, 901, 902, keeps_to_dates=False)
    comments = Search(text="comments", by_date=True)
    cursor = poll(asked, {}, comments)[-1].cursor
    assert len(cursor["searches"]["comments"]["known"]) == 1  # type: ignore[index,call-overload,arg-type] # JSON that we know
    twin = entry(902, external_id="9020")
    asked.entries += [entry(903), twin]
    assert sorted(ids(poll(asked, cursor, comments))) == [903, 9020]


# --- cut, refused, sent in a circle --------------------------------------------------------------


@pytest.mark.parametrize("go_on", [by_offset, by_token, by_date])
def test_a_walk_that_is_cut_goes_on_and_then_reads_what_came_meanwhile(go_on: Continue) -> None:
    asked = server(*range(980, 990), go_on=go_on)
    first = poll(asked, max_pages=2)
    asked.entries += [entry(998), entry(999)]
    second = poll(asked, first[-1].cursor, max_pages=9)
    assert ids(first)[:4] == [989, 988, 987, 986]
    assert sorted(ids(first + second)) == [*range(980, 990), 998, 999]


def test_a_fault_on_a_later_page_loses_nothing() -> None:
    asked = server(*range(980, 990), faults={3: FetchError(Code.TIMEOUT)})
    first = poll(asked)
    assert sorted(ids(first + poll(asked, first[-1].cursor))) == list(range(980, 990))


@pytest.mark.parametrize("refusal", [LOST, Malformed(Code.API, "badcontinue")])
def test_a_page_that_is_no_longer_there_begins_the_walk_again(refusal: SourceError) -> None:
    asked = server(*range(980, 990))
    first = poll(asked, max_pages=1)
    asked.faults = {1: refusal}
    second = poll(asked, first[-1].cursor, max_pages=9)
    assert sorted(ids(first + second)) == list(range(980, 990))


def test_a_walk_begun_again_is_not_ended_by_what_it_had_read_before() -> None:
    asked = server(900)
    pages = poll(asked)
    asked.entries += [entry(n) for n in range(901, 911)]
    pages += poll(asked, pages[-1].cursor, max_pages=2)
    asked.faults = {1: LOST}
    pages += poll(asked, pages[-1].cursor, max_pages=9)
    assert sorted(ids(pages)) == list(range(900, 911))


def test_a_server_that_sends_round_in_a_circle_is_left() -> None:
    asked = server(1000, 999)
    turns = {None: "a", "a": "b", "b": "a"}

    def circle(found: list[Entry], following: Json, _: int) -> tuple[list[Entry], Json]:
        return found, turns[following if isinstance(following, str) else None]

    asked.go_on = circle
    poll(asked)
    assert len(asked.calls) == 3


@pytest.mark.parametrize("is_history", [True, False])
def test_a_server_that_shows_one_page_whatever_is_asked_is_left(is_history: bool) -> None:  # noqa: FBT001 - a case
    asked = server(1000, 999)
    asked.go_on = lambda found, following, _: (
        found,
        following + 1 if isinstance(following, int) else 1,
    )
    poll(asked, is_history=is_history, is_whole=not is_history)
    assert len(asked.calls) == 2


def test_an_empty_page_ends_whatever_it_says_of_more() -> None:
    asked = server()
    asked.go_on = lambda found, _, __: (found, "more")
    poll(asked)
    assert len(asked.calls) == 1


# --- several searches ---------------------------------------------------------------------------


def test_a_limit_of_pages_starves_no_search() -> None:
    cursor: Cursor = {}
    begun = []
    for _ in range(3):
        asked = server(*range(900, 910))
        cursor = poll(asked, cursor, ONE, TWO, THREE, cut=1)[-1].cursor
        begun.append(asked.calls[0][0])
    assert begun == ["bougamont", "odile", "zinc"]


@pytest.mark.parametrize(
    "fault", [Malformed(Code.API, "q"), LOST, FetchError(Code.TIMEOUT), FetchError(Code.AUTH)]
)
def test_a_search_that_fails_is_passed_over(fault: SourceError) -> None:
    asked, raised = server(900, faults={1: fault}), list[SourceError]()
    pages = poll(asked, {}, ONE, TWO, error=raised)
    poll(asked, pages[-1].cursor, ONE, TWO)
    assert (raised, [text for text, _ in asked.calls]) == ([fault], ["odile", "bougamont"])


def test_a_refused_search_starves_no_other_though_a_poll_may_take_one_page() -> None:
    pages = poll(server(faults={1: LOST}), {}, ONE, TWO, max_pages=1, cut=1)
    assert (pages[0].cursor["first"], pages[0].problem) == (TWO.key, f"{ONE.key}: http_status")


def test_a_search_that_is_throttled_after_another_keeps_its_turn() -> None:
    throttled = FetchError(Code.RATE_LIMITED)
    asked = server(faults={2: throttled})
    assert poll(asked, {}, ONE, TWO, THREE)[-1].cursor["first"] == TWO.key
    asked.faults = {1: throttled}
    assert poll(asked, {"first": TWO.key}, ONE, TWO, THREE)[-1].cursor["first"] == THREE.key


def test_a_search_that_is_no_longer_made_leaves_the_cursor() -> None:
    cursor = poll(server(900), {}, ONE, TWO)[-1].cursor
    cursor = poll(server(901), cursor, TWO)[-1].cursor
    assert cursor["searches"].keys() == {TWO.key}  # type: ignore[union-attr] # an object


# --- history ------------------------------------------------------------------------------------


def test_history_gives_each_entry_since_its_day_once_though_it_is_cut() -> None:
    asked = server(*range(900, 1000), size=7, keeps_to_dates=False)
    since = NOW - timedelta(hours=80)
    pages: list[Page] = []
    for _ in range(40):
        cursor = pages[-1].cursor if pages else {}
        pages += poll(asked, cursor, ONE, TWO, cut=1, is_history=True, since=since)
    assert Counter(ids(pages)) == Counter(2 * list(range(920, 1000)))
    assert poll(asked, pages[-1].cursor, ONE, TWO, is_history=True, since=since) == []
    assert asked.calls == []


def test_history_goes_past_pages_of_which_nothing_is_kept() -> None:
    asked = server(*range(990, 1000))
    go_on = asked.go_on

    def hide_the_newest(found: list[Entry], following: Json, size: int) -> tuple[list[Entry], Json]:
        rows, following = go_on(found, following, size)
        return [e for e in rows if int(e.external_id) < 996], following

    asked.go_on = hide_the_newest
    asked.rows = 1
    assert ids(poll(asked, is_history=True)) == list(range(995, 989, -1))


def test_history_knows_no_limit_of_pages() -> None:
    asked = server(*range(900, 1000))
    assert len(ids(poll(asked, is_history=True, max_pages=1))) == 100


# --- the laws -----------------------------------------------------------------------------------

FAULTS = st.sampled_from(
    [LOST, Malformed(Code.API), FetchError(Code.TIMEOUT), FetchError(Code.RATE_LIMITED)]
)


@settings(max_examples=80, deadline=None)
@given(
    batches=st.lists(st.sets(st.integers(0, 60), max_size=8), min_size=1, max_size=4),
    told=st.fixed_dictionaries(
        {
            "size": st.integers(1, 4),
            "go_on": st.sampled_from([by_offset, by_token, by_date]),
            "keeps_to_dates": st.booleans(),
        }
    ),
    polls=st.lists(
        st.tuples(st.integers(1, 4), st.dictionaries(st.integers(1, 5), FAULTS, max_size=2)),
        min_size=1,
        max_size=8,
    ),
    max_pages=st.integers(1, 4),
)
def test_however_polls_are_cut_and_fail_nothing_is_lost(
    batches: list[set[int]],
    told: dict[str, object],
    polls: list[tuple[int, dict[int, SourceError]]],
    max_pages: int,
) -> None:
    """Each batch is newer than those before; in the end the source is drained, then at rest."""
    asked = server(**told)
    cursor: Cursor = {}
    met: dict[str | None, set[int]] = {"Fleurs Bougamont": set(), "Chez Odile": set()}

    def read(cut: int) -> int:
        nonlocal cursor
        pages = poll(asked, cursor, ONE, TWO, cut=cut, max_pages=max_pages)
        for found in (e for page in pages for e in page.entries):
            met[found.searched_for].add(int(found.external_id))
        cursor = pages[-1].cursor if pages else cursor
        assert max(Counter(text for text, _ in asked.calls).values()) <= max_pages + 1
        return len(pages)

    for number, batch in enumerate(batches):
        asked.entries += [entry(700 + 70 * number + n) for n in batch]
        for cut, faults in polls[number::4]:
            asked.faults = dict(faults)
            read(cut)
    asked.faults = {}
    assert any(read(cut=1) == 0 for _ in range(500))
    assert len(asked.calls) == 2
    everything = {int(e.external_id) for e in asked.entries}
    assert all(everything <= found for found in met.values())
