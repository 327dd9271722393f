"""What Meta's refusals mean, which headers slow a poll down, how long a token lives."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sources.fake_graph import TOKEN, FakeGraph, refusal
from sources.fake_session import NOW, FakeSession, answer

from monitor.errors import FetchError
from monitor.model import Json, Response
from monitor.sources.meta_graph import Graph, MetaOptions, following_of, params_of
from monitor.sources.meta_graph_errors import regain_in, usage_of
from monitor.sources.meta_graph_token import check_token, first_of, token_standings

REGAIN = json.dumps(
    {"1040": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19}]}
)


def graph(told: object, **options: object) -> Graph:
    known = {"type": "facebook", "token": TOKEN, **options}
    return Graph(
        session=FakeSession(FakeGraph({"me": told, "debug_token": told})),
        root="https://graph.example/v1",
        options=MetaOptions.model_validate(known),
    )


def refused(told: Response) -> FetchError:
    with pytest.raises(FetchError) as error:
        asyncio.run(graph(told).ask("me", needs="a_scope"))
    return error.value


@pytest.mark.parametrize(
    ("told", "code", "health", "missing"),
    [
        (refusal(1), "http_status", None, ""),
        (refusal(2, is_transient=True), "http_status", None, ""),
        (refusal(4), "rate_limited", "rate_limited", ""),
        (refusal(17), "rate_limited", "rate_limited", ""),
        (refusal(32), "rate_limited", "rate_limited", ""),
        (refusal(613), "rate_limited", "rate_limited", ""),
        (refusal(80001), "rate_limited", "rate_limited", ""),
        (refusal(80002), "rate_limited", "rate_limited", ""),
        (refusal(10), "auth", "permission_missing", "a_scope"),
        (refusal(200), "auth", "permission_missing", "a_scope"),
        (refusal(299), "auth", "permission_missing", "a_scope"),
        (refusal(102), "auth", "token_expired", "102"),
        (refusal(190, 458), "auth", "token_expired", "190/458"),
        (refusal(190, 463), "auth", "token_expired", "190/463"),
        (refusal(12), "gone", "gone", ""),
        (refusal(18), "rate_limited", "budget_spent", "30 hashtags"),
        (refusal(368), "auth", "terms_block", ""),
        (refusal(803), "api", None, ""),
        (refusal(100), "api", None, ""),
        (answer({"error": {"code": 190}}), "auth", "token_expired", "190"),
    ],
)
def test_each_refusal_is_a_state(
    told: Response, code: str, health: str | None, missing: str
) -> None:
    error = refused(told)
    assert (error.code, error.health, error.missing) == (code, health, missing)
    assert (error.retry_at is not None) == (code == "rate_limited")
    assert TOKEN not in f"{error} {error.missing} {error.body!r}"


def test_recorded_refusals_name_what_is_missing(shared: Path) -> None:
    folder = shared / "recordings" / "facebook"
    body = json.loads((folder / "error_100_permission.json").read_text("utf-8"))
    error = refused(answer(body, status=400))
    assert (error.code, error.health) == ("auth", "permission_missing")
    assert error.missing == (
        "pages_read_engagement, Page Public Content Access, Page Public Metadata Access"
    )
    body = json.loads((folder / "error_190_token_expired_shape.json").read_text("utf-8"))
    assert refused(answer(body, status=400)).missing == "190/460"


def test_a_limit_is_waited_for_as_long_as_the_header_tells() -> None:
    limited = refusal(80001)
    told = answer(limited.body, status=400, more={"x-business-use-case-usage": REGAIN})
    assert refused(told).retry_at == NOW + timedelta(minutes=19)
    assert refused(limited).retry_at == NOW + timedelta(hours=1)


def test_usage_is_the_most_that_either_header_tells() -> None:
    both = {"x-app-usage": '{"call_count":12}', "x-business-use-case-usage": REGAIN}
    assert (usage_of(both), regain_in(both)) == (100, timedelta(minutes=19))
    for damaged in ({}, {"x-app-usage": "{"}, {"x-business-use-case-usage": '{"1":[3],"2":4}'}):
        assert (usage_of(damaged), regain_in(damaged)) == (0, None)


@pytest.mark.parametrize(
    ("paging", "following"),
    [
        ({}, None),
        ({"cursors": {"after": "x"}}, None),
        (
            {"cursors": {"after": "x"}, "next": f"https://g.example/?access_token={TOKEN}"},
            {"after": "x"},
        ),
        (
            {"next": f"https://g.example/?access_token={TOKEN}&until=12&__paging_token=p"},
            {"until": "12", "__paging_token": "p"},
        ),
        ({"next": f"https://g.example/?access_token={TOKEN}"}, None),
        ({"next": "https://[", "cursors": 3}, None),
    ],
)
def test_of_the_link_to_the_next_page_only_its_place_is_taken(
    paging: Json, following: Json
) -> None:
    told = following_of({"data": [], "paging": paging})
    assert told == following
    assert TOKEN not in json.dumps(params_of(told))


def test_the_recorded_pages_by_time_lead_on(shared: Path) -> None:
    folder = shared / "recordings" / "facebook"
    first = json.loads((folder / "page_feed_fields_p1.json").read_text("utf-8"))
    last = json.loads((folder / "page_feed_fields_p2.json").read_text("utf-8"))
    told = following_of(first)
    assert params_of(told)["until"] == "1624385168"
    assert following_of(last) is None


def checked(told: object, known: dict[str, Json] | None = None) -> dict[str, Any]:
    return dict(asyncio.run(check_token(graph(told), known or {})))


def test_a_token_is_asked_of_once_a_day() -> None:
    ends_at = NOW + timedelta(days=9)
    whole = {"data": {"is_valid": True, "expires_at": int(ends_at.timestamp()), "scopes": ["a"]}}
    known = checked(whole)
    [standing] = token_standings(known, ["a"], NOW)
    assert (standing.health, standing.at) == ("token_expires_soon", ends_at)
    assert token_standings(known, ["a"], NOW - timedelta(days=2)) == []
    fresh = graph(whole)
    assert asyncio.run(check_token(fresh, known)) == known
    assert fresh.requests == 0
    old = {**known, "checked_at": (NOW - timedelta(days=1, minutes=1)).isoformat()}
    assert checked(whole, old)["checked_at"] == NOW.isoformat()


def test_a_token_without_end_or_that_cannot_be_asked_of_reads_on() -> None:
    unknown: list[object] = [{"data": {"expires_at": 0}}, {"data": []}, refusal(100)]
    for told in (*unknown, answer(b"", status=404)):
        assert token_standings(checked(told), ["a"], NOW) == []


def test_a_scope_that_the_token_lacks_is_told_before_all_that_is_less_grave() -> None:
    known = checked({"data": {"scopes": ["a"], "data_access_expires_at": 1}})
    standings = token_standings(known, ["a", "b", "c"], NOW)
    assert [one.health for one in standings] == ["token_expires_soon", "permission_missing"]
    first = first_of([standings[1], standings[1]])
    assert first is not None
    assert first.missing == "b, c"
    assert first_of([]) is None


def test_a_token_that_is_not_valid_ends_the_poll() -> None:
    for told in ({"data": {"is_valid": False}}, refusal(190, 467)):
        with pytest.raises(FetchError) as error:
            checked(told)
        assert error.value.health == "token_expired"


def test_the_token_may_go_in_the_address_where_a_header_does_not_pass() -> None:
    asked = graph({"id": "1"}, token_in="query")
    asyncio.run(asked.ask("me"))
    [request] = asked.session.asked  # type: ignore[attr-defined] # a fake session
    assert (request.headers, f"access_token={TOKEN}" in request.url) == ({}, True)
