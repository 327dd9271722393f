from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, Malformed
from monitor.model import Business, Entry, Kind, Page, Response
from monitor.sources.dailymotion import Dailymotion, DailymotionOptions, read_list, read_video

SEARCH = json.loads((DATA / "dailymotion" / "search.json").read_text(encoding="utf-8"))
ONE_NAME = Business(name="Fleurs Bougamont")


def dailymotion(business: Business = ONE_NAME, **options: object) -> Dailymotion:
    told = DailymotionOptions.model_validate({"type": "dailymotion", **options})
    return Dailymotion(told, (business,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def collected(pages: AsyncGenerator[Page, None]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in pages]

    return asyncio.run(read())


def listing(*ids: str, more: bool = False) -> dict[str, Any]:
    return {"list": [{"id": i, "created_time": 1795341600} for i in ids], "has_more": more}


def test_each_name_is_searched_newest_first_with_its_fields() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    read_pages(dailymotion(BUSINESS, languages=["fr", "nl"], country="fr"), session)
    first, second = (query(request.url) for request in session.asked)
    assert (first["search"], second["search"]) == ("Fleurs Bougamont", "Simon Bougamont")
    assert "owner.screenname" in first.pop("fields")
    assert first == {
        "search": "Fleurs Bougamont",
        "sort": "recent",
        "created_after": str(int(datetime(2026, 10, 24, 7, tzinfo=UTC).timestamp())),
        "page": "1",
        "languages": "fr,nl",
        "country": "fr",
        "limit": "100",
        "family_filter": "false",
    }


def test_every_field_of_a_video_is_read() -> None:
    [page] = read_pages(dailymotion(), FakeSession(lambda _: answer(SEARCH)))
    closing, bouquet = page.entries
    assert closing == Entry(
        external_id="x9aaaa1",
        url="https://www.dailymotion.com/video/x9aaaa1",
        title="Fleurs Bougamont ferme ses portes",
        text="Le fleuriste de Valenciennes & ses clients.\nReportage.",
        kind=Kind.VIDEO,
        author="La Gazette",
        author_url="https://www.dailymotion.com/gazette",
        author_followers=12000,
        published_at=datetime.fromtimestamp(1795341600, UTC),
        language="fr",
        likes=4,
        views=530,
        media=("https://s2.dmcdn.net/v/x9aaaa1/x720",),
    )
    assert (bouquet.likes, bouquet.views, bouquet.language, bouquet.media) == (None, 0, None, ())


def test_pages_are_followed_while_there_are_more() -> None:
    def respond(url: str) -> Response:
        page = int(query(url)["page"])
        return answer(listing(f"x{page}", more=page < 3))

    pages = read_pages(dailymotion(), FakeSession(respond))
    assert [e.external_id for page in pages for e in page.entries] == ["x1", "x2", "x3"]


def test_no_page_beyond_a_thousand_videos_is_asked() -> None:
    session = FakeSession(
        lambda url: answer(listing(*(f"x{query(url)['page']}-{n}" for n in range(2)), more=True))
    )
    read_pages(dailymotion(max_pages=20), session)
    assert len(session.asked) == 10


def test_a_second_poll_of_an_unchanged_search_costs_one_request() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    [page] = read_pages(dailymotion(), session)
    assert read_pages(dailymotion(), session, page.cursor) == []
    assert len(session.asked) == 2


def test_an_error_sent_as_a_success_is_none() -> None:
    told: dict[str, Any] = {
        "error": {"code": 400, "type": "invalid_parameter", "message": "owner.x"}
    }
    with pytest.raises(Malformed) as caught:
        read_pages(dailymotion(), FakeSession(lambda _: answer(told)))
    assert (caught.value.code, caught.value.detail) == (Code.API, "error 400 invalid_parameter")


def test_a_recheck_confirms_that_a_missing_video_is_gone() -> None:
    def respond(url: str) -> Response:
        if urlsplit(url).path == "/videos":
            return answer(listing("x1"))
        return (
            answer({"id": "x3"}) if urlsplit(url).path.endswith("/x3") else answer({}, status=404)
        )

    session = FakeSession(respond)
    pages = collected(dailymotion().recheck(session, ["x1", "x2", "x3"]))
    assert query(session.asked[0].url)["ids"] == "x1,x2,x3"
    assert [entry.external_id for page in pages for entry in page.entries] == ["x1"]
    assert [one for page in pages for one in page.removed] == ["x2"]


def test_a_recheck_that_is_refused_removes_nothing() -> None:
    def respond(url: str) -> Response:
        is_list = urlsplit(url).path == "/videos"
        return answer(listing("x2")) if is_list else answer({}, status=500)

    there, refused = collected(dailymotion().recheck(FakeSession(respond), ["x2", "x1"]))
    assert [entry.external_id for entry in there.entries] == ["x2"]
    assert (refused.removed, refused.problem) == ((), "x1: http_status: answered 500")


def test_history_asks_from_its_beginning() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    [page] = collected(dailymotion().history(session, since, {}))
    assert query(session.asked[0].url)["created_after"] == str(int(since.timestamp()))
    assert len(page.entries) == 2


@pytest.mark.parametrize("body", [[], {}, {"list": {}}, {"list": [{"title": "x"}]}, "no", None])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    with pytest.raises(Malformed):
        read_list(body)


def test_a_recorded_video_is_read(shared: Path) -> None:
    path = shared / "recordings" / "dailymotion" / "video_x7lni3_fr.json"
    video = read_video(json.loads(path.read_text(encoding="utf-8")))
    assert video.external_id == "x7lni3"
    assert video.title == "Mario Kart (Rémi Gaillard)"
    assert video.text.startswith("Super Rémi Kart est un jeu vidéo de course")
    assert "<br" not in video.text
    assert (video.author, video.author_url) == (
        "Rémi Gaillard",
        "https://www.dailymotion.com/nqtv",
    )
    assert video.published_at == datetime(2008, 12, 3, 16, 29, 31, tzinfo=UTC)
    assert (video.views, video.likes) == (10343195, 1777)
    assert video.media == ("https://s2.dmcdn.net/v/mj4x1bEbl-AqDt4r/x720",)


def test_the_recorded_error_is_no_list(shared: Path) -> None:
    path = shared / "recordings" / "dailymotion" / "error_not_found.json"
    with pytest.raises(Malformed) as caught:
        read_list(json.loads(path.read_text(encoding="utf-8")))
    assert caught.value.detail == "error 404 not_found"
