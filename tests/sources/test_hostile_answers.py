"""What fuzzing found: each small answer once ended a poll as ``internal``, or cost good entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hostile.laws import check_entries
from hostile.mutating import HUGE
from hostile.reading import poll, poll_and_look_again
from sources.conformance import Case
from sources.fake_session import NOW
from sources.test_conformance import CASES

from monitor.errors import FetchError
from monitor.fetching.backoff import LONGEST
from monitor.model import Entry, Kind
from monitor.sources.bounds import bounded
from monitor.sources.entry_parts import count_of
from monitor.sources.gdelt import MOST_RECORDS
from monitor.sources.gdelt_articles import read_articles
from monitor.sources.json_fields import part_at
from monitor.sources.mastodon_statuses import read_timeline
from monitor.sources.stack_exchange import refusal_in
from monitor.sources.telegram_preview import count_in
from monitor.text import MAX_TEXT

HALF = "\ud800"


def with_row(case: Case, path: tuple[str | int, ...], **changes: object) -> bytes:
    """The payload of a case, the fields of one of its rows changed."""
    tree: Any = json.loads(case.full)
    row = tree
    for step in path:
        row = row[step]
    row.update(changes)
    return json.dumps(tree).replace('"HUGE"', HUGE).encode()


def ids(case: Case, body: bytes) -> set[str]:
    return {entry.external_id for page in poll(case, body) for entry in page.entries}


def test_a_number_of_a_telegram_message_that_is_none_costs_only_it() -> None:
    case = CASES["telegram"]
    first = case.full.index(b'data-post="') + len(b'data-post="')
    slash = case.full.index(b"/", first) + 1
    bad = case.full[:slash] + HUGE.encode() + case.full[slash:]
    assert len(ids(case, bad)) >= len(ids(case, case.full)) - 1


@pytest.mark.parametrize("count", ["9" * 400 + "K", "9" * 400, "1.2.3.4K", HUGE])
def test_a_count_beyond_reason_is_read_without_surprise(count: str) -> None:
    assert (count_in(count) or 0) < 2**63


def test_half_a_character_in_flickrs_feed_reaches_no_entry() -> None:
    case = CASES["flickr, the feed"]
    body = with_row(case, ("items", 0), author_id=HALF, title=HALF, tags=HALF)
    check_entries(poll_and_look_again(case, body))


def test_a_number_beyond_reason_costs_gdelt_nothing() -> None:
    case = CASES["gdelt"]
    body = with_row(case, ("articles", 0), sourcecountry="HUGE", title=f"Fleurs {HALF}")
    assert ids(case, body) == ids(case, case.full)
    check_entries(read_articles(body, retry_at=NOW).entries)


def test_a_wait_beyond_reason_is_a_day() -> None:
    for error_id in (502, 503):
        error = refusal_in({"error_id": error_id, "backoff": 2**53}, NOW)
        assert isinstance(error, FetchError)
        assert error.retry_at == NOW + LONGEST


@pytest.mark.parametrize("case", [CASES["bluesky"], CASES["stack_exchange"]])
@pytest.mark.parametrize("body", [b"[" * 16_000, b'{"a":' * 3_000, b'{"error": 3}', b"\xff"])
def test_a_deep_or_odd_error_has_the_code_of_its_status(case: Case, body: bytes) -> None:
    assert poll_and_look_again(case, body, status=400) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_in": 2**63},
        {"expires_in": -1},
        {"expires_in": "soon"},
    ],
)
def test_any_lifetime_of_a_reddit_token_is_taken(changes: Mapping[str, object]) -> None:
    case = CASES["reddit, by its API"]
    assert ids(case, with_row(case, (), **changes)) == ids(case, case.full)


@pytest.mark.parametrize("url", ["http://[::1", "http://[x]/a.jpg", "//[", f"https://{HALF}/a.png"])
def test_a_broken_link_costs_a_reddit_post_only_that(url: str) -> None:
    case = CASES["reddit, by its API"]
    body = with_row(case, ("data", "children", 0, "data"), url=url, permalink=f"/r/{url}")
    assert ids(case, body) == ids(case, case.full)


def test_a_mastodon_id_beyond_reason_is_not_the_newest_for_ever() -> None:
    rows = json.loads(CASES["mastodon"].full)
    rows[0]["id"] = "9" * 400
    assert len(read_timeline(rows).ids) == len(rows) - 1
    assert len(read_timeline(rows).entries) == len(rows)


def test_a_date_ahead_does_not_end_gdelts_search() -> None:
    case = CASES["gdelt"]
    (article, *_) = json.loads(case.full)["articles"]
    full = [article | {"url": f"https://ex.example/{number}"} for number in range(MOST_RECORDS)]
    full[-1]["seendate"] = "99991231T235959Z"
    (page,) = poll(case, json.dumps({"articles": full}).encode())
    read_to = part_at(page.cursor, "read_to").values()
    assert max(count_of(at) or 0 for at in read_to) <= NOW.timestamp()


# --- whoever made an entry ------------------------------------------------------------------------

ENTRY = Entry(external_id="1", url="https://ex.fr/a", text="Un texte", kind=Kind.POST, title="T")


def test_an_entry_within_bounds_is_itself() -> None:
    assert bounded(ENTRY) is ENTRY


def test_what_is_beyond_bounds_is_cut_or_unknown() -> None:
    wild = replace(
        ENTRY,
        external_id="9" * 10_000,
        url="https://ex.fr/" + "a" * 10_000,
        title="t" * 10_000,
        text=f"b{HALF}\0" * MAX_TEXT,
        author=HALF,
        author_url="https://ex.fr/\u202ea b",
        likes=2**70,
        rating=float("nan"),
        media=("https://ex.fr/a",) * 100,
    )
    entry = bounded(wild)
    check_entries([entry])
    assert (entry.url, entry.likes, entry.rating) == (None, None, None)
    assert entry.author_url == "https://ex.fr/ab"
    assert len(entry.external_id) < 100
    assert len(entry.media) == 10
    assert bounded(entry) == entry
