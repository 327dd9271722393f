"""IBM Video Streaming: the own videos that name the shop, and the chats' exports."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer, Request
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Cursor, Entry, Health, Json, Kind, Page, Response
from monitor.sources.ibm_video import IbmVideo, IbmVideoOptions
from monitor.sources.ibm_video_entries import read_chat, read_exports, read_videos

FOLDER = DATA / "ibm_video"
ACCOUNT = json.loads((FOLDER / "account.synthetic.json").read_text("utf-8"))
CHAT = json.loads((FOLDER / "chat.synthetic.json").read_text("utf-8"))
CHANNEL = "https://video.ibm.com/channel/77"
FILE = "https://exports.video.example/77.json?signature=hush"
WITH_CHAT = {"videos": False, "chat": True, "channels": ["77"]}


def source(**options: object) -> IbmVideo:
    told = {"type": "ibm_video", "client_id": "app", "client_secret": "hush", **options}
    return IbmVideo(IbmVideoOptions.model_validate(told), (BUSINESS,))


def export(number: int, status: str = "completed", **more: object) -> dict[str, Any]:
    return {
        "id": number,
        "status": status,
        "is_expired": False,
        "start_date": 1795000000,
        "end_date": 1795300000 + number,
        "download_url": FILE if status == "completed" else None,
        **more,
    }


@dataclass
class Ibm:
    """The API of one account; ``refused`` answers in place of a path."""

    videos: list[dict[str, Any]] = field(default_factory=list)
    exports: list[dict[str, Any]] = field(default_factory=list)
    chat: Json = field(default_factory=lambda: CHAT)
    refused: dict[str, Response] = field(default_factory=dict)

    def __call__(self, url: str) -> Response:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        if path in self.refused:
            return self.refused[path]
        if path == "/oauth2/token":
            return answer({"access_token": "access", "expires_in": 86400})
        if path.endswith("/videos.json"):
            number = int(query["page"][0])
            rows = self.videos[(number - 1) * 50 : number * 50]
            more: Json = {"next": "https://api.video.ibm.com/x"} if len(rows) == 50 else {}
            return answer({"videos": rows, "paging": more})
        if path.endswith("/exports.json"):
            return answer({"exports": self.exports})
        return answer(self.chat) if path == "/77.json" else answer({}, status=404)


def entries(pages: list[Page]) -> list[Entry]:
    return [entry for page in pages for entry in page.entries]


def test_every_field_is_read_and_the_captions_stand_below() -> None:
    [video] = read_videos(ACCOUNT, 1).entries
    assert video == Entry(
        external_id="111",
        url="https://video.ibm.com/recorded/111",
        title="Le marché aux fleurs",
        text="Une matinée place d'Armes.\n[1:31] merci à Fleurs Bougamont pour",
        kind=Kind.VIDEO,
        published_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        views=41,
        media=("https://static.example/111.jpg",),
    )


def test_the_sample_of_the_documentation(shared: Path) -> None:
    file = shared / "recordings" / "ibm_video" / "users_self_videos_docsample.json"
    [video] = read_videos(json.loads(file.read_text("utf-8")), 1).entries
    assert (video.external_id, video.title, video.views) == ("111", "Title of video", 0)
    assert video.url == "http://video.ibm.com/recorded/111"
    assert video.published_at == datetime(2014, 5, 6, 15, 5, 36, tzinfo=UTC)
    assert video.text.splitlines() == [
        "Description of video",
        "[0:31] of are actually tying your shoes incorrectly yeah yeah",
        "[0:46] for me very expensive pair of shoes",
        "[0:49] but those shoes came with round nylon laces",
    ]


def test_each_name_is_searched_page_after_page() -> None:
    made = [
        {"id": str(n), "title": "Fleurs Bougamont", "created_at": 1795255200 - n} for n in range(70)
    ]
    session = FakeSession(Ibm(videos=made))
    pages = read_pages(source(), session)
    assert {e.external_id for e in entries(pages)} == {str(n) for n in range(70)}
    token, first = session.asked[:2]
    assert token.url == "https://video.ibm.com/oauth2/token"
    pair = base64.b64encode(b"app:hush").decode()
    assert token.headers["Authorization"] == f"Basic {pair}"
    assert session.posted[0][1]["grant_type"] == "client_credentials"
    assert first.headers["Authorization"] == "Bearer access"
    assert parse_qs(urlsplit(first.url).query)["q"] == ["Fleurs Bougamont"]
    again = FakeSession(Ibm(videos=made))
    assert entries(read_pages(source(), again, pages[-1].cursor)) == []


def test_an_empty_page_with_a_link_to_the_next_is_not_the_last() -> None:
    found = read_videos({"videos": [], "paging": {"next": "https://x.example/?page=2"}}, 1)
    assert (bool(found.rows), found.following) == (True, 2)
    last = read_videos({"videos": [], "paging": {}}, 2)
    assert (bool(last.rows), last.following) == (False, None)


def test_only_the_chosen_channels_are_searched() -> None:
    session = FakeSession(Ibm())
    read_pages(source(channels=["77"]), session)
    paths = {urlsplit(one.url).path for one in session.asked[1:]}
    assert paths == {"/channels/77/videos.json"}
    assert source(channels=["77"]).queries[0] == f"{BUSINESS.name} (channels/77)"
    assert source().queries[0] == BUSINESS.name


def test_a_chat_is_read_without_the_own_and_the_deleted_messages() -> None:
    found, removed, problem = read_chat(CHAT, CHANNEL, frozenset({"fleurs bougamont"}))
    first, second = found
    assert first == Entry(
        external_id="m-1",
        url=None,
        text="Bravo pour les bouquets !",
        kind=Kind.COMMENT,
        author="Jeanne",
        published_at=datetime(2026, 11, 22, 18, 0, 5, 123_000, UTC),
        parent_url=CHANNEL,
    )
    assert second.published_at == datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
    assert (removed, problem) == (("m-3",), None)


@pytest.mark.parametrize(
    "answer_",
    [
        [{"message": "Bravo", "nick": "Jeanne", "timestamp": 1795370400000}],
        {"messages": [{"body": "Bravo", "author": "Jeanne", "date": 1795370400}]},
        [{"messages": [{"content": "Bravo", "sender": {"username": "Jeanne"}}]}],
    ],
)
def test_messages_are_found_under_other_names(answer_: Json) -> None:
    [found], _, _ = read_chat(answer_, CHANNEL)
    assert (found.text, found.author) == ("Bravo", "Jeanne")
    assert found.published_at in {None, datetime(2026, 11, 22, 18, tzinfo=UTC)}
    assert len(found.external_id) == 64


def test_an_export_of_another_form_is_malformed() -> None:
    with pytest.raises(Malformed):
        read_chat({"rows": [1, 2]}, CHANNEL)
    assert read_chat({}, CHANNEL) == ((), (), None)
    with pytest.raises(Malformed):
        read_exports({"exports": [{"status": "completed"}]})


def poll(ibm: Ibm, cursor: Cursor, **more: object) -> tuple[list[Page], FakeSession]:
    session = FakeSession(ibm)
    return read_pages(source(**WITH_CHAT, **more), session, cursor), session


def test_an_export_is_asked_for_and_read_when_it_is_there() -> None:
    ibm = Ibm()
    [page], session = poll(ibm, {})
    assert page.entries == ()
    path, form = session.posted[1]
    assert path == "https://api.video.ibm.com/channels/77/chat/exports.json"
    since = int(NOW.timestamp()) - 7 * 86400
    assert (form["start_date"], form["end_date"]) == (str(since), str(int(NOW.timestamp())))
    assert form["include_private"] == "false"
    ibm.exports = [export(1, "pending")]
    pages, session = poll(ibm, page.cursor)
    assert (pages, session.posted[1:]) == ([], [])
    ibm.exports = [export(1)]
    [page], session = poll(ibm, page.cursor, own_names=["Fleurs Bougamont"])
    assert [(e.text, e.about) for e in page.entries] == [
        ("Bravo pour les bouquets !", "Fleurs Bougamont"),
        ("Pas de son…", "Fleurs Bougamont"),
    ]
    # The file's host is another: it gets no token.
    assert "Authorization" not in session.asked[-1].headers
    assert "signature" not in json.dumps(page.cursor)
    assert poll(ibm, page.cursor)[0] == []


def test_the_next_export_begins_where_the_last_ended() -> None:
    cursor: Cursor = {"chat": {"77": {"until": 1795300001, "read": ["1"]}}}
    _, session = poll(Ibm(exports=[export(1)]), cursor)
    assert session.posted[1][1]["start_date"] == "1795300001"


def test_a_long_chat_is_read_in_several_polls_and_loses_nothing() -> None:
    rows = [{"id": f"m{n}", "text": f"Message {n}"} for n in range(9_500)]
    ibm = Ibm(exports=[export(1)], chat={"messages": rows})
    cursor: Cursor = {"chat": {"77": {"asked": int(NOW.timestamp())}}}
    found: list[str] = []
    for expected in (4_000, 4_000, 1_500, 0):
        pages, _ = poll(ibm, cursor)
        found += [entry.external_id for entry in entries(pages)]
        assert len(entries(pages)) == expected
        cursor = json.loads(json.dumps(pages[-1].cursor)) if pages else cursor
    assert found == [f"m{n}" for n in range(9_500)]


def test_a_plan_without_chat_is_told_and_the_videos_are_read() -> None:
    ibm = Ibm(videos=[{"id": "1", "title": "Fleurs Bougamont", "created_at": 1795255200}])
    ibm.refused["/channels/77/chat/exports.json"] = answer({"error": "invalid_request"}, status=402)
    pages = read_pages(source(chat=True, channels=["77"]), FakeSession(ibm))
    assert {entry.external_id for entry in entries(pages)} == {"1"}
    assert pages[-1].standing is not None
    assert (pages[-1].standing.health, pages[-1].standing.missing) == (
        Health.PERMISSION_MISSING,
        "streamchat",
    )


@pytest.mark.parametrize(
    ("path", "said", "code", "health"),
    [
        (
            "/oauth2/token",
            answer({"error": "invalid_client"}, status=400),
            Code.AUTH,
            Health.NEEDS_TOKEN,
        ),
        (
            "/users/self/videos.json",
            answer({"error": "invalid_token"}, status=401),
            Code.AUTH,
            Health.TOKEN_EXPIRED,
        ),
        (
            "/users/self/videos.json",
            answer({"error": "lack_of_ownership"}, status=403),
            Code.AUTH,
            Health.PERMISSION_MISSING,
        ),
        (
            "/users/self/videos.json",
            answer({}, status=429, more={"x-ratelimit-reset": "1795400000"}),
            Code.RATE_LIMITED,
            None,
        ),
    ],
)
def test_refusals_are_told_apart(
    path: str, said: Response, code: Code, health: Health | None
) -> None:
    with pytest.raises(FetchError) as caught:
        read_pages(source(), FakeSession(Ibm(refused={path: said})))
    assert (caught.value.code, caught.value.health) == (code, health)
    if code is Code.RATE_LIMITED:
        assert caught.value.retry_at == datetime.fromtimestamp(1795400000, UTC)


def test_history_reads_the_videos() -> None:
    ibm = Ibm(videos=[{"id": "1", "title": "Fleurs Bougamont", "created_at": 1700000000}])

    async def read() -> list[Page]:
        since = datetime(2023, 1, 1, tzinfo=UTC)
        return [page async for page in source().history(FakeSession(ibm), since, {})]

    assert {entry.external_id for entry in entries(asyncio.run(read()))} == {"1"}


@pytest.mark.parametrize(
    "options", [{"videos": False}, {"chat": True}, {"channels": ["../1"]}, {"client_id": None}]
)
def test_what_is_missing_or_odd_is_an_error(options: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    ibm = Ibm(videos=ACCOUNT["videos"], exports=[export(1)])

    def said(request: Request) -> Answer:
        found = ibm(request.target)
        return Answer(status=found.status, headers=dict(found.headers), body=found.body)

    with FeedServer({"*": said}) as web:
        shop = Shop(tmp_path, web)
        told = {"type": "ibm_video", "id": "direct", "client_id": "app", "client_secret": "hush"}
        more = {"chat": True, "channels": ["77"], "base_url": web.url("")}
        shop.configure(sources=[{**told, **more}], network={"allow_private_hosts": [web.address]})
        assert shop.poll()["direct"]["new"] == 4
        assert shop.poll()["direct"]["new"] == 0
        assert {m["kind"] for m in shop.mentions()} == {"video", "comment"}
        ibm.refused["/channels/77/chat/exports.json"] = answer({}, status=402)
        shop.poll()
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert state["state"] == "permission_missing"
        assert "streamchat" in shop.ecoute("sources").out
        assert "streamchat" in shop.ecoute("sources", "test", "direct").out
