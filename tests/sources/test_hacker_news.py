from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Json, Kind, Page, Response
from monitor.sources.hacker_news import HackerNews, HackerNewsOptions, check_item, read_hits

SEARCH = json.loads((DATA / "hacker_news" / "search.json").read_text(encoding="utf-8"))
NONE = answer({"hits": [], "nbPages": 0})
RECENT = int(NOW.timestamp()) - 3600
ODILE = Business(name="Chez Odile")


def hacker_news(*businesses: Business, **options: object) -> HackerNews:
    told = HackerNewsOptions.model_validate({"type": "hacker_news", **options})
    return HackerNews(told, businesses or (ODILE,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def found_in(ats: Sequence[int], url: str, size: int = 2) -> Response:
    """Answer with the stories of these seconds that are asked for, newest first."""
    until = query(url)["numericFilters"].partition("created_at_i<=")[2]
    found = [at for at in sorted(ats, reverse=True) if at <= int(until or RECENT)]
    rows: list[Json] = [{"objectID": str(at), "created_at_i": at} for at in found[:size]]
    return answer({"hits": rows, "nbPages": -(-len(found) // size)})


def seconds(total: int) -> list[int]:
    return [RECENT - number for number in range(total)]


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
    }


def test_base_url_stands_for_the_service() -> None:
    session = FakeSession(lambda _: NONE)
    read_pages(hacker_news(base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/api/v1/search_by_date?")


def test_every_page_is_read_and_the_next_poll_begins_before_the_newest() -> None:
    session = FakeSession(lambda url: found_in(seconds(5), url))
    pages = read_pages(hacker_news(), session)
    # Older ones are asked for by date: the second that ended a page begins the next, too.
    assert [len(page.entries) for page in pages] == [2, 1, 1, 1]
    session.asked.clear()
    assert read_pages(hacker_news(), session, pages[-1].cursor) == []
    bound = query(session.asked[0].url)["numericFilters"]
    assert bound == f"created_at_i>={RECENT - 7 * 86400}"
    assert len(session.asked) == 1


def test_what_a_limit_of_pages_left_is_asked_for_by_date() -> None:
    session = FakeSession(lambda url: found_in(seconds(9), url))
    pages = read_pages(hacker_news(max_pages=2), session)
    session.asked.clear()
    read_pages(hacker_news(max_pages=1), session, pages[-1].cursor)
    bounds = query(session.asked[0].url)["numericFilters"]
    assert bounds.endswith(f",created_at_i<={RECENT - 2}")


def test_a_page_that_fails_costs_only_what_follows_it() -> None:
    session = FakeSession(
        lambda url: answer(b"", status=429) if "%3C%3D" in url else found_in(seconds(4), url)
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
    story, comment = read_hits(SEARCH).entries
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
        read_hits(body)
    assert caught.value.code == Code.API


def test_the_recording_is_read(shared: Path) -> None:
    path = shared / "recordings" / "hackernews" / "algolia_search_2026.json"
    found = read_hits(json.loads(path.read_text(encoding="utf-8")))
    assert (len(found.entries), found.problem, found.following) == (6, None, None)
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


def items(gone: set[str]) -> FakeSession:
    """Answer with the one story of a batch, and with items unless they are gone."""
    item = json.loads((DATA / "hacker_news" / "item.json").read_text(encoding="utf-8"))

    def respond(url: str) -> Response:
        number = urlsplit(url).path.rpartition("/")[2]
        if number == "search_by_date":
            return answer(SEARCH if "story_46221321" in url else {"hits": []})
        return (
            answer({"status": 404, "error": "Not Found"}, status=404)
            if number in gone
            else answer(item)
        )

    return FakeSession(respond)


def test_stories_are_looked_at_again_in_batches() -> None:
    session = items(set())
    ids = ["46221321", *(str(number) for number in range(1, 60))]
    pages = recheck(hacker_news(), session, ids)
    tags = [query(request.url)["tags"][:24] for request in session.asked[:2]]
    assert tags == ["story,(story_46221321,st", "story,(story_50,story_51"]
    assert all(len(request.url) < 2_000 for request in session.asked)
    assert pages[0].entries[0].likes == 3


def test_what_is_no_story_is_asked_for_by_itself_and_removed_when_gone() -> None:
    session = items({"7"})
    pages = recheck(hacker_news(), session, ["46221321", "8", "7"])
    assert [urlsplit(request.url).path for request in session.asked[1:]] == [
        "/api/v1/items/8",
        "/api/v1/items/7",
    ]
    assert [one for page in pages for one in page.removed] == ["7"]
    assert [len(page.entries) for page in pages[1:]] == [0, 0]


def test_an_item_without_author_and_words_is_gone() -> None:
    check_item({"id": 1, "author": None, "title": None, "text": "Fleurs Bougamont?"})
    with pytest.raises(FetchError) as caught:
        check_item({"id": 1, "author": None, "title": None, "text": None, "children": []})
    assert caught.value.code == Code.GONE
    with pytest.raises(Malformed):
        check_item({"error": "no"})
