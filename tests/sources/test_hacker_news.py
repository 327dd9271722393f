from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Json, Kind, Page, Response
from monitor.sources.date_windows import Window
from monitor.sources.hacker_news import HackerNews, HackerNewsOptions, read_hits

SEARCH = json.loads((DATA / "hacker_news" / "search.json").read_text(encoding="utf-8"))
NONE = answer({"hits": [], "nbPages": 0})
ODILE = Business(name="Chez Odile")


def hacker_news(*businesses: Business, **options: object) -> HackerNews:
    told = HackerNewsOptions.model_validate({"type": "hacker_news", **options})
    return HackerNews(told, businesses or (ODILE,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def pages_of(total: int, size: int = 2) -> list[Json]:
    """Return the answers of a search that finds ``total`` stories, newest first."""
    ats = list(range(2_000_000_000, 2_000_000_000 - total, -1))
    rows: list[Json] = [{"objectID": str(at), "created_at_i": at} for at in ats]
    parts = [rows[start : start + size] for start in range(0, total, size)]
    return [{"hits": part, "nbPages": len(parts)} for part in parts]


def server(answers: list[Json]) -> FakeSession:
    def respond(url: str) -> Response:
        return answer(answers[int(query(url)["page"])])

    return FakeSession(respond)


def test_one_search_is_sent_for_each_name() -> None:
    session = FakeSession(lambda _: NONE)
    assert read_pages(hacker_news(BUSINESS), session) == []
    asked = [query(request.url) for request in session.asked]
    assert [one["query"] for one in asked] == ['"Fleurs Bougamont"', '"Simon Bougamont"']
    assert urlsplit(session.asked[0].url).path == "/api/v1/search_by_date"
    month = int((NOW - timedelta(days=30)).timestamp())
    assert asked[0] == asked[0] | {
        "tags": "(story,comment)",
        "numericFilters": f"created_at_i>={month}",
        "hitsPerPage": "100",
        "page": "0",
    }


def test_base_url_stands_for_the_service() -> None:
    session = FakeSession(lambda _: NONE)
    read_pages(hacker_news(base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/api/v1/search_by_date?")


def test_every_page_is_read_and_the_next_poll_begins_at_the_newest() -> None:
    session = server(pages_of(5))
    pages = read_pages(hacker_news(), session)
    assert [len(page.entries) for page in pages] == [2, 2, 1]
    read_pages(hacker_news(), session, pages[-1].cursor)
    assert query(session.asked[3].url)["numericFilters"] == "created_at_i>=2000000000"


def test_what_a_limit_of_pages_left_is_asked_for_by_date() -> None:
    session = server(pages_of(9))
    pages = read_pages(hacker_news(max_pages=2), session)
    session.asked.clear()
    read_pages(hacker_news(max_pages=1), session, pages[-1].cursor)
    bounds = query(session.asked[0].url)["numericFilters"]
    assert bounds.endswith(",created_at_i<=1999999997")


def test_a_page_that_fails_costs_only_what_follows_it() -> None:
    answers = pages_of(4)
    session = FakeSession(
        lambda url: answer(answers[0]) if query(url)["page"] == "0" else answer(b"", status=429)
    )
    with pytest.raises(FetchError) as caught:
        read_pages(hacker_news(), session)
    assert caught.value.code == Code.RATE_LIMITED


def test_history_begins_where_it_is_told() -> None:
    session = FakeSession(lambda _: NONE)
    source = hacker_news()

    async def read() -> None:
        async for _ in source.history(session, NOW - timedelta(days=90), {}):
            pass

    asyncio.run(read())
    since = int((NOW - timedelta(days=90)).timestamp())
    assert query(session.asked[0].url)["numericFilters"] == f"created_at_i>={since}"


def test_every_field_of_a_hit_is_read() -> None:
    story, comment = read_hits(SEARCH, Window()).entries
    assert story.external_id == "46221321"
    assert story.url == "https://news.ycombinator.com/item?id=46221321"
    assert story.title == "Show HN: How Fleurs Bougamont & co sell online"
    assert story.text == "Hi HN!\nI'm a florist & coder."
    assert (story.kind, story.likes, story.comments) == (Kind.POST, 3, 1)
    assert (story.author, story.author_url) == (
        "julie",
        "https://news.ycombinator.com/user?id=julie",
    )
    assert story.published_at == datetime(2026, 11, 22, 18, 19, 51, tzinfo=UTC)
    assert story.parent_url is None
    assert (comment.kind, comment.likes, comment.comments) == (Kind.COMMENT, None, None)
    assert comment.title == "Show HN: How Fleurs Bougamont sell online"
    assert comment.text == "Fleurs Bougamont?\nNever again."
    assert comment.parent_url == "https://news.ycombinator.com/item?id=46221322"


@pytest.mark.parametrize("body", [{"message": "no"}, [], {"hits": [{"title": "?"}]}, {"hits": {}}])
def test_another_shape_is_malformed(body: Json) -> None:
    with pytest.raises(Malformed) as caught:
        read_hits(body, Window())
    assert caught.value.code == Code.API


def test_the_recording_is_read(shared: Path) -> None:
    path = shared / "recordings" / "hackernews" / "algolia_search_2026.json"
    found = read_hits(json.loads(path.read_text(encoding="utf-8")), Window())
    assert (len(found.entries), found.problem, found.rest) == (6, None, None)
    assert all(entry.kind is Kind.POST and entry.author for entry in found.entries)
    first, second = found.entries[:2]
    assert first.title == (
        "Show HN: We open-sourced our internal tool for scoring PRs with Claude AI"
    )
    assert first.text.startswith("Hi HN! I'm sharing MergeMint, an open-source platform")
    assert "<" not in first.text
    assert (first.author, first.likes, first.comments) == ("textcortex", 3, 1)
    assert first.published_at == datetime(2025, 12, 10, 18, 19, 51, tzinfo=UTC)
    assert (second.external_id, second.likes, second.comments) == ("46428595", 7, 3)


# --- looked at again ----------------------------------------------------------------------------


def recheck(source: HackerNews, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


def test_stories_are_looked_at_again_in_batches() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    pages = recheck(hacker_news(), session, [str(n) for n in range(1, 61)])
    assert [query(request.url)["tags"][:24] for request in session.asked] == [
        "story,(story_1,story_2,s",
        "story,(story_51,story_52",
    ]
    assert all(len(request.url) < 2_000 for request in session.asked)
    assert pages[0].entries[0].likes == 3
    assert all(page.removed == () for page in pages)
