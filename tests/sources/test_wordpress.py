from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Kind, Page, Response
from monitor.sources.wordpress import Wordpress, WordpressOptions, read_part

SITE = "https://odile.example"
POSTS = answer((DATA / "wordpress" / "posts.xml").read_bytes())
COMMENTS = answer((DATA / "wordpress" / "comments.xml").read_bytes())
EMPTY = answer((DATA / "wordpress" / "empty.xml").read_bytes())
REST_POSTS = json.loads((DATA / "wordpress" / "posts.json").read_text(encoding="utf-8"))
REST_COMMENTS = json.loads((DATA / "wordpress" / "comments.json").read_text(encoding="utf-8"))


def wordpress(**options: object) -> Wordpress:
    told = {"type": "wordpress", "url": SITE, **options}
    return Wordpress(WordpressOptions.model_validate(told), (BUSINESS,))


def blog(numbers: list[int], *, size: int = 3) -> Callable[[str], Response]:
    """Answer as ``/feed/`` does: newest first, ``size`` posts a page, 404 past the last."""

    def respond(url: str) -> Response:
        page = int(parse_qs(urlsplit(url).query).get("paged", ["1"])[0])
        found = sorted(numbers, reverse=True)[size * (page - 1) : size * page]
        items = "".join(
            f"<item><guid>{SITE}/?p={n}</guid><link>{SITE}/{n}</link>"
            f"<pubDate>{(NOW - timedelta(days=60) + timedelta(days=n)):%a, %d %b %Y %H:%M:%S} GMT"
            "</pubDate></item>"
            for n in found
        )
        body = f'<rss version="2.0"><channel><title>B</title>{items}</channel></rss>'.encode()
        return answer(body, status=200 if found else 404)

    return respond


def told(pages: list[Page]) -> set[int]:
    ids = (entry.external_id for page in pages for entry in page.entries)
    return {int(external_id.rpartition("=")[2]) for external_id in ids}


def asked(session: FakeSession) -> list[str]:
    return [request.url.removeprefix(SITE) for request in session.asked]


# --- where it answers ---------------------------------------------------------------------------


def plain_site(url: str) -> Response:
    """Answer as a site without rewriting does: what is not asked by the query is not there."""
    query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    if urlsplit(url).path != "/":
        return answer(b"<html><body>Not Found</body></html>", status=404)
    if "rest_route" in query:
        is_post = query["rest_route"] == "/wp/v2/posts"
        return answer(REST_POSTS if is_post else REST_COMMENTS)
    if "paged" in query:
        return answer(b"", status=404)
    return {"rss2": POSTS, "comments-rss2": COMMENTS}[query["feed"]]


def front_page_for_all(url: str) -> Response:
    """Answer as a site does whose server gives WordPress whatever it does not know itself."""
    found = plain_site(url)
    page = b"<!DOCTYPE html><html><body>Accueil</body></html>"
    return answer(page, content_type="text/html") if found.status == 404 else found


@pytest.mark.parametrize("respond", [plain_site, front_page_for_all])
def test_a_site_without_rewriting_is_asked_by_the_query(
    respond: Callable[[str], Response],
) -> None:
    session, source = FakeSession(respond), wordpress(max_pages=1)
    assert [len(page.entries) for page in read_pages(source, session)] == [2, 1]
    assert asked(session) == ["/feed/", "/?feed=rss2", "/?feed=comments-rss2"]
    again = FakeSession(respond)
    read_pages(source, again)
    assert asked(again)[0] == "/?feed=rss2"


@pytest.mark.parametrize("respond", [plain_site, front_page_for_all])
def test_the_api_of_a_site_without_rewriting_is_asked_by_the_query(
    respond: Callable[[str], Response],
) -> None:
    session = FakeSession(respond)
    pages = read_pages(wordpress(rest=True, max_pages=1), session)
    assert [len(page.entries) for page in pages] == [1, 1]
    paths = [urlsplit(url).path for url in asked(session)]
    assert paths == ["/wp-json/wp/v2/posts", "/", "/"]


def test_what_a_site_refuses_is_not_asked_twice() -> None:
    session = FakeSession(lambda _: answer({"code": "rest_no_route"}, status=404))
    with pytest.raises(FetchError):
        read_pages(wordpress(rest=True), session)
    assert len(session.asked) == 1


# --- the feeds ----------------------------------------------------------------------------------


def test_posts_and_comments_are_read_and_the_search_when_told() -> None:
    def respond(url: str) -> Response:
        return COMMENTS if "/comments/" in url else EMPTY if "paged" in url else POSTS

    session = FakeSession(respond)
    pages = read_pages(wordpress(read=["posts", "comments", "search"], max_pages=1), session)
    assert asked(session) == [
        "/feed/",
        "/comments/feed/",
        "/?s=%22Fleurs+Bougamont%22&feed=rss2",
        "/?s=%22Simon+Bougamont%22&feed=rss2",
    ]
    assert [len(page.entries) for page in pages] == [2, 1, 2, 2]


@pytest.mark.parametrize(
    ("text", "believed"),
    [
        ("Un marché de No&#235;l [&hellip;]", "Fleurs Bougamont"),
        ("Un marché […]</p><p>L’article Marché est apparu en premier sur B.", "Fleurs Bougamont"),
        ("", "Fleurs Bougamont"),
        ("Le garage Bougamont de Maubeuge.", None),
    ],
)
def test_a_search_is_believed_only_where_the_text_is_cut(text: str, believed: str | None) -> None:
    item = (
        f"<item><guid>{SITE}/?p=1</guid><description><![CDATA[<p>{text}</p>]]></description></item>"
    )
    found = answer(f'<rss version="2.0"><channel>{item}</channel></rss>'.encode())
    pages = read_pages(wordpress(read=["search"], max_pages=1), FakeSession(lambda _: found))
    assert pages[0].entries[0].searched_for == believed


def test_base_url_stands_for_the_server_and_the_path_stays() -> None:
    session = FakeSession(lambda _: EMPTY)
    source = wordpress(url="https://a.example/blog/", base_url="http://127.0.0.1:8080")
    read_pages(source, session)
    assert session.asked[0].url == "http://127.0.0.1:8080/blog/feed/"
    assert source.address == "https://a.example/blog"


def test_a_post_is_read_whole() -> None:
    post, _ = read_part(POSTS, comments=False).entries
    assert post.external_id == "https://odile.example/?p=42"
    assert post.url == "https://odile.example/2026/11/un-bouquet/"
    assert post.title == "Un bouquet d’automne"
    assert post.text == "Chez Fleurs Bougamont, on m’a fait un bouquet superbe."
    assert (post.author, post.comments, post.language) == ("Odile", 3, "fr")
    assert post.published_at == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    assert post.kind is Kind.ARTICLE


def test_a_comment_stands_under_its_post() -> None:
    [comment] = read_part(COMMENTS, comments=True).entries
    assert comment.kind is Kind.COMMENT
    assert comment.external_id == "https://odile.example/?p=42#comment-7"
    assert comment.url == "https://odile.example/2026/11/un-bouquet/#comment-7"
    assert comment.parent_url == "https://odile.example/2026/11/un-bouquet/"
    assert (comment.author, comment.text) == ("Karim", "Fleurs Bougamont\u00a0? Déçu, moi.")


def test_a_feed_is_read_to_its_last_page() -> None:
    session = FakeSession(blog(list(range(40, 48))))
    pages = read_pages(wordpress(read=["posts"]), session)
    assert told(pages) == set(range(40, 48))
    assert asked(session) == ["/feed/", "/feed/?paged=2", "/feed/?paged=3", "/feed/?paged=4"]
    assert [request.conditional for request in session.asked] == [True, False, False, False]


def test_an_unchanged_feed_yields_nothing() -> None:
    source = wordpress(read=["posts"])
    cursor = read_pages(source, FakeSession(blog([40, 41])))[-1].cursor
    assert read_pages(source, FakeSession(lambda _: answer(b"", status=304)), cursor) == []


def test_a_changed_feed_is_read_until_what_is_known() -> None:
    source = wordpress(read=["posts"], max_pages=20)
    cursor = read_pages(source, FakeSession(blog(list(range(20, 41)))))[-1].cursor
    session = FakeSession(blog(list(range(20, 46))))
    assert {41, 42, 43, 44, 45} <= told(read_pages(source, session, cursor))
    assert len(session.asked) <= 3


def test_what_a_limit_of_pages_cut_is_read_next_time() -> None:
    source = wordpress(read=["posts"], max_pages=2)
    pages = read_pages(source, FakeSession(blog([30])))
    session = FakeSession(blog(list(range(30, 42))))
    for _ in range(3):
        pages += read_pages(source, session, pages[-1].cursor)
    assert told(pages) == set(range(30, 42))


def test_a_site_without_comments_is_read_and_told() -> None:
    def respond(url: str) -> Response:
        if "/comments/" in url:
            return answer(b"", status=410)
        return EMPTY if "paged" in url else POSTS

    pages = read_pages(wordpress(), FakeSession(respond))
    assert sum(len(page.entries) for page in pages) == 2
    assert pages[-1].problem == "comments: gone: answered 410"


def test_a_site_without_feed_is_an_error() -> None:
    with pytest.raises(FetchError):
        read_pages(wordpress(), FakeSession({}))
    page = answer(b"<!doctype html><html>Accueil</html>", content_type="text/html")
    with pytest.raises(Malformed) as caught:
        read_pages(wordpress(), FakeSession(lambda _: page))
    assert caught.value.code == Code.NOT_A_FEED


# --- the REST API -------------------------------------------------------------------------------


def rest_server(numbers: list[int], *, size: int = 3) -> Callable[[str], Response]:
    def respond(url: str) -> Response:
        page = int(parse_qs(urlsplit(url).query)["page"][0])
        found = sorted(numbers, reverse=True)[size * (page - 1) : size * page]
        rows: list[dict[str, Any]] = [
            {**REST_POSTS[0], "id": n, "date_gmt": f"2026-11-{n:02d}T08:00:00"} for n in found
        ]
        response = answer(rows)
        pages = {"x-wp-totalpages": str(-(-len(numbers) // size))}
        return Response(url=url, status=200, headers=pages, body=response.body)

    return respond


def test_a_post_of_the_api_is_read_whole() -> None:
    session = FakeSession(lambda _: answer(REST_POSTS))
    [page] = read_pages(wordpress(rest=True, read=["posts"]), session)
    [post] = page.entries
    assert post.external_id == "https://odile.example/?p=42"
    assert post.url == "https://odile.example/2026/11/un-bouquet/"
    assert (post.title, post.author) == ("Un bouquet d’automne", "Odile")
    assert post.text == "Chez Fleurs Bougamont, un bouquet superbe."
    assert post.author_url == "https://odile.example/author/odile/"
    assert post.published_at == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    assert post.media == ("https://odile.example/bouquet.jpg",)
    query = parse_qs(urlsplit(session.asked[0].url).query)
    assert query["after"] == ["2026-10-24T07:00:00Z"]
    assert query["per_page"] == ["100"]
    assert "search" not in query


def test_the_api_is_searched_for_each_name() -> None:
    session = FakeSession(lambda _: answer([]))
    read_pages(wordpress(rest=True, read=["search"]), session)
    queries = [parse_qs(urlsplit(request.url).query) for request in session.asked]
    assert [query["search"] for query in queries] == [
        ['"Fleurs Bougamont"'],
        ['"Simon Bougamont"'],
    ]


def test_a_comment_of_the_api_is_read_whole() -> None:
    session = FakeSession(lambda _: answer(REST_COMMENTS))
    [page] = read_pages(wordpress(rest=True, read=["comments"]), session)
    [comment] = page.entries
    assert comment.external_id == "https://odile.example/?p=42#comment-7"
    assert comment.parent_url == "https://odile.example/2026/11/un-bouquet/"
    assert (comment.author, comment.author_url) == ("Karim", "https://karim.example")
    assert comment.text == "Fleurs Bougamont\u00a0? Déçu, moi."


def test_the_api_is_read_page_after_page_and_unchanged_costs_one_request() -> None:
    source, session = (
        wordpress(rest=True, read=["posts"]),
        FakeSession(rest_server([18, 19, 20, 21])),
    )
    pages = read_pages(source, session)
    assert told(pages) == {18, 19, 20, 21}
    assert len(session.asked) == 2
    again = FakeSession(rest_server([18, 19, 20, 21]))
    read_pages(source, again, pages[-1].cursor)
    assert len(again.asked) == 1


def test_past_the_last_page_the_api_ends() -> None:
    def respond(url: str) -> Response:
        if "page=2" in url:
            return answer({"code": "rest_post_invalid_page_number"}, status=400)
        response = rest_server(list(range(10, 20)))(url)
        return Response(url=url, status=200, headers={}, body=response.body)

    def full(url: str) -> Response:
        response = respond(url)
        link = {"link": '<https://x.example/>; rel="next"'}
        return Response(url=url, status=response.status, headers=link, body=response.body)

    assert told(read_pages(wordpress(rest=True, read=["posts"]), FakeSession(full))) == {17, 18, 19}


def test_what_the_api_no_longer_lists_was_removed() -> None:
    session = FakeSession(lambda url: answer([] if "/comments" in url else REST_POSTS[:1]))
    ids = [f"{SITE}/?p=42", f"{SITE}/?p=41", f"{SITE}/?p=42#comment-7"]

    async def read() -> list[Page]:
        return [page async for page in wordpress(rest=True).recheck(session, ids)]

    posts, comments = asyncio.run(read())
    assert [entry.external_id for entry in posts.entries] == [f"{SITE}/?p=42"]
    assert posts.removed == (f"{SITE}/?p=41",)
    assert comments.removed == (f"{SITE}/?p=42#comment-7",)
    assert parse_qs(urlsplit(session.asked[0].url).query)["include"] == ["42,41"]


def test_history_asks_the_api_since_its_day() -> None:
    session = FakeSession(lambda _: answer([]))

    async def read() -> None:
        source = wordpress(rest=True, read=["posts"])
        async for _ in source.history(session, datetime(2026, 1, 1, tzinfo=UTC), {}):
            pass

    asyncio.run(read())
    assert parse_qs(urlsplit(session.asked[0].url).query)["after"] == ["2026-01-01T00:00:00Z"]


# --- recordings ---------------------------------------------------------------------------------


def recorded(shared: Path, name: str) -> Response:
    return answer((shared / "recordings" / "wordpress" / name).read_bytes())


def test_the_recorded_search_is_read(shared: Path) -> None:
    entries = read_part(recorded(shared, "real-search-rss2.xml"), comments=False).entries
    first = entries[0]
    assert first.title == "Bloemen in Valenciennes"
    assert first.url == "http://127.0.0.1:18080/2026/11/bloemen-in-valenciennes/"
    assert first.external_id == first.url
    assert first.text == "Weet iemand of Fleurs Bougamont ook in Doornik levert?"
    assert (first.author, first.comments) == ("admin", 0)
    assert first.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert read_part(recorded(shared, "real-search-rss2-none.xml"), comments=False).entries == ()


def test_the_recorded_comments_are_read(shared: Path) -> None:
    comments = read_part(recorded(shared, "real-comments-feed.xml"), comments=True).entries
    assert len(comments) == 3
    assert {comment.kind for comment in comments} == {Kind.COMMENT}
    assert comments[0].author == "Gérard"
    assert comments[0].parent_url == "http://127.0.0.1:18080/2026/11/travaux-boulevard-pater/"
    assert comments[0].text.startswith("Hors sujet, mais j’ai acheté chez Fleurs Bougamont")
    assert comments[2].external_id == "http://127.0.0.1:18080/?p=1#comment-1"


def test_the_recorded_answers_of_the_api_are_read(shared: Path) -> None:
    posts = recorded(shared, "real-rest-posts.json")
    [page] = read_pages(wordpress(rest=True, read=["posts"]), FakeSession(lambda _: posts))
    assert [entry.title for entry in page.entries] == [
        "Bloemen in Valenciennes",
        "Ironie du jour",
        "Composition pour des obsèques",
    ]
    assert page.entries[1].published_at == datetime(2026, 11, 20, 7, 10, tzinfo=UTC)
    comments = recorded(shared, "real-rest-comments.json")
    [page] = read_pages(wordpress(rest=True, read=["comments"]), FakeSession(lambda _: comments))
    assert page.entries[0].external_id == "https://odile.example/?p=13#comment-3"
    assert page.entries[0].author_url is None
