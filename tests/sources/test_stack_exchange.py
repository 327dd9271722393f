from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.model import Business, Cursor, Json, Kind, Page
from monitor.sources.stack_exchange import StackExchange, StackExchangeOptions
from monitor.sources.stack_exchange_excerpts import read_excerpts, site_root

EXCERPTS = json.loads((DATA / "stack_exchange" / "excerpts.json").read_text(encoding="utf-8"))
ODILE = Business(name="Chez Odile")
RECENT = int(NOW.timestamp()) - 3600
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def stack_exchange(*businesses: Business, **options: object) -> StackExchange:
    told = StackExchangeOptions.model_validate({"type": "stack_exchange", **options})
    return StackExchange(told, businesses or (ODILE,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def page_of(*ats: int, **wrapper: Any) -> dict[str, Json]:  # noqa: ANN401 - JSON of any shape
    items: list[Json] = [{"question_id": at, "creation_date": at} for at in ats]
    return {"items": items, "has_more": False, **wrapper}


def poll(
    source: StackExchange, session: FakeSession, cursor: Cursor | None = None
) -> tuple[list[Page], SourceError | None]:
    pages: list[Page] = []

    async def read() -> None:
        async for page in source.pages(session, cursor or {}):
            pages.append(page)  # noqa: PERF401 - an error keeps those before

    try:
        asyncio.run(read())
    except SourceError as error:
        return pages, error
    return pages, None


# --- what is asked ------------------------------------------------------------------------------


def test_one_search_is_sent_for_each_name() -> None:
    session = FakeSession(lambda _: answer(page_of()))
    read_pages(stack_exchange(BUSINESS, key="k"), session)
    asked = [query(request.url) for request in session.asked]
    assert [one["q"] for one in asked] == ['"Fleurs Bougamont"', '"Simon Bougamont"']
    assert urlsplit(session.asked[0].url).path == "/2.3/search/excerpts"
    assert asked[0] == {
        "site": "stackoverflow",
        "q": '"Fleurs Bougamont"',
        "sort": "creation",
        "order": "desc",
        "pagesize": "100",
        "fromdate": str(int((NOW - timedelta(days=30)).timestamp())),
        "key": "k",
    }


def test_every_page_is_read_and_the_next_poll_begins_at_the_newest() -> None:
    answers = {None: page_of(RECENT, has_more=True), str(RECENT): page_of(RECENT - 8)}
    session = FakeSession(lambda url: answer(answers[query(url).get("todate")]))
    pages = read_pages(stack_exchange(), session)
    assert [len(page.entries) for page in pages] == [1, 1]
    read_pages(stack_exchange(), session, pages[-1].cursor)
    assert query(session.asked[2].url)["fromdate"] == str(RECENT - 7 * 86400)


def test_a_search_that_was_cut_goes_on_by_date() -> None:
    session = FakeSession(lambda _: answer(page_of(RECENT, has_more=True)))
    pages = read_pages(stack_exchange(max_pages=1), session)
    read_pages(stack_exchange(max_pages=1), session, pages[-1].cursor)
    assert query(session.asked[1].url)["todate"] == str(RECENT)


# --- quota and patience -------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "limit"), [(None, 300), ("k", 10_000)])
def test_a_day_has_as_many_requests_as_the_key_allows(key: str | None, limit: int) -> None:
    session = FakeSession(lambda _: answer(page_of()), spent={"stack_exchange": limit})
    _, error = poll(stack_exchange(key=key), session)
    assert error is not None
    assert (error.code, error.retry_at) == (Code.RATE_LIMITED, MIDNIGHT)
    assert session.asked == []


def test_a_backoff_holds_the_next_request_of_the_poll() -> None:
    session = FakeSession(lambda _: answer(page_of(RECENT, has_more=True, backoff=10)))
    pages, error = poll(stack_exchange(), session)
    assert len(pages) == len(session.asked) == 1
    assert error is not None
    assert (error.code, error.retry_at) == (Code.RATE_LIMITED, NOW + timedelta(seconds=10))


def test_a_backoff_holds_the_next_poll() -> None:
    pages = read_pages(stack_exchange(), FakeSession(lambda _: answer(page_of(9, backoff=10))))
    session = FakeSession(lambda _: answer(page_of()))
    _, error = poll(stack_exchange(), session, pages[-1].cursor)
    assert session.asked == []
    assert error is not None
    assert error.code == Code.RATE_LIMITED


def test_a_backoff_holds_though_nothing_was_found() -> None:
    pages = read_pages(stack_exchange(), FakeSession(lambda _: answer(page_of(backoff=10))))
    _, error = poll(stack_exchange(), FakeSession(lambda _: answer(page_of())), pages[-1].cursor)
    assert error is not None
    assert error.code == Code.RATE_LIMITED


def test_a_backoff_of_less_than_a_second_is_one() -> None:
    assert read_excerpts(page_of(backoff=0.2), "stackoverflow").backoff == 1


def test_a_spent_quota_waits_for_the_next_day() -> None:
    session = FakeSession(lambda _: answer(page_of(RECENT, has_more=True, quota_remaining=0)))
    _, error = poll(stack_exchange(), session)
    assert error is not None
    assert error.retry_at == MIDNIGHT


@pytest.mark.parametrize("status", [200, 400])
def test_a_violation_of_the_throttle_waits_as_long_as_is_said(status: int) -> None:
    told: Json = {
        "error_id": 502,
        "error_name": "throttle_violation",
        "error_message": "too many requests from this IP, more requests available in 79048 seconds",
    }
    session = FakeSession(lambda _: answer(told, status=status))
    _, error = poll(stack_exchange(), session)
    assert isinstance(error, FetchError)
    assert (error.code, error.retry_at) == (Code.RATE_LIMITED, NOW + timedelta(seconds=79_048))


def test_a_key_that_is_refused_is_told_without_it() -> None:
    told: Json = {"error_id": 400, "error_message": "`key` doesn't match a known application"}
    session = FakeSession(lambda _: answer(told, status=400))
    _, error = poll(stack_exchange(key="hush"), session)
    assert error is not None
    assert error.code == Code.AUTH
    assert "hush" not in str(error)


def test_a_parameter_that_is_refused_is_told() -> None:
    told: Json = {"error_id": 400, "error_name": "bad_parameter", "error_message": "No site found"}
    _, error = poll(stack_exchange(), FakeSession(lambda _: answer(told, status=400)))
    assert isinstance(error, Malformed)
    assert error.detail == "error 400: No site found"


def test_an_error_that_is_not_json_stays_what_it_is() -> None:
    _, error = poll(stack_exchange(), FakeSession(lambda _: answer(b"<html>", status=500)))
    assert error is not None
    assert error.code == Code.HTTP_STATUS


# --- what an excerpt becomes --------------------------------------------------------------------


def test_every_field_of_an_excerpt_is_read() -> None:
    question, reply = read_excerpts(EXCERPTS, "stackoverflow").found.entries
    assert question.external_id == "stackoverflow:71504143"
    assert question.url == "https://stackoverflow.com/questions/71504143"
    assert question.title == "Can't read the feed of Fleurs Bougamont & co"
    assert question.text.startswith("The shop's feed is broken.")
    assert (question.kind, question.likes, question.comments) == (Kind.POST, 4, 2)
    assert (question.author, question.author_url) == (
        "Zoé",
        "https://stackoverflow.com/users/1/zoe",
    )
    assert question.published_at == datetime(2026, 11, 22, 18, 19, 51, tzinfo=UTC)
    assert reply.external_id == "stackoverflow:71504999"
    assert reply.url == "https://stackoverflow.com/a/71504999"
    assert reply.parent_url == question.url
    assert reply.text == "ask Fleurs Bougamont <3"
    assert (reply.kind, reply.likes, reply.author) == (Kind.COMMENT, None, None)


@pytest.mark.parametrize(
    "body", [{}, {"items": {}}, {"items": [{"item_type": "answer", "question_id": 1}]}]
)
def test_another_shape_is_malformed(body: dict[str, Json]) -> None:
    with pytest.raises(Malformed):
        read_excerpts(body, "stackoverflow")


# --- recordings ---------------------------------------------------------------------------------


def test_the_recorded_wrapper_is_read(shared: Path) -> None:
    path = shared / "recordings" / "stackexchange" / "questions_backoff.json"
    found = read_excerpts(json.loads(path.read_text(encoding="utf-8")), "stackoverflow")
    assert (found.backoff, found.quota_remaining) == (1, 9989)
    assert found.found.following is not None
    first = found.found.entries[0]
    assert (first.external_id, first.views) == ("stackoverflow:1", 17)
    assert first.author == "zhquan_example_3"
    assert first.published_at == datetime(2016, 4, 6, 2, 1, 16, tzinfo=UTC)


def test_recorded_sites_have_the_addresses_we_make(shared: Path) -> None:
    path = shared / "recordings" / "stackexchange" / "sites.json"
    for site in json.loads(path.read_text(encoding="utf-8"))["items"]:
        if site["api_site_parameter"] != "meta":  # "Meta Stack Exchange", without a name of its own
            host = site["site_url"].removeprefix("http://")
            assert site_root(site["api_site_parameter"]) == f"https://{host}"


# --- looked at again ----------------------------------------------------------------------------


def recheck(source: StackExchange, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


def test_posts_that_are_gone_are_told() -> None:
    session = FakeSession(lambda _: answer({"items": [{"post_id": 7}], "has_more": False}))
    [page] = recheck(stack_exchange(), session, ["stackoverflow:7", "stackoverflow:8", "other:9"])
    assert urlsplit(session.asked[0].url).path == "/2.3/posts/7;8"
    assert page.removed == ("stackoverflow:8",)
    assert session.spent == {"stack_exchange": 1}


def test_an_answer_that_cannot_be_read_removes_nothing() -> None:
    body: Json = {"items": [{"id": 7}]}
    with pytest.raises(Malformed):
        recheck(stack_exchange(), FakeSession(lambda _: answer(body)), ["stackoverflow:7"])
