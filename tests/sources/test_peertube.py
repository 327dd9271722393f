from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Entry, Kind, Page, Response
from monitor.sources.json_fields import part_at
from monitor.sources.peertube import Peertube, PeertubeOptions
from monitor.sources.peertube_entries import read_comments, read_videos

SEARCH = json.loads((DATA / "peertube" / "search.json").read_text(encoding="utf-8"))
COMMENTS = json.loads((DATA / "peertube" / "comments.json").read_text(encoding="utf-8"))
FIRST = "9c9de5e8-0000-4000-8000-000000000001"


def peertube(**options: object) -> Peertube:
    told = PeertubeOptions.model_validate({"type": "peertube", **options})
    return Peertube(told, (Business(name="Fleurs Bougamont"),))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def respond(url: str) -> Response:
    return answer(COMMENTS if "comment-threads" in url else SEARCH)


def videos(*numbers: int, total: int) -> dict[str, Any]:
    at = "2026-11-22T08:00:00Z"
    rows = [
        {"uuid": f"u{n}", "url": f"https://t.example/w/{n}", "publishedAt": at} for n in numbers
    ]
    return {"total": total, "data": rows}


def test_sepia_is_searched_newest_first() -> None:
    session = FakeSession(respond)
    read_pages(peertube(language="fr"), session)
    [request] = session.asked
    assert request.url.startswith("https://sepiasearch.org/api/v1/search/videos?")
    assert query(request.url) == {
        "search": "Fleurs Bougamont",
        "start": "0",
        "count": "50",
        "sort": "-publishedAt",
        "startDate": "2026-10-24T07:00:00.000Z",
        "nsfw": "both",
        "languageOneOf[]": "fr",
    }


def test_an_instance_may_be_asked_instead() -> None:
    session = FakeSession(respond)
    read_pages(peertube(instance="https://framatube.example/"), session)
    assert session.asked[0].url.startswith("https://framatube.example/api/v1/search/videos?")


def test_every_field_of_a_video_is_read() -> None:
    [page] = read_pages(peertube(), FakeSession(respond))
    bouquet, market = page.entries
    assert bouquet == Entry(
        external_id=FIRST,
        url=f"https://tube.example/videos/watch/{FIRST}",
        title="Un bouquet chez Fleurs Bougamont",
        text="Chez Fleurs Bougamont, voir",
        kind=Kind.VIDEO,
        author="Julie & co",
        author_url="https://tube.example/accounts/julie",
        author_followers=8,
        published_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
        language="fr",
        likes=3,
        comments=2,
        views=12,
        media=("https://tube.example/lazy-static/previews/1.jpg",),
    )
    assert (market.author, market.text, market.comments) == ("karim", "", None)


def test_pages_are_followed_however_few_rows_the_server_gives() -> None:
    def server(url: str) -> Response:
        start = int(query(url)["start"])
        return answer(videos(*range(start, min(start + 2, 5)), total=5))

    session = FakeSession(server)
    pages = read_pages(peertube(), session)
    assert [e.external_id for page in pages for e in page.entries] == [f"u{n}" for n in range(5)]
    assert len(session.asked) == 3


def test_the_newest_of_the_found_videos_are_followed_whatever_page_they_came_on() -> None:
    def server(url: str) -> Response:
        start = int(query(url).get("start", 0))
        page = videos(*range(start, min(start + 15, 30)), total=30)
        for row in page["data"]:
            row["publishedAt"] = f"2026-11-20T10:{59 - int(row['uuid'][1:]):02}:00.000Z"
            row["url"] = f"https://tube.example/w/{row['uuid']}"
        return answer(page)

    pages = read_pages(peertube(comments=True), FakeSession(server))
    assert pages[-1].cursor["videos"] == {
        f"u{number}": f"https://tube.example/w/u{number}" for number in range(20)
    }


def test_a_second_poll_of_an_unchanged_search_costs_one_request() -> None:
    session = FakeSession(respond)
    [page] = read_pages(peertube(), session)
    assert read_pages(peertube(), session, page.cursor) == []
    assert len(session.asked) == 2


def test_comments_of_found_videos_are_asked_where_they_live() -> None:
    session = FakeSession(respond)
    [page] = read_pages(peertube(comments=True), session)
    session.asked.clear()
    pages = read_pages(peertube(comments=True), session, page.cursor)
    comments = [r.url for r in session.asked if "comment-threads" in r.url]
    assert comments[0].startswith(f"https://tube.example/api/v1/videos/{FIRST}/comment-threads?")
    assert comments[1].startswith("https://autre.example/api/v1/videos/")
    comment = next(e for page in pages for e in page.entries if e.kind is Kind.COMMENT)
    assert comment == Entry(
        external_id="https://tube.example/videos/watch/9c9de5e8/comments/7",
        url="https://tube.example/videos/watch/9c9de5e8/comments/7",
        text="Bougamont, jamais plus\xa0!",
        kind=Kind.COMMENT,
        author="Léa",
        author_url="https://ailleurs.example/u/lea",
        author_followers=2,
        published_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
        comments=1,
        parent_url=f"https://tube.example/videos/watch/{FIRST}",
    )


def test_base_url_stands_for_every_instance() -> None:
    session = FakeSession(respond)
    source = peertube(comments=True, base_url="http://127.0.0.1:9000")
    [page] = read_pages(source, session)
    read_pages(source, session, page.cursor)
    assert {urlsplit(request.url).netloc for request in session.asked} == {"127.0.0.1:9000"}


def test_a_deleted_comment_is_named_as_removed() -> None:
    found = read_comments(COMMENTS, "https://tube.example/w/1")
    assert found.removed == ("https://tube.example/videos/watch/9c9de5e8/comments/6",)
    assert (len(found.entries), found.problem) == (1, None)


@pytest.mark.parametrize("status", [404, 410])
def test_a_lost_video_costs_nobody_else(status: int) -> None:
    def server(url: str) -> Response:
        return answer({}, status=status) if "comment-threads" in url else answer(SEARCH)

    session = FakeSession(server)
    [page] = read_pages(peertube(comments=True), session)
    assert read_pages(peertube(comments=True), session, page.cursor) == []


def test_a_server_that_limits_us_is_told() -> None:
    session = FakeSession(lambda _: answer({"status": 429}, status=429))
    with pytest.raises(FetchError) as caught:
        read_pages(peertube(), session)
    assert caught.value.code == Code.RATE_LIMITED


def test_history_asks_from_its_beginning() -> None:
    session = FakeSession(respond)

    async def read() -> list[Page]:
        since = datetime(2026, 1, 1, tzinfo=UTC)
        return [page async for page in peertube().history(session, since, {})]

    assert len(asyncio.run(read())[0].entries) == 2
    assert query(session.asked[0].url)["startDate"] == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize("body", [[], {}, {"data": {}}, {"data": [{"name": "x"}]}, "no", None])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    with pytest.raises(Malformed):
        read_videos(body)


def recorded(shared: Path, name: str) -> Any:  # noqa: ANN401 - likewise
    return json.loads((shared / "recordings" / "peertube" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name", ["sepiasearch_p1.json", "instance_search.json", "channel_videos_laquadrature_fr.json"]
)
def test_recorded_searches_are_read(shared: Path, name: str) -> None:
    found = read_videos(recorded(shared, name))
    assert (len(found.entries), found.problem) == (12, None)
    for entry in found.entries:
        assert all((entry.url, entry.title, entry.author, entry.author_url))
        assert (entry.published_at or datetime.min.replace(tzinfo=UTC)).year > 2000


def test_recorded_videos_are_read_field_by_field(shared: Path) -> None:
    konsole = read_videos(recorded(shared, "sepiasearch_p1.json")).entries[0]
    assert konsole.external_id == "23d6717f-0cce-4288-ac48-caf75dd47692"
    assert konsole.title == "KDE Gear ⚙️ 21.08: An imaginary ad for Konsole"
    assert konsole.published_at == datetime(2021, 8, 9, 17, 24, 17, 780000, tzinfo=UTC)
    assert (konsole.views, konsole.likes, konsole.comments) == (1469, 8, 1)
    assert (konsole.author, konsole.language) == ("KDE", "en")
    law = read_videos(recorded(shared, "channel_videos_laquadrature_fr.json")).entries[0]
    assert (law.author, law.language, law.views) == ("LQDN", "fr", 521)
    assert law.author_url == "https://video.lqdn.fr/accounts/lqdn"


def test_recorded_comments_are_read(shared: Path) -> None:
    found = read_comments(recorded(shared, "comment_threads.json"), "https://tube.example/w/1")
    comment = found.entries[0]
    assert (comment.text, comment.author) == ("Very well explained.", "Custom Epoch")
    assert comment.published_at == datetime(2025, 7, 10, 21, 39, 33, 797000, tzinfo=UTC)
    assert (comment.author_followers, comment.comments) == (0, 0)
    assert found.problem is None


def test_recorded_deleted_comments_are_left_out(shared: Path) -> None:
    answer_ = recorded(shared, "comment_threads_deleted.json")
    found = read_comments(answer_, "https://tube.example/w/1")
    deleted = [row for row in answer_["data"] if row["isDeleted"]]
    assert deleted
    assert len(found.entries) == len(answer_["data"]) - len(deleted)
    assert found.problem is None
    assert len(found.removed) == len(deleted)


# --- looked at again ----------------------------------------------------------------------------


def recheck(source: Peertube, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


def test_videos_that_are_gone_from_their_instances_are_removed() -> None:
    cursor = read_pages(peertube(), FakeSession(respond))[-1].cursor
    again = peertube()
    read_pages(again, FakeSession(respond), cursor)
    first, second = part_at(cursor, "homes")
    not_found: dict[str, Any] = {"detail": "Video not found", "status": 404, "type": "about:blank"}

    def instance(url: str) -> Response:
        return answer({"uuid": first}) if first in url else answer(not_found, status=404)

    session = FakeSession(instance)
    pages = recheck(again, session, [first, second, "unknown"])
    assert [request.url for request in session.asked] == [
        f"https://tube.example/api/v1/videos/{first}",
        f"https://autre.example/api/v1/videos/{second}",
    ]
    assert [one for page in pages for one in page.removed] == [second]


def test_an_instance_that_is_down_costs_no_other() -> None:
    source = peertube()
    read_pages(source, FakeSession(respond))
    [first, second] = [e.external_id for e in read_videos(SEARCH).entries]

    def instance(url: str) -> Response:
        if "tube.example" in url:
            raise FetchError(Code.CONNECT, "refused")
        return answer({}, status=410)

    pages = recheck(source, FakeSession(instance), [first, second])
    assert [one for page in pages for one in page.removed] == [second]


def test_no_more_videos_are_remembered_than_the_newest() -> None:
    def server(url: str) -> Response:
        start = int(query(url)["start"])
        return answer(videos(*range(start, min(start + 50, 150)), total=150))

    pages = read_pages(peertube(), FakeSession(server))
    assert set(part_at(pages[-1].cursor, "homes")) == {f"u{n}" for n in range(100)}
