from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from sources.fake_session import NOW

from monitor.model import Entry, Kind
from monitor.sources.search_progress import (
    MOST_KNOWN,
    Progress,
    Walk,
    mark_of,
    read_progress,
    with_known,
    write_progress,
)

POST = Entry(external_id="1", url=None, text="Bravo", kind=Kind.POST, likes=1, published_at=NOW)


def posts(number: int) -> list[Entry]:
    """The first is the newest."""
    return [
        replace(POST, external_id=str(n), published_at=NOW - timedelta(minutes=n))
        for n in range(number)
    ]


def test_progress_survives_the_cursor() -> None:
    walk = Walk(after=NOW - timedelta(days=2), following={"page": 3}, pages=2, newest=NOW)
    reached = {"one": Progress(newest=NOW, walk=walk, known={"ab": 1}), "two": Progress()}
    assert read_progress(json.loads(json.dumps(write_progress("two", reached)))) == reached


def test_a_cursor_of_another_form_says_nothing() -> None:
    assert read_progress({"searches": [1], "first": 2}) == {}
    assert read_progress({"searches": {"one": {"newest": 3, "walk": "?"}}}) == {"one": Progress()}


def test_what_is_known_is_bounded_and_the_newest_stays() -> None:
    newest, *older = posts(MOST_KNOWN + 50)
    known = with_known(with_known({}, [newest], NOW), older, NOW)
    assert len(known) == MOST_KNOWN
    assert mark_of(newest) in known


def test_what_was_edited_is_known_only_as_it_is_now() -> None:
    edited = replace(POST, likes=2)
    known = with_known(with_known({}, [POST], NOW), [edited], NOW)
    assert list(known) == [mark_of(edited)]
