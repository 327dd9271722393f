"""Threads: searches by name, mentions, and what silence means before Meta's review."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes import SHOP
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer
from servers import Request as Asked
from sources.fake_graph import TOKEN, FakeGraph, refusal
from sources.fake_session import DATA, FakeSession, read_pages

from monitor.errors import FetchError
from monitor.model import Entry, Kind, Page
from monitor.sources.threads import Threads, ThreadsOptions
from monitor.sources.threads_entries import read_post

SEARCH = json.loads((DATA / "threads" / "search.synthetic.json").read_text("utf-8"))
ME = {"id": "17841400000000001", "username": "fleursbougamont"}
OWN_POST = SEARCH["data"][2]


def source(**options: object) -> Threads:
    return Threads(
        ThreadsOptions.model_validate({"type": "threads", "token": TOKEN, **options}), (SHOP,)
    )


def graph(search: object, mentions: object = None, common: object = None) -> FakeGraph:
    def keyword(asked: dict[str, str]) -> object:
        if asked["q"] == "bonjour":
            return common or {"data": []}
        return search(asked) if callable(search) else search

    return FakeGraph({"me": ME, "keyword_search": keyword, "me/mentions": mentions or {"data": []}})


def entries(pages: list[Page]) -> dict[str, Entry]:
    return {entry.external_id: entry for page in pages for entry in page.entries}


def health(pages: list[Page]) -> str | None:
    return pages[-1].standing.health if pages and pages[-1].standing else None


def test_a_post_is_read_field_by_field_at_one_address() -> None:
    post, reply, _ = SEARCH["data"]
    assert read_post(post) == Entry(
        external_id="18040000000000001",
        url="https://www.threads.net/@lea.photo/post/DAaa",
        text="Trois heures d’attente chez Fleurs Bougamont, plus jamais.",
        kind=Kind.POST,
        author="lea.photo",
        author_url="https://www.threads.net/@lea.photo",
        published_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    )
    assert read_post(reply).kind is Kind.COMMENT
    assert read_post(reply).media == ("https://scontent.example/t.jpg",)


def test_the_shape_of_posts_that_others_recorded_is_read(shared: Path) -> None:
    file = shared / "recordings" / "threads" / "user_posts.json"
    rows = json.loads(file.read_text("utf-8"))["data"]
    assert [(one.external_id, one.text, str(one.published_at)) for one in map(read_post, rows)] == [
        ("1002", "Second post", "2024-01-02 12:00:00+00:00"),
        ("1001", "First post", "2024-01-01 12:00:00+00:00"),
    ]


def test_others_posts_are_read_and_ones_own_left_out() -> None:
    mention = {"id": "7", "text": "@fleursbougamont bravo", "username": "zoe"}
    threads = source()
    whole = graph({"data": SEARCH["data"]}, {"data": [mention]})
    pages = read_pages(threads, FakeSession(whole))
    found = entries(pages)
    assert set(found) == {"18040000000000001", "18040000000000002", "7"}
    assert (found["7"].about, found["18040000000000001"].about) == (SHOP.name, None)
    assert health(pages) is None
    again = graph({"data": SEARCH["data"]}, {"data": [mention]})
    second = read_pages(threads, FakeSession(again), pages[-1].cursor)
    assert (entries(second), again.asked) == ({}, ["keyword_search", "me/mentions"])


@pytest.mark.parametrize("rows", [[], [OWN_POST]])
def test_before_metas_review_silence_is_no_sign(rows: list[Any]) -> None:
    threads = source()
    pages = read_pages(threads, FakeSession(graph({"data": rows})))
    assert (entries(pages), health(pages)) == ({}, "review_missing")
    assert pages[-1].standing is not None
    assert pages[-1].standing.missing == "threads_keyword_search"
    # It is said at each poll; a common word is looked for once a day only.
    whole = graph({"data": rows})
    second = read_pages(threads, FakeSession(whole), pages[-1].cursor)
    assert (health(second), whole.asked.count("keyword_search")) == ("review_missing", 1)
    # Somebody else's post was found: the search works, and finding nothing means it.
    found = read_pages(threads, FakeSession(graph(SEARCH)), second[-1].cursor)
    assert health(found) is None
    quiet = read_pages(threads, FakeSession(graph({"data": []})), found[-1].cursor)
    assert health(quiet) is None


def test_somebody_elses_post_with_a_common_word_shows_that_the_search_works() -> None:
    stranger = {"id": "99", "text": "Bonjour", "username": "zoe"}
    pages = read_pages(source(), FakeSession(graph({"data": []}, common={"data": [stranger]})))
    assert (entries(pages), health(pages)) == ({}, None)


def test_with_the_approval_told_nothing_is_asked_for_it() -> None:
    whole = graph({"data": []})
    assert health(read_pages(source(approved=True), FakeSession(whole))) is None
    assert whole.asked.count("keyword_search") == 1


def test_pages_go_on_without_a_link_to_the_next_until_one_is_empty() -> None:
    def search(asked: dict[str, str]) -> object:
        number = int(asked.get("after", "0"))
        if number == 2:
            return {"data": [], "paging": {"cursors": {"after": "2"}}}
        rows = [{**SEARCH["data"][0], "id": f"p{number}"}]
        return {"data": rows, "paging": {"cursors": {"before": "b", "after": f"{number + 1}"}}}

    session = FakeSession(graph(search))
    assert set(entries(read_pages(source(), session))) == {"p0", "p1"}
    assert session.spent == {"threads searches": 3}


def test_an_empty_page_with_a_link_to_the_next_is_not_the_last() -> None:
    def search(asked: dict[str, str]) -> object:
        number = int(asked.get("after", "0"))
        rows = [] if number == 1 else [{**SEARCH["data"][0], "id": f"p{number}"}]
        paging: dict[str, Any] = {"cursors": {"before": "b", "after": f"{number + 1}"}}
        link = {} if number == 2 else {"next": "https://graph.threads.net/x?access_token=T"}
        more = {} if number == 3 else {"paging": paging | link}
        return {"data": [] if number == 3 else rows, **more}

    assert set(entries(read_pages(source(), FakeSession(graph(search))))) == {"p0", "p2"}


def test_an_account_that_is_not_told_costs_no_mention() -> None:
    whole = graph({"data": SEARCH["data"][:2]}, {"data": [{"id": "7", "username": "zoe"}]})
    whole.routes["me"] = refusal(100, 33)
    pages = read_pages(source(), FakeSession(whole))
    assert (len(entries(pages)), health(pages)) == (3, None)
    # Of one writer alone, it may be the account itself.
    whole = graph({"data": SEARCH["data"][:1]})
    whole.routes["me"] = {"id": "1"}
    pages = read_pages(source(), FakeSession(whole))
    assert (len(entries(pages)), health(pages)) == (1, "review_missing")


def test_a_scope_that_mentions_want_is_told_while_the_search_goes_on() -> None:
    pages = read_pages(source(), FakeSession(graph(SEARCH, refusal(10))))
    assert len(entries(pages)) == 2
    assert pages[-1].standing is not None
    assert (health(pages), pages[-1].standing.missing) == (
        "permission_missing",
        "threads_manage_mentions",
    )


def test_a_limit_ends_the_poll_and_keeps_what_was_read() -> None:
    got: list[Page] = []

    async def read() -> None:
        whole = graph(SEARCH, refusal(613))
        async for page in source().pages(FakeSession(whole), {}):
            got.append(page)  # noqa: PERF401 - what came before the fault is kept

    with pytest.raises(FetchError) as error:
        asyncio.run(read())
    assert (error.value.code, error.value.health) == ("rate_limited", "rate_limited")
    assert len(entries(got)) == 2


def test_history_searches_from_a_day_on() -> None:
    session = FakeSession(graph(SEARCH))

    async def back() -> list[Page]:
        since = datetime(2020, 1, 1, tzinfo=UTC)
        return [page async for page in source().history(session, since, {})]

    assert len(entries(asyncio.run(back()))) == 2
    # The API takes no earlier second.
    assert any("since=1688540400" in asked.url for asked in session.asked)


@pytest.mark.parametrize("options", [{"user": "lea"}, {"version": "1"}])
def test_what_is_wrong_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    whole = graph({"data": []})

    def respond(request: Asked) -> Answer:
        told = whole(f"http://graph.example{request.target}")
        return Answer(status=told.status, headers=dict(told.headers), body=told.body)

    with FeedServer({"*": respond}) as web:
        shop = Shop(tmp_path, web)
        shop.configure(
            sources=[
                {
                    "type": "threads",
                    "id": "threads",
                    "token": TOKEN,
                    "base_url": web.url("/").rstrip("/"),
                }
            ],
            network={"allow_private_hosts": [web.address]},
        )
        report = shop.poll()["threads"]
        assert (report["error"], report["new"]) == (None, 0)
        [told] = json.loads(shop.ecoute("sources", "--json").out)
        assert told["state"] == "review_missing"
        assert "threads_keyword_search" in shop.ecoute("sources").out
        whole.routes["keyword_search"] = SEARCH
        assert shop.poll()["threads"]["new"] == 2
        [told] = json.loads(shop.ecoute("sources", "--json").out)
        assert told["state"] == "ok"
        assert {mention["author"] for mention in shop.mentions()} == {"lea.photo", "paul_b"}
