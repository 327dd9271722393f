from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Entry, Kind, Page, Response
from monitor.sources.discourse import Discourse, DiscourseOptions
from monitor.sources.discourse_posts import read_latest, read_search, read_single

ROOT = "https://forum.example"
SEARCH = json.loads((DATA / "discourse" / "search.json").read_text(encoding="utf-8"))
LATEST = json.loads((DATA / "discourse" / "latest.json").read_text(encoding="utf-8"))
SHOP = Business(name="Fleurs Bougamont")


def discourse(*businesses: Business, **options: object) -> Discourse:
    told = {"type": "discourse", "url": f"{ROOT}/", **options}
    return Discourse(DiscourseOptions.model_validate(told), businesses or (SHOP,))


def post(number: int, **fields: object) -> dict[str, Any]:
    at = f"2026-11-22T08:00:{number:02}.000Z"
    told = {"id": number, "topic_id": 1, "username": "a", "created_at": at, "cooked": str(number)}
    return {**told, **fields}


def forum(numbers: list[int], *, page: int = 4) -> Callable[[str], Response]:
    def respond(url: str) -> Response:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        if path == "/posts.json":
            before = int(query.get("before", ["9999"])[0])
            found = [number for number in numbers if number <= before]
            return answer({"latest_posts": [post(number) for number in found[:page]]})
        start = page * (int(query["page"][0]) - 1)
        more = {"more_full_page_results": True if start + page < len(numbers) else None}
        found = numbers[start : start + page]
        return answer({"posts": [post(n) for n in found], "grouped_search_result": more})

    return respond


def texts(pages: list[Page]) -> set[str]:
    return {entry.text for page in pages for entry in page.entries}


@pytest.mark.parametrize("read", ["search", "latest"])
def test_pages_are_read_to_the_end_and_once(read: str) -> None:
    numbers = list(range(15, 0, -1))
    session = FakeSession(forum(numbers))
    pages = read_pages(discourse(read=read, max_pages=9), session)
    assert texts(pages) == {str(number) for number in numbers}
    session.asked.clear()
    assert read_pages(discourse(read=read), session, pages[-1].cursor) == []
    assert len(session.asked) == 1


def test_each_phrase_is_searched_newest_first() -> None:
    session = FakeSession(forum([1]))
    shop = Business(name="Fleurs Bougamont", aliases=("Simon Bougamont", "@bouga"))
    [first, second] = read_pages(discourse(shop), session)
    asked = [parse_qs(urlsplit(request.url).query) for request in session.asked]
    assert asked[0] == {"q": ['"Fleurs Bougamont" order:latest after:2026-10-23'], "page": ["1"]}
    assert asked[1]["q"] == ['"Simon Bougamont" order:latest after:2026-10-23']
    assert {e.searched_for for e in (*first.entries, *second.entries)} == {"Fleurs Bougamont"}


def test_the_latest_posts_are_read_for_all() -> None:
    source = discourse(SHOP, Business(name="Odile"), read="latest")
    session = FakeSession(forum([2, 1]))
    [page] = read_pages(source, session)
    assert [urlsplit(request.url).path for request in session.asked] == ["/posts.json"]
    assert {entry.searched_for for entry in page.entries} == {None}
    assert source.queries == ()


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ({}, {}),
        ({"api_key": "k"}, {"User-Api-Key": "k"}),
        ({"api_key": "k", "api_username": "simon"}, {"Api-Key": "k", "Api-Username": "simon"}),
    ],
)
def test_a_key_goes_in_headers(options: dict[str, object], headers: dict[str, str]) -> None:
    session = FakeSession(forum([1]))
    read_pages(discourse(**options), session)
    assert session.asked[0].headers == headers


def test_base_url_answers_in_the_forums_stead() -> None:
    session = FakeSession(forum([1]))
    [page] = read_pages(discourse(base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/search.json?")
    assert page.entries[0].external_id == "https://forum.example/p/1"


def test_a_busy_forum_is_tried_later() -> None:
    busy = answer({"posts": [], "grouped_search_result": {"error": "Trop de monde"}})
    with pytest.raises(FetchError) as caught:
        read_pages(discourse(), FakeSession(lambda _: busy))
    assert caught.value.code == Code.RATE_LIMITED


def test_every_field_of_a_search_is_read() -> None:
    first, answered = read_search(SEARCH, ROOT, number=1).entries
    assert first == Entry(
        external_id="https://forum.example/p/916",
        url="https://forum.example/t/fleuristes-du-nord/13/1",
        title="Fleuristes du Nord",
        text="... trois semaines pour un bouquet chez Fleurs Bougamont & rien ...",
        kind=Kind.POST,
        author="Julie <3",
        author_url="https://forum.example/u/julie",
        published_at=datetime(2026, 11, 22, 8, 0, 0, 520000, tzinfo=UTC),
        likes=4,
        comments=2,
        views=41,
    )
    assert (answered.kind, answered.author, answered.title) == (
        Kind.COMMENT,
        "karim",
        "Les bons plans",
    )
    assert answered.url == "https://forum.example/t/les-bons-plans/14/5"
    assert answered.parent_url == "https://forum.example/t/les-bons-plans/14/3"
    assert (answered.comments, answered.views) == (None, None)


def test_every_field_of_a_latest_post_is_read() -> None:
    [only] = read_latest(LATEST, ROOT).entries  # the other is the forum's own note
    assert only.text == "Trois semaines chez Fleurs Bougamont & rien."
    assert (only.likes, only.title) == (4, "Fleuristes du Nord")
    assert only.parent_url == "https://forum.example/t/fleuristes-du-nord/13/1"


@pytest.mark.parametrize("fields", [{"hidden": True}, {"deleted_at": "2026"}, {"post_type": 4}])
def test_what_is_not_to_be_read_is_left_out(fields: dict[str, object]) -> None:
    assert read_latest({"latest_posts": [post(1, **fields)]}, ROOT).entries == ()


@pytest.mark.parametrize("body", [{"errors": ["x"]}, {}, "no", None, [], {"posts": 3}])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    with pytest.raises(Malformed):
        read_search(body, ROOT, number=1)
    with pytest.raises(Malformed):
        read_latest(body, ROOT)


def test_recorded_answers_are_read(shared: Path) -> None:
    folder = shared / "recordings" / "discourse"
    found = json.loads((folder / "search_docs.json").read_text(encoding="utf-8"))
    [hit] = read_search(found, ROOT, number=1).entries
    assert hit.url == "https://forum.example/t/2a6aa74e-e341-5e3c-1eaa-78c6331f305f/13/1"
    assert (hit.title, hit.views, hit.comments) == ("2a6aa74e-e341-5e3c-1eaa-78c6331f305f", 1, 0)
    latest = json.loads((folder / "posts_latest.json").read_text(encoding="utf-8"))
    entries = read_latest(latest, ROOT).entries
    assert len(entries) == 4
    assert entries[0].text == "holla bullhonky."
    assert entries[0].author == "johndoe"


# --- looked at again ----------------------------------------------------------------------------


def looked_at_again(source: Discourse, answers: dict[str, Any]) -> tuple[list[Page], list[str]]:
    """Look again at posts 916, 915 and 914; what is not in ``answers`` is a 404."""
    ids = [f"{ROOT}/p/{number}" for number in (916, 915, 914)]
    gone = answer({"errors": ["gone"], "error_type": "not_found"}, status=404)
    told = {f"{ROOT}/posts/{number}.json": gone for number in (916, 915, 914)}
    told |= {f"{ROOT}{path}": answer(said) for path, said in answers.items()}
    session = FakeSession(told)

    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    pages = asyncio.run(read())
    return pages, [urlsplit(request.url).path for request in session.asked]


SINGLE = json.loads((DATA / "discourse" / "post.json").read_text(encoding="utf-8"))
TOPIC = {"id": 13, "slug": "fleuristes-du-nord", "title": "Fleuristes du Nord", "posts_count": 5}


def test_a_latest_post_is_told_whole_with_its_topic() -> None:
    answers = {
        "/posts/916.json": SINGLE,
        "/posts/915.json": {**SINGLE, "id": 915, "cooked": "Autre"},
        "/t/13.json": {**TOPIC, "views": 50},
    }
    pages, paths = looked_at_again(discourse(read="latest"), answers)
    first, second = (entry for page in pages for entry in page.entries)
    assert (first.title, first.text) == ("Fleuristes du Nord", "Quatre semaines, et rien.")
    assert (first.likes, first.comments, first.views) == (6, 4, 50)
    assert first.url == "https://forum.example/t/fleuristes-du-nord/13/1"
    assert second.text == "Autre"
    assert [one for page in pages for one in page.removed] == [f"{ROOT}/p/914"]
    assert paths.count("/t/13.json") == 1


def test_of_what_was_searched_only_the_gone_are_told() -> None:
    deleted = {**SINGLE, "id": 915, "user_deleted": True}
    pages, paths = looked_at_again(
        discourse(), {"/posts/916.json": SINGLE, "/posts/915.json": deleted}
    )
    assert [page.entries for page in pages] == [(), ()]
    assert [one for page in pages for one in page.removed] == [f"{ROOT}/p/915", f"{ROOT}/p/914"]
    assert paths == ["/posts/916.json", "/posts/915.json", "/posts/914.json"]


def test_a_recorded_post_is_read_by_itself(shared: Path) -> None:
    path = shared / "recordings" / "discourse" / "topic_1148.json"
    topic = json.loads(path.read_text(encoding="utf-8"))
    whole = read_single(topic["post_stream"]["posts"][0], topic, ROOT)
    assert (whole.external_id, whole.author) == (f"{ROOT}/p/18952", "Raymond Hill")
    assert (whole.title, whole.likes) == ("[Support] uBlock Origin", 6)
    assert whole.comments == topic["posts_count"] - 1
