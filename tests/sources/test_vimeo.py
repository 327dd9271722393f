from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sources.fake_session import DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Entry, Kind, Page, Response
from monitor.sources.vimeo import Vimeo, VimeoOptions, read_list, read_video

SEARCH = json.loads((DATA / "vimeo" / "search.json").read_text(encoding="utf-8"))


def vimeo(**options: object) -> Vimeo:
    told = VimeoOptions.model_validate({"type": "vimeo", "token": "secret", **options})
    return Vimeo(told, (Business(name="Fleurs Bougamont"),))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def collected(pages: AsyncGenerator[Page, None]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in pages]

    return asyncio.run(read())


def videos(*ids: int, following: bool = False, at: str = "2026-11-21T10:00:00Z") -> dict[str, Any]:
    rows = [{"uri": f"/videos/{i}", "created_time": at} for i in ids]
    return {"data": rows, "paging": {"next": "/videos?page=9" if following else None}}


def test_a_token_is_needed() -> None:
    with pytest.raises(ValidationError):
        VimeoOptions.model_validate({"type": "vimeo"})


def test_a_search_is_sent_with_its_token_version_and_fields() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    read_pages(vimeo(), session)
    [request] = session.asked
    assert request.url.startswith("https://api.vimeo.com/videos?")
    assert request.headers == {
        "Authorization": "bearer secret",
        "Accept": "application/vnd.vimeo.*+json;version=3.4",
    }
    asked = query(request.url)
    assert "stats.plays" in asked.pop("fields")
    assert asked == {
        "query": "Fleurs Bougamont",
        "sort": "date",
        "direction": "desc",
        "page": "1",
        "per_page": "100",
    }


def test_every_field_of_a_video_is_read() -> None:
    [page] = read_pages(vimeo(), FakeSession(lambda _: answer(SEARCH)))
    film, other = page.entries
    assert film == Entry(
        external_id="900000001",
        url="https://vimeo.com/900000001",
        title="Fleurs Bougamont — film d'atelier",
        text="Trente ans de bouquets.\nPrix < 10 €.",
        kind=Kind.VIDEO,
        author="Atelier Nord",
        author_url="https://vimeo.com/ateliernord",
        author_followers=31,
        published_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        language="fr",
        likes=3,
        comments=1,
        views=631,
        media=("https://i.vimeocdn.com/video/1",),
    )
    assert (other.external_id, other.text, other.views) == ("900000002", "", None)


def test_pages_are_followed_to_the_limit_of_a_first_poll() -> None:
    session = FakeSession(lambda url: answer(videos(int(query(url)["page"]), following=True)))
    pages = read_pages(vimeo(max_pages=3), session)
    assert [e.external_id for page in pages for e in page.entries] == ["1", "2", "3"]
    session.asked.clear()
    read_pages(vimeo(max_pages=3), session, pages[-1].cursor)
    assert len(session.asked) == 1


def test_nothing_is_asked_while_nothing_is_left_to_ask_with() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-23T07:00:40+00:00"}
    session = FakeSession(lambda _: replace(answer(videos(1, following=True)), headers=headers))
    with pytest.raises(FetchError) as caught:
        read_pages(vimeo(), session)
    assert caught.value.code == Code.RATE_LIMITED
    assert caught.value.retry_at == datetime(2026, 11, 23, 7, 0, 40, tzinfo=UTC)
    assert len(session.asked) == 1


def test_a_token_that_is_not_taken_is_said_without_showing_it() -> None:
    session = FakeSession(lambda _: answer({"error": "no"}, status=401))
    with pytest.raises(FetchError) as caught:
        read_pages(vimeo(), session)
    assert caught.value.code == Code.AUTH
    assert "secret" not in str(caught.value)


def test_a_recheck_confirms_that_a_missing_video_is_gone() -> None:
    def respond(url: str) -> Response:
        is_list = urlsplit(url).path == "/videos"
        return answer(videos(1)) if is_list else answer({"error": "no"}, status=404)

    session = FakeSession(respond)
    there, missing = collected(vimeo().recheck(session, ["1", "2"]))
    assert query(session.asked[0].url)["uris"] == "/videos/1,/videos/2"
    assert [entry.external_id for entry in there.entries] == ["1"]
    assert (there.removed, missing.removed) == ((), ("2",))


def test_history_stops_at_its_beginning() -> None:
    session = FakeSession(lambda _: answer(videos(1, following=True, at="2025-01-01T00:00:00Z")))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    collected(vimeo().history(session, since, {}))
    assert len(session.asked) == 1


@pytest.mark.parametrize("body", [[], {}, {"data": {}}, {"data": [{"name": "x"}]}, "no", None])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    with pytest.raises(Malformed):
        read_list(body)


def test_a_recorded_video_is_read(shared: Path) -> None:
    path = shared / "recordings" / "vimeo" / "video_136971428.json"
    video = read_video(json.loads(path.read_text(encoding="utf-8")))
    assert video.external_id == "136971428"
    assert video.url == "https://vimeo.com/136971428"
    assert video.title == "Deafheaven - 'New Bermuda' Trailer"
    assert video.text.startswith("'New Bermuda,' the upcoming album")
    assert video.published_at == datetime(2015, 8, 21, 21, 37, 43, tzinfo=UTC)
    assert (video.views, video.likes, video.comments, video.language) == (631, 3, 0, "en")
    assert video.author
    assert (video.author_url or "").startswith("https://vimeo.com/")
    assert video.media[0].startswith("https://i.vimeocdn.com/video/531688239-")
