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
from monitor.model import Business, Kind, Page, Response
from monitor.sources.flickr import Flickr, FlickrOptions, read_feed, read_photos
from monitor.sources.flickr_photos import read_answer, read_comment
from monitor.sources.json_fields import list_at, part_at, record_of

SEARCH = json.loads((DATA / "flickr" / "search.json").read_text(encoding="utf-8"))
COMMENTS = json.loads((DATA / "flickr" / "comments.json").read_text(encoding="utf-8"))
FEED = answer((DATA / "flickr" / "feed.json").read_bytes())
ONE = Business(name="Fleurs Bougamont")
NOTHING: dict[str, Any] = {"stat": "ok", "photos": {"page": 1, "pages": 0, "total": 0, "photo": []}}
SECOND = int(NOW.timestamp())


def flickr(*businesses: Business, **options: object) -> Flickr:
    told = FlickrOptions.model_validate({"type": "flickr", **options})
    return Flickr(told, businesses or (ONE,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def photos(numbers: list[int], *, page: int = 1, pages: int = 1) -> dict[str, Any]:
    rows = [
        {"id": str(n), "owner": "1@N01", "title": f"n{n}", "dateupload": str(SECOND - 100 + n)}
        for n in numbers
    ]
    return {"stat": "ok", "photos": {"page": page, "pages": pages, "perpage": 3, "photo": rows}}


def server(numbers: list[int], *, size: int = 3) -> Callable[[str], Response]:
    def respond(url: str) -> Response:
        asked = query(url)
        floor = int(asked["min_upload_date"])
        found = sorted((n for n in numbers if SECOND - 100 + n >= floor), reverse=True)
        page = int(asked["page"])
        rows = found[size * (page - 1) : size * page]
        return answer(photos(rows, page=page, pages=-(-len(found) // size)))

    return respond


def told(pages: list[Page]) -> set[str]:
    return {entry.external_id for page in pages for entry in page.entries}


# --- the feed -----------------------------------------------------------------------------------


def test_without_a_key_the_feed_of_tags_is_read() -> None:
    session = FakeSession(lambda _: FEED)
    [page] = read_pages(flickr(BUSINESS), session)
    assert len(session.asked) == 1
    assert session.asked[0].conditional
    asked = query(session.asked[0].url)
    assert asked["tags"] == "fleursbougamont,simonbougamont"
    assert asked["tagmode"] == "any"
    assert page.entries[0].searched_for == "Fleurs Bougamont"


def test_a_feed_s_photo_is_read_whole() -> None:
    [photo] = read_feed(FEED).entries
    assert photo.external_id == "53637883806"
    assert photo.url == "https://www.flickr.com/photos/odile/53637883806/"
    assert photo.title == "Vitrine d’automne"
    assert photo.text == "Les chrysanthèmes de la place\n#fleursbougamont #automne"
    assert photo.author == "Odile"
    assert photo.author_url == "https://www.flickr.com/photos/34427469121@N01/"
    assert photo.published_at == datetime(2026, 11, 22, 12, 50, tzinfo=UTC)
    assert photo.media == ("https://live.staticflickr.example/53637883806_m.jpg",)
    assert photo.kind is Kind.IMAGE


def test_apostrophes_escaped_as_in_javascript_are_read() -> None:
    item = rb'{"title": "L\'automne", "link": "https://www.flickr.com/photos/a/1/"}'
    [photo] = read_feed(answer(b'{"items": [' + item + b"]}")).entries
    assert photo.title == "L'automne"


def test_a_page_is_no_feed() -> None:
    with pytest.raises(Malformed) as caught:
        read_feed(answer(b"<html>Sign in</html>", content_type="text/html"))
    assert caught.value.code == Code.API


# --- the search ---------------------------------------------------------------------------------


def test_with_a_key_names_are_searched() -> None:
    session = FakeSession(lambda _: answer(NOTHING))
    assert flickr(BUSINESS, key="k").queries == ('"Fleurs Bougamont"', '"Simon Bougamont"')
    read_pages(flickr(key="k", base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/services/rest/?method=flickr.ph")
    asked = query(session.asked[0].url)
    assert asked["text"] == '"Fleurs Bougamont"'
    assert asked["min_upload_date"] == str(SECOND - 30 * 86400)
    assert not session.asked[0].conditional
    assert session.spent == {"flickr, an hour": 1}


def test_a_photo_is_read_whole() -> None:
    photo, video = read_photos(SEARCH, number=1).entries
    assert photo.url == "https://www.flickr.com/photos/odile/53637883806/"
    assert photo.author_url == "https://www.flickr.com/photos/odile/"
    assert photo.title == "Vitrine d’automne"
    assert photo.text == "Les chrysanthèmes de Fleurs Bougamont\n#fleurs #valenciennes"
    assert (photo.author, photo.views, photo.comments, photo.likes) == ("Odile", 41, 2, 5)
    assert photo.published_at == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert photo.media == ("https://live.staticflickr.example/53637883806_m.jpg",)
    assert video.kind is Kind.VIDEO
    assert video.url == "https://www.flickr.com/photos/12345678@N02/53637883700/"
    assert (video.title, video.text) == (None, "#fleursbougamont")


def test_a_search_is_read_page_after_page() -> None:
    session = FakeSession(server(list(range(1, 9))))
    assert told(read_pages(flickr(key="k"), session)) == {str(n) for n in range(1, 9)}
    assert [query(asked.url)["page"] for asked in session.asked] == ["1", "2", "3"]


def test_an_unchanged_search_costs_one_request() -> None:
    cursor = read_pages(flickr(key="k"), FakeSession(server(list(range(1, 9)))))[-1].cursor
    session = FakeSession(server(list(range(1, 9))))
    read_pages(flickr(key="k"), session, cursor)
    assert len(session.asked) == 1


def test_what_a_limit_of_pages_cut_is_read_next_time() -> None:
    many = FakeSession(server(list(range(1, 9))))
    first = read_pages(flickr(key="k", max_pages=2), many)
    second = read_pages(flickr(key="k", max_pages=2), many, first[-1].cursor)
    assert told(first) | told(second) == {str(n) for n in range(1, 9)}


def test_no_page_is_asked_beyond_4000_results() -> None:
    rows = {**photos([1], pages=99)["photos"], "perpage": 250}
    assert read_photos({"photos": rows}, number=15).following == 16
    assert read_photos({"photos": rows}, number=16).following is None


@pytest.mark.parametrize(
    ("code", "expected"), [(100, Code.AUTH), (105, Code.HTTP_STATUS), (1, Code.API)]
)
def test_a_failure_with_status_200_is_told_apart(code: int, expected: Code) -> None:
    failed = answer({"stat": "fail", "code": code, "message": "no"})
    with pytest.raises((FetchError, Malformed)) as caught:
        read_pages(flickr(key="secret"), FakeSession(lambda _: failed))
    assert caught.value.code == expected
    assert "secret" not in str(caught.value)


def test_history_begins_at_its_day() -> None:
    session = FakeSession(server(list(range(1, 9))))
    since = NOW - timedelta(days=400)

    async def read() -> list[Page]:
        return [page async for page in flickr(key="k").history(session, since, {})]

    assert told(asyncio.run(read())) == {str(n) for n in range(1, 9)}
    assert query(session.asked[0].url)["min_upload_date"] == str(int(since.timestamp()))


# --- comments -----------------------------------------------------------------------------------


def test_comments_are_read_where_they_are_wanted() -> None:
    session = FakeSession(lambda url: answer(COMMENTS if "comments.getList" in url else SEARCH))
    [page] = read_pages(flickr(key="k", comments=True), session)
    comments = [entry for entry in page.entries if entry.kind is Kind.COMMENT]
    assert comments[0].text == "Fleurs Bougamont, toujours au top"
    assert comments[0].parent_url == "https://www.flickr.com/photos/odile/53637883806/"
    assert comments[0].author_url == "https://www.flickr.com/photos/79549245@N06/"
    assert comments[0].searched_for is None


def test_photos_are_kept_though_their_comments_fail() -> None:
    def respond(url: str) -> Response:
        return answer(b"", status=429) if "comments.getList" in url else answer(SEARCH)

    pages: list[Page] = []

    async def read() -> None:
        async for page in flickr(key="k", comments=True).pages(FakeSession(respond), {}):
            pages.append(page)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(FetchError):
        asyncio.run(read())
    assert told(pages) == {"53637883806", "53637883700"}
    session = FakeSession(lambda url: answer(COMMENTS if "comments.getList" in url else SEARCH))
    [again] = read_pages(flickr(key="k", comments=True), session, pages[-1].cursor)
    assert Kind.COMMENT in {entry.kind for entry in again.entries}


# --- recordings, which are in XML ---------------------------------------------------------------


def recorded(shared: Path, name: str) -> Response:
    return answer((shared / "recordings" / "flickr" / name).read_bytes(), content_type="text/xml")


def test_the_recorded_photos_are_read(shared: Path) -> None:
    found = read_photos(read_answer(recorded(shared, "people_getPublicPhotos.xml")), number=1)
    assert (len(found.entries), found.rows, found.following) == (10, 10, 2)
    first, second = found.entries[:2]
    assert first.external_id == "53637883806"
    assert first.url == "https://www.flickr.com/photos/george/53637883806/"
    assert (first.title, first.text, first.author) == ("Guess where", "", "George")
    assert first.published_at == datetime(2024, 4, 7, 17, 8, 40, tzinfo=UTC)
    assert first.media == ("https://live.staticflickr.com/65535/53637883806_ff06bb5c65.jpg",)
    assert first.views is None
    assert second.title == "Day Out: Maritime Museum & Lifeboats"
    assert second.text.startswith("Lifesaving materials must be maintained.")


def test_the_recorded_comments_are_read(shared: Path) -> None:
    answered = read_answer(recorded(shared, "photos_comments_getList.xml"))
    rows = list_at(part_at(answered, "comments"), "comment")
    comments = [read_comment(record_of(row, "it")) for row in rows]
    assert len(comments) == 154
    assert comments[0].external_id == "47267889-12584715825-72157641105783494"
    assert comments[0].author == "DannyM8"
    assert comments[0].published_at == datetime(2014, 2, 17, 9, 43, 2, tzinfo=UTC)
    assert "That said - I believe you have made a bad decision." in comments[0].text
    assert comments[0].parent_url == "https://www.flickr.com/photos/nlireland/12584715825/"
    assert comments[1].author_url == "https://www.flickr.com/photos/swordscookie/"


def test_the_recorded_refusal_of_a_key_is_one(shared: Path) -> None:
    with pytest.raises(FetchError) as caught:
        read_answer(recorded(shared, "error_bad_key.xml"))
    assert caught.value.code == Code.AUTH


# --- looked at again ----------------------------------------------------------------------------


def recheck(source: Flickr, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


def fail(code: int, message: str) -> Response:
    return answer({"stat": "fail", "code": code, "message": message})


def test_photos_that_are_gone_or_private_are_removed() -> None:
    info = answer((DATA / "flickr" / "info.json").read_bytes())
    told = {
        "3": info,
        "2": fail(1, 'Photo "2" not found (invalid ID)'),
        "1": fail(2, "Permission denied"),
    }
    session = FakeSession(lambda url: told[query(url)["photo_id"]])
    pages = recheck(flickr(key="k"), session, ["3", "2", "6065-3-721", "1"])
    assert [page.entries for page in pages] == [(), ()]
    assert [one for page in pages for one in page.removed] == ["2", "1"]
    assert query(session.asked[0].url)["method"] == "flickr.photos.getInfo"
    assert session.spent == {"flickr, an hour": 3}


def test_a_recorded_photo_is_there(shared: Path) -> None:
    recorded = answer((shared / "recordings" / "flickr" / "photos_getInfo.xml").read_bytes())
    [page] = recheck(flickr(key="k"), FakeSession(lambda _: recorded), ["32812033543"])
    assert (page.removed, page.problem) == ((), None)


def test_other_faults_remove_nothing() -> None:
    session = FakeSession(lambda _: fail(105, "Service currently unavailable"))
    [page] = recheck(flickr(key="k"), session, ["1"])
    assert (page.removed, page.problem) == ((), "1: http_status: 105 Service currently unavailable")


def test_without_a_key_nothing_is_looked_at_again() -> None:
    assert recheck(flickr(), FakeSession({}), ["1"]) == []


def test_a_search_tells_the_counts_of_the_last_week() -> None:
    first = read_pages(flickr(key="k"), FakeSession(server([1])))
    session = FakeSession(server([1]))
    read_pages(flickr(key="k"), session, first[-1].cursor)
    week = SECOND - 99 - 7 * 86_400
    assert query(session.asked[0].url)["min_upload_date"] == str(week)
