from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sources.fake_session import DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Kind, Page, Response
from monitor.sources.json_fields import part_at
from monitor.sources.tumblr import Tumblr, TumblrOptions
from monitor.sources.tumblr_answers import read_blog, read_tagged
from monitor.sources.tumblr_posts import read_post

RSS = answer((DATA / "tumblr" / "rss.xml").read_bytes(), url="https://bouquets.tumblr.com/rss")
TAGGED = json.loads((DATA / "tumblr" / "tagged.json").read_text(encoding="utf-8"))
ONE_TAG = Business(name="Fleurs")
SECOND = int(NOW.timestamp())


def tumblr(*businesses: Business, **options: object) -> Tumblr:
    told = TumblrOptions.model_validate({"type": "tumblr", **options})
    return Tumblr(told, businesses or (ONE_TAG,))


def post(number: int, **fields: object) -> dict[str, Any]:
    whole = {"id": number, "blog_name": "odile", "type": "text", "body": f"n{number}"}
    return {**whole, "timestamp": SECOND - 1000 + number, "note_count": 0, "tags": [], **fields}


def server(numbers: list[int], *, size: int = 3) -> Callable[[str], Response]:
    """Answer as ``/v2/tagged`` does: newest first, before an instant, ``size`` posts at most."""

    def respond(url: str) -> Response:
        before = int(parse_qs(urlsplit(url).query).get("before", ["99999999999"])[0])
        posts = [post(number) for number in sorted(numbers, reverse=True)]
        found = [one for one in posts if one["timestamp"] < before][:size]
        return answer({"meta": {"status": 200}, "response": found})

    return respond


def told(pages: list[Page]) -> set[str]:
    return {entry.external_id for page in pages for entry in page.entries}


# --- what is asked ------------------------------------------------------------------------------


def test_a_blog_is_read_without_a_key() -> None:
    session = FakeSession({"https://bouquets.tumblr.com/rss": RSS})
    [page] = read_pages(tumblr(blogs=["https://bouquets.tumblr.com/"]), session)
    assert len(page.entries) == 2
    assert session.asked[0].conditional
    assert session.spent == {}


def test_an_unchanged_blog_yields_nothing() -> None:
    blog = tumblr(blogs=["bouquets"])
    [page] = read_pages(blog, FakeSession({"https://bouquets.tumblr.com/rss": RSS}))
    unchanged = FakeSession(lambda _: answer(b"", status=304))
    assert read_pages(blog, unchanged, page.cursor) == []


def test_tags_are_made_from_names_with_spaces_and_without() -> None:
    source = tumblr(Business(name="Fleurs Bougamont"), key="secret")
    assert source.queries == ("#FleursBougamont", "#Fleurs Bougamont")
    session = FakeSession(lambda _: answer({"response": []}))
    read_pages(source, session)
    query = parse_qs(urlsplit(session.asked[1].url).query)
    assert query["tag"] == ["Fleurs Bougamont"]
    assert query["filter"] == ["text"]
    assert query["api_key"] == ["secret"]


def test_base_url_stands_for_the_api_and_the_blogs() -> None:
    session = FakeSession(lambda url: RSS if url.endswith("/rss") else answer({"response": []}))
    read_pages(tumblr(blogs=["bouquets"], key="k", base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url == "http://127.0.0.1:8080/rss"
    assert session.asked[1].url.startswith("http://127.0.0.1:8080/v2/tagged?")


def test_without_blogs_nor_key_there_is_nothing_to_read() -> None:
    with pytest.raises(ValidationError, match="give blogs, or a key"):
        tumblr()


def test_each_request_counts_in_both_allowances() -> None:
    session = FakeSession(lambda _: answer({"response": []}))
    read_pages(tumblr(key="k"), session)
    assert session.spent == {"tumblr, an hour": 1, "tumblr, a day": 1}


def test_a_spent_allowance_is_a_limit_not_an_empty_result() -> None:
    session = FakeSession(server([1]), spent={"tumblr, a day": 5000})
    with pytest.raises(FetchError) as caught:
        read_pages(tumblr(key="k"), session)
    assert caught.value.code == Code.RATE_LIMITED
    assert caught.value.retry_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert session.asked == []


# --- where the next poll starts -----------------------------------------------------------------


def test_a_tag_is_read_back_page_after_page() -> None:
    pages = read_pages(tumblr(key="k", max_pages=20), FakeSession(server(list(range(1, 11)))))
    assert told(pages) == {str(number) for number in range(1, 11)}


def test_an_unchanged_tag_costs_one_request() -> None:
    pages = read_pages(tumblr(key="k", max_pages=20), FakeSession(server(list(range(1, 11)))))
    session = FakeSession(server(list(range(1, 11))))
    read_pages(tumblr(key="k"), session, pages[-1].cursor)
    assert len(session.asked) == 1


def test_what_a_limit_of_pages_cut_is_read_next_time() -> None:
    first = read_pages(tumblr(key="k", max_pages=20), FakeSession(server([1])))
    many = FakeSession(server(list(range(1, 13))))
    pages: list[Page] = []
    for _ in range(3):
        cursor = (first + pages)[-1].cursor
        pages += read_pages(tumblr(key="k", max_pages=2), many, cursor)
    assert told(first + pages) == {str(number) for number in range(1, 13)}


def test_posts_of_one_second_across_two_pages_are_all_read() -> None:
    rows = [post(number, timestamp=SECOND - 50) for number in range(1, 5)]

    def respond(url: str) -> Response:
        before = int(parse_qs(urlsplit(url).query).get("before", ["99999999999"])[0])
        found = rows if before > SECOND - 50 else []
        return answer({"response": found[:3] if before > SECOND else found[1:]})

    assert told(read_pages(tumblr(key="k"), FakeSession(respond))) == {"1", "2", "3", "4"}


def test_a_server_that_sends_round_in_a_circle_ends() -> None:
    session = FakeSession(lambda _: answer({"response": [post(1), post(2)]}))
    read_pages(tumblr(key="k", max_pages=4), session)
    assert len(session.asked) <= 4


def test_an_error_on_a_later_page_keeps_those_before() -> None:
    def respond(url: str) -> Response:
        return answer(b"", status=429) if "before" in url else server([1, 2, 3, 4])(url)

    source, session = tumblr(key="k"), FakeSession(respond)
    pages: list[Page] = []

    async def read() -> None:
        async for page in source.pages(session, {}):
            pages.append(page)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(FetchError) as caught:
        asyncio.run(read())
    assert caught.value.code == Code.RATE_LIMITED
    assert told(pages) == {"2", "3", "4"}
    rest = read_pages(source, FakeSession(server([1, 2, 3, 4])), pages[-1].cursor)
    assert "1" in told(rest)


def test_history_reads_back_to_its_day_only() -> None:
    session = FakeSession(server(list(range(1, 30))))
    since = NOW - timedelta(seconds=1000 - 20)

    async def read() -> list[Page]:
        return [page async for page in tumblr(key="k").history(session, since, {})]

    assert told(asyncio.run(read())) >= {str(number) for number in range(21, 30)}
    assert len(session.asked) <= 5


# --- a post -------------------------------------------------------------------------------------


def test_a_post_is_read_whole() -> None:
    photo, text = read_tagged(TAGGED).entries
    assert photo.external_id == "766841746512150529"
    assert photo.url == "https://odile.tumblr.com/post/766841746512150529/vitrine"
    assert photo.kind is Kind.IMAGE
    assert photo.text == "La vitrine d’automne\n#Fleurs Bougamont #roses"
    assert photo.author == "odile"
    assert photo.author_url == "https://odile.tumblr.com/"
    assert photo.likes == 26
    assert photo.published_at == datetime(2026, 11, 22, 12, 50, tzinfo=UTC)
    assert photo.media == ("https://64.media.tumblr.example/v.jpg",)
    assert (text.title, text.text) == ("Déçu", "Bouquet fané en deux jours")
    assert text.external_id == "766841746512150100"


@pytest.mark.parametrize(
    ("fields", "title", "text", "kind"),
    [
        ({"type": "quote", "text": "Vive les roses", "source": "<a href='#'>Odile</a>"}, None,
         "Vive les roses\nOdile", Kind.POST),
        ({"type": "link", "title": "Un article", "description": "<p>À lire</p>"}, "Un article",
         "À lire", Kind.POST),
        ({"type": "link", "title": "Un article", "excerpt": "Extrait"}, "Un article", "Extrait",
         Kind.POST),
        ({"type": "chat", "dialogue": [{"label": "Lui:", "phrase": "Alors ?"}], "body": None}, None,
         "Lui: Alors ?", Kind.POST),
        ({"type": "audio", "artist": "Odile", "track_name": "Roses", "caption": "<p>Son</p>"},
         "Odile – Roses", "Son", Kind.AUDIO),
        ({"type": "video", "caption": "<p>Film</p>"}, None, "Film", Kind.VIDEO),
        ({"type": "answer", "question": "Ouvert ?", "answer": "<p>Oui</p>"}, None, "Ouvert ?\nOui",
         Kind.POST),
    ],
)  # fmt: skip
def test_every_legacy_type_is_read(
    fields: dict[str, Any], title: str | None, text: str, kind: Kind
) -> None:
    entry = read_post(post(1, **{"body": None, **fields}))
    assert (entry.title, entry.text, entry.kind) == (title, text, kind)


def reblog(comment: str) -> dict[str, Any]:
    root = {"blog": {"name": "karim"}, "post": {"id": "77"}, "is_root_item": True}
    trail = [{**root, "content": "<p>Bouquet fané</p>"}]
    return post(90, body="karim: Bouquet fané", trail=trail, reblog={"comment": comment})


def test_a_reblog_without_words_is_the_post_it_repeats() -> None:
    entry = read_post(reblog(""))
    assert entry.external_id == "77"
    assert entry.url == "https://karim.tumblr.com/post/77"
    assert (entry.text, entry.author) == ("Bouquet fané", "karim")


def test_a_reblog_with_words_is_those_words_under_that_post() -> None:
    entry = read_post(reblog("<p>Moi aussi</p>"))
    assert (entry.external_id, entry.text) == ("90", "Moi aussi")
    assert entry.parent_url == "https://karim.tumblr.com/post/77"


def test_a_post_stands_once_among_its_reblogs() -> None:
    rows = [reblog(""), post(77, body="<p>Bouquet fané</p>", blog_name="karim"), reblog("")]
    [entry] = read_tagged({"response": rows}).entries
    assert entry.published_at is not None


def test_a_limit_told_in_the_body_is_a_limit() -> None:
    with pytest.raises(FetchError) as caught:
        read_tagged({"meta": {"status": 429, "msg": "Limit Exceeded"}, "response": []})
    assert caught.value.code == Code.RATE_LIMITED


# --- a blog's feed ------------------------------------------------------------------------------


def test_a_blog_s_posts_are_read_whole() -> None:
    photo, repeated = read_blog(RSS).entries
    assert photo.external_id == "766841746512150528"
    assert photo.title is None
    assert photo.text == "Merci Fleurs Bougamont\n#roses"
    assert (photo.author, photo.author_url) == ("bouquets", "https://bouquets.tumblr.com/")
    assert photo.media == ("https://64.media.tumblr.example/a.jpg",)
    assert repeated.parent_url == "https://odile.tumblr.com/post/766000000000000001"


def test_a_page_of_login_is_no_feed() -> None:
    with pytest.raises(Malformed) as caught:
        read_blog(answer(b"<!doctype html><html>Log in</html>", content_type="text/html"))
    assert caught.value.code == Code.NOT_A_FEED


# --- recordings ---------------------------------------------------------------------------------


def test_the_recorded_posts_are_read(shared: Path) -> None:
    recorded = json.loads((shared / "recordings/tumblr/likes.json").read_bytes())
    found = read_tagged({"response": recorded["liked_posts"]})
    assert (len(found.entries), found.problem) == (20, None)
    first, last = found.entries[0], found.entries[-1]
    assert first.external_id == "131192373805"
    assert first.url == ("http://alwaysdaddys.tumblr.com/post/131192373805/theres-no-other-way")
    assert first.text.startswith("There’s no other way…\n#frosty #wendys")
    assert (first.author, first.likes, first.kind) == ("alwaysdaddys", 26, Kind.IMAGE)
    assert first.published_at == datetime(2015, 10, 15, 1, 46, tzinfo=UTC)
    assert first.media[0].startswith("https://68.media.tumblr.com/3f84e7162d4e0871")
    assert last.text.startswith("Series 8: Erin Hannon")
    assert last.likes == 13
    assert all(entry.parent_url is None for entry in found.entries)


def test_the_recorded_blog_is_read(shared: Path) -> None:
    body = (shared / "recordings/tumblr/blog_rss.xml").read_bytes()
    entries = read_blog(answer(body, url="https://sarahcandersen.com/rss")).entries
    assert len(entries) == 20
    assert entries[0].external_id == "666841746512150528"
    assert entries[0].title is None
    assert entries[0].text == "#LOL #comics #Sarah Andersen"
    assert entries[0].author == "sarahseeandersen"
    assert entries[0].author_url == "https://sarahcandersen.com/"
    assert entries[0].published_at == datetime(2021, 11, 3, 14, 30, 46, tzinfo=UTC)
    assert entries[0].media[0].startswith("https://64.media.tumblr.com/f01fb1d5b696")
    assert entries[3].text == "A little trailer for Oddball! Preorder here."
    assert entries[3].title is None
    assert entries[4].title is None
    assert entries[4].parent_url


# --- looked at again ----------------------------------------------------------------------------


def recheck(source: Tumblr, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


def blogs(there: dict[str, Any]) -> FakeSession:
    """Answer as ``/v2/blog/…/posts`` does, with a 404 for a post that is not there."""

    def respond(url: str) -> Response:
        parts = urlsplit(url)
        key = f"{parts.path.split('/')[3]} {parse_qs(parts.query)['id'][0]}"
        posts = there.get(key)
        status = 404 if posts is None else 200
        return answer({"meta": {"status": status}, "response": {"posts": posts}}, status=status)

    return FakeSession(respond)


def test_posts_that_are_gone_from_their_blogs_are_removed() -> None:
    source = tumblr(blogs=["bouquets"], key="k")

    def respond(url: str) -> Response:
        return RSS if url.endswith("/rss") else server([1, 2, 3])(url)

    cursor = read_pages(source, FakeSession(respond))[-1].cursor
    assert {"1", "2", "3"} <= set(part_at(cursor, "posts"))
    again = tumblr(blogs=["bouquets"], key="k")
    read_pages(again, FakeSession(respond), cursor)
    feed = read_blog(RSS).entries[0].external_id
    session = blogs({"odile 3": [post(3)], "odile 2": []})
    pages = recheck(again, session, ["3", "2", "1", feed, "999"])
    assert [one for page in pages for one in page.removed] == ["2", "1", feed]
    assert "/v2/blog/bouquets.tumblr.com/posts" in session.asked[-1].url
    assert session.spent == {"tumblr, an hour": 4, "tumblr, a day": 4}


def test_of_a_post_whose_blog_is_unknown_nothing_is_asked() -> None:
    session = FakeSession({})
    assert recheck(tumblr(key="k"), session, ["1"]) == []
    assert recheck(tumblr(blogs=["bouquets"]), session, ["1"]) == []
    assert session.asked == []


def test_no_more_posts_are_remembered_than_the_newest() -> None:
    source = tumblr(key="k", max_pages=20)
    pages = read_pages(source, FakeSession(server(list(range(1, 200)), size=20)))
    remembered = part_at(pages[-1].cursor, "posts")
    assert set(remembered) == {str(number) for number in range(100, 200)}


def test_a_refused_look_raises() -> None:
    source = tumblr(key="k")
    read_pages(source, FakeSession(server([1])))
    limited = answer({"meta": {"status": 429, "msg": "Limit Exceeded"}, "response": []})
    with pytest.raises(FetchError) as caught:
        recheck(source, FakeSession(lambda _: limited), ["1"])
    assert caught.value.code == Code.RATE_LIMITED
