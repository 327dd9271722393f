from __future__ import annotations

from sources.fake_session import BUSINESS

from monitor.matching.queries import PHRASES
from monitor.model import Entry, Kind
from monitor.sources.search_turns import Search, in_turn, searches_for, second_to_go_on, tell

FOUND = Entry(external_id="1", url=None, text="", kind=Kind.POST)


def test_a_search_is_named_by_whom_it_is_for() -> None:
    first, second = searches_for([BUSINESS], PHRASES)
    assert first.key == 'Fleurs Bougamont: "Fleurs Bougamont"'
    assert second.key == 'Fleurs Bougamont: "Simon Bougamont"'
    assert Search(text="ma_ville").key == "ma_ville"


def test_the_first_is_the_one_that_the_cursor_names() -> None:
    one, two, three = (Search(text=text) for text in ("un", "deux", "trois"))
    assert in_turn([one, two, three], {"first": "deux"}) == [two, three, one]
    assert in_turn([one, two], {"first": "gone"}) == [one, two]
    assert in_turn([], {"first": "gone"}) == []


def test_what_a_loose_search_finds_proves_nothing() -> None:
    [told] = tell([FOUND], Search(text="odile", business="Chez Odile"))
    [untold] = tell([FOUND], Search(text="odile", business="Chez Odile", is_loose=True))
    assert (told.searched_for, untold.searched_for) == ("Chez Odile", None)


def test_older_rows_are_asked_for_from_the_oldest_second_on() -> None:
    assert second_to_go_on([9, 7, 8]) == 7
    assert second_to_go_on([7, 5], 7) == 5
    assert second_to_go_on([]) is None


def test_a_whole_answer_of_one_second_does_not_hold_the_walk() -> None:
    assert second_to_go_on([7, 7], 7) == 6


def test_a_server_that_heeds_no_bound_is_left() -> None:
    assert second_to_go_on([9, 8], 8) is None
