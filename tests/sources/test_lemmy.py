from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Entry, Kind, Page, Response
from monitor.sources.lemmy import Lemmy, LemmyOptions
from monitor.sources.lemmy_views import Site, read_languages, read_page, read_results

V3 = json.loads((DATA / "lemmy" / "search_v3.json").read_text(encoding="utf-8"))
V4 = json.loads((DATA / "lemmy" / "search_v4.json").read_text(encoding="utf-8"))
SITE = Site(root="https://jlai.example", version=3, languages={"47": "fr"})
SHOP = Business(name="Fleurs Bougamont")


def lemmy(*businesses: Business, **options: object) -> Lemmy:
    told = {"type": "lemmy", "instance": "https://jlai.example/", **options}
    return Lemmy(LemmyOptions.model_validate(told), businesses or (SHOP,))


def view(number: int, **fields: object) -> dict[str, Any]:
    at = f"2026-11-22T08:{number // 60:02}:{number % 60:02}Z"
    post = {"name": str(number), "ap_id": f"https://jlai.example/post/{number}", **fields}
    return {"post": {"published": at, "published_at": at, **post}, "creator": {"name": "a"}}


def server(views: list[dict[str, Any]], *, version: str = "0.19.12") -> Callable[[str], Response]:
    """Answer as Lemmy does: version 3 by number of page, version 4 by cursor."""

    def respond(url: str) -> Response:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        is_old = version.startswith("0.")
        if path == "/api/v3/site":
            return answer({"version": version})
        if path == "/api/v4/site" and not is_old:
            return answer({"site_view": {}})
        if path == "/api/v3/search" and is_old:
            start = 50 * (int(query["page"][0]) - 1)
            return answer({"posts": views[start : start + 50], "comments": []})
        if path == "/api/v4/search" and not is_old:
            start = int(query.get("page_cursor", ["P0"])[0][1:])
            more = {"next_page": f"P{start + 50}"} if start + 50 < len(views) else {}
            return answer({"search": views[start : start + 50], **more})
        return answer({"error": "not_found"}, status=404)

    return respond


def titles(pages: list[Page]) -> list[str | None]:
    return [entry.title for page in pages for entry in page.entries]


def paths(session: FakeSession) -> list[str]:
    return [urlsplit(request.url).path for request in session.asked]


# --- what is asked ------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["0.19.12", "1.0.0"])
def test_pages_are_read_to_the_end_and_once(version: str) -> None:
    views = [view(number) for number in range(120, 0, -1)]
    session = FakeSession(server(views, version=version))
    pages = read_pages(lemmy(), session)
    assert titles(pages) == [str(number) for number in range(120, 0, -1)]
    session.asked.clear()
    assert read_pages(lemmy(), session, pages[-1].cursor) == []
    assert paths(session) == [f"/api/v{3 if version[0] == '0' else 4}/search"]


def test_remembering_the_api_takes_no_page_of_the_poll() -> None:
    pages = read_pages(lemmy(), FakeSession(server([view(number) for number in range(60, 0, -1)])))
    assert [len(page.entries) for page in pages] == [50, 10]
    [nothing] = read_pages(lemmy(), FakeSession(server([])))
    assert (nothing.entries, nothing.cursor["api"]) == ((), 3)


def test_version_3_is_asked_for_everything_newest_first() -> None:
    session = FakeSession(server([]))
    read_pages(lemmy(), session)
    assert parse_qs(urlsplit(session.asked[-1].url).query) == {
        "q": ["Fleurs Bougamont"],
        "type_": ["All"],
        "listing_type": ["All"],
        "sort": ["New"],
        "page": ["1"],
        "limit": ["50"],
    }


def test_version_4_is_asked_for_the_last_30_days() -> None:
    session = FakeSession(server([], version="1.0.0"))
    read_pages(lemmy(), session)
    assert parse_qs(urlsplit(session.asked[-1].url).query) == {
        "q": ["Fleurs Bougamont"],
        "search_term": ["Fleurs Bougamont"],
        "time_range_seconds": [str(30 * 86_400)],
        "limit": ["50"],
    }


def test_a_server_without_version_3_has_version_4() -> None:
    def respond(url: str) -> Response:
        is_old = urlsplit(url).path.startswith("/api/v3")
        return answer({}, status=404) if is_old else server([view(1)], version="1.1")(url)

    assert titles(read_pages(lemmy(), FakeSession(respond))) == ["1"]


def test_a_server_that_was_renewed_is_looked_at_anew() -> None:
    before = read_pages(lemmy(), FakeSession(server([view(1)])))[-1].cursor
    pages = read_pages(lemmy(), FakeSession(server([view(1), view(2)], version="1.0.0")), before)
    assert before["api"] == 3
    assert pages[-1].cursor["api"] == 4
    assert titles(pages) == ["1", "2"]


def test_names_and_handles_are_searched_without_quotes() -> None:
    assert lemmy(BUSINESS).queries == ("Fleurs Bougamont", "Simon Bougamont", "fleursbougamont")


def test_a_private_server_says_so() -> None:
    with pytest.raises(FetchError) as caught:
        read_pages(lemmy(), FakeSession(lambda _: answer({"error": "x"}, status=401)))
    assert caught.value.code == Code.AUTH


# --- what a post or a comment becomes -----------------------------------------------------------


def test_every_field_of_version_3_is_read() -> None:
    post, comment = read_page(V3, SITE, number=1, size=50).entries
    assert post == Entry(
        external_id="https://jlai.example/post/7",
        url="https://jlai.example/post/7",
        title="Fleurs Bougamont, votre avis ?",
        text="Déçu par leur site.\nVous aussi ?",
        kind=Kind.POST,
        author="Julie <3",
        author_url="https://jlai.example/u/julie",
        published_at=datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC),
        language="fr",
        likes=5,
        comments=2,
        media=("https://cdn.example/vitrine.jpg",),
    )
    assert comment == Entry(
        external_id="https://ailleurs.example/comment/99",
        url="https://ailleurs.example/comment/99",
        title="Fleurs Bougamont, votre avis ?",
        text="votre avis ?\nÀ fuir, Bougamont.",
        kind=Kind.COMMENT,
        author="karim",
        author_url="https://ailleurs.example/u/karim",
        published_at=datetime(2026, 11, 22, 7, 30, tzinfo=UTC),
        likes=1,
        comments=3,
        parent_url="https://jlai.example/comment/12",
    )


def test_every_field_of_version_4_is_read() -> None:
    read = read_results(V4, SITE)
    post, comment = read.entries
    assert (post.text, post.likes, post.comments, post.language) == ("Déçu", 5, 2, "fr")
    assert post.author_url == "https://jlai.example/u/julie"
    assert post.published_at == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert (comment.author, comment.likes, comment.comments) == ("Karim", 1, 0)
    assert comment.parent_url == "https://jlai.example/post/7"
    assert read.reached == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def test_languages_are_known_by_their_numbers() -> None:
    assert read_languages(V3) == {"47": "fr"}


@pytest.mark.parametrize("gone", ["deleted", "removed"])
def test_what_is_gone_is_left_out(gone: str) -> None:
    rows = [view(1, **{gone: True}), view(2)]
    read = read_page({"posts": rows, "comments": []}, SITE, number=1, size=50)
    assert [entry.title for entry in read.entries] == ["2"]


def test_one_bad_post_costs_only_itself() -> None:
    rows = [{"post": {"name": "x"}}, view(2)]
    read = read_page({"posts": rows, "comments": []}, SITE, number=1, size=50)
    assert len(read.entries) == 1
    assert read.problem == "1 of 2 unreadable, first results[0]: ap_id is missing"


@pytest.mark.parametrize("body", [{"error": "x"}, {}, "no", None, [], {"posts": [], "comments": 1}])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    with pytest.raises(Malformed) as caught:
        read_page(body, SITE, number=1, size=50)
    assert caught.value.code == Code.API
    with pytest.raises(Malformed) as caught:
        read_results(body, SITE)
    assert caught.value.code == Code.API


@pytest.mark.parametrize(
    ("name", "code"), [("rate_limit_error", Code.RATE_LIMITED), ("instance_is_private", Code.AUTH)]
)
def test_what_a_bad_request_says_is_told(name: str, code: Code) -> None:
    def respond(url: str) -> Response:
        is_search = "/search" in url
        return answer({"error": name}, status=400) if is_search else server([])(url)

    with pytest.raises(FetchError) as caught:
        read_pages(lemmy(), FakeSession(respond))
    assert (caught.value.code, caught.value.http_status) == (code, None)


# --- looked at again ----------------------------------------------------------------------------


def recheck(source: Lemmy, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


def resolving(found: dict[str, Any], *, version: str, status: int = 404) -> FakeSession:
    """Answer as a server that knows these, by their addresses."""

    def respond(url: str) -> Response:
        parts = urlsplit(url)
        number = "3" if version.startswith("0.") else "4"
        if parts.path != f"/api/v{number}/resolve_object":
            return server([], version=version)(url)
        told = found.get(parse_qs(parts.query)["q"][0])
        return answer({"error": "not_found"}, status=status) if told is None else answer(told)

    return FakeSession(respond)


@pytest.mark.parametrize("version", ["0.19.12", "1.0.0"])
def test_posts_and_comments_are_looked_at_by_their_addresses(version: str) -> None:
    post, comment = V3["posts"][0], V3["comments"][0]
    old = version.startswith("0.")
    session = resolving(
        {
            "https://jlai.example/post/7": {"post": post} if old else {"search": [post]},
            "https://ailleurs.example/comment/99": {"comment": comment}
            if old
            else {"results": [comment]},
        },
        version=version,
    )
    ids = ["https://jlai.example/post/7", "https://ailleurs.example/comment/99", "https://x.test/1"]
    pages = recheck(lemmy(), session, ids)
    assert [(e.external_id, e.likes) for page in pages for e in page.entries] == [
        ("https://jlai.example/post/7", 5),
        ("https://ailleurs.example/comment/99", 1),
    ]
    assert [one for page in pages for one in page.removed] == ["https://x.test/1"]


@pytest.mark.parametrize("gone", ["deleted", "removed"])
def test_what_was_deleted_since_is_removed(gone: str) -> None:
    found = {"post": view(1, **{gone: True})}
    session = resolving({"https://jlai.example/post/1": found}, version="0.19.12")
    [page] = recheck(lemmy(), session, ["https://jlai.example/post/1"])
    assert page.removed == ("https://jlai.example/post/1",)


def test_a_bad_request_that_says_not_found_means_the_same() -> None:
    session = resolving({}, version="0.19.12", status=400)
    [page] = recheck(lemmy(), session, ["https://jlai.example/post/1"])
    assert page.removed == ("https://jlai.example/post/1",)


def test_a_throttled_look_ends_with_what_came_before_it() -> None:
    def respond(url: str) -> Response:
        if "resolve_object" not in url:
            return server([])(url)
        is_first = url.endswith("post%2F2")
        told = {"post": view(2)} if is_first else {"error": "rate_limit_error"}
        return answer(told, status=200 if is_first else 400)

    session, pages = FakeSession(respond), list[Page]()

    async def read() -> None:
        async for page in lemmy().recheck(
            session, [f"https://jlai.example/post/{n}" for n in (2, 1, 0)]
        ):
            pages.append(page)

    with pytest.raises(FetchError) as caught:
        asyncio.run(read())
    assert caught.value.code == Code.RATE_LIMITED
    assert titles(pages) == ["2"]
    assert paths(session).count("/api/v3/resolve_object") == 2
