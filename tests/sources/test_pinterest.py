"""Pinterest: feeds of users and boards, the account's figures and pins, what is gone."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer
from sources.fake_session import DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import FetchError, Malformed
from monitor.model import Business, Cursor, Figure, Json, Kind, Page, Response
from monitor.sources.pinterest import Pinterest, PinterestOptions
from monitor.sources.pinterest_pins import read_account, read_analytics, read_pin, read_pins

FOLDER = DATA / "pinterest"
PINS = json.loads((FOLDER / "pins.synthetic.json").read_text("utf-8"))
FEED = answer((FOLDER / "feed.synthetic.xml").read_bytes())
ONE = Business(name="Fleurs Bougamont")
ACCOUNT: Json = {"username": "fleursbougamont", "follower_count": 31, "pin_count": 12, "about": ""}
SUMS: Json = {"all": {"summary_metrics": {"IMPRESSION": 40, "SAVE": 3.0, "SAVE_RATE": 0.1}}}


def source(**options: object) -> Pinterest:
    return Pinterest(PinterestOptions.model_validate({"type": "pinterest", **options}), (ONE,))


def account_server(url: str) -> Response:
    path = urlsplit(url).path
    if path == "/v5/user_account":
        return answer(ACCOUNT)
    if path == "/v5/user_account/analytics":
        return answer(SUMS)
    return answer(PINS) if path == "/v5/pins" else FEED


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def ids(pages: list[Page]) -> list[str]:
    return [entry.external_id for page in pages for entry in page.entries]


def poll(
    watched: Pinterest, session: FakeSession, cursor: Cursor
) -> tuple[list[Page], FetchError | None]:
    """Read until an error; what came before it is kept."""
    pages: list[Page] = []

    async def read() -> None:
        async for page in watched.pages(session, cursor):
            pages.append(page)  # noqa: PERF401 - likewise

    try:
        asyncio.run(read())
    except FetchError as error:
        return pages, error
    return pages, None


def test_a_board_is_read_by_its_public_feed() -> None:
    session = FakeSession(lambda _: FEED)
    pages = read_pages(
        source(boards=["https://www.pinterest.fr/mariages-du-nord/bouquets/"]), session
    )
    [asked] = session.asked
    assert asked.url == "https://www.pinterest.com/mariages-du-nord/bouquets.rss"
    assert asked.conditional
    first = pages[0].entries[0]
    assert (first.external_id, first.kind) == ("700000000000000001", Kind.IMAGE)
    assert first.url == "https://www.pinterest.com/pin/700000000000000001/"
    assert first.title == "Le bouquet de Fleurs Bougamont"
    assert first.text == "Le bouquet de Fleurs Bougamont, vu au marché"
    assert (first.author, first.author_url) == (
        "mariages-du-nord",
        "https://www.pinterest.com/mariages-du-nord/",
    )
    assert first.media == ("https://i.pinimg.example/236x/b.jpg",)
    assert first.published_at == datetime(2026, 11, 22, 9, tzinfo=UTC)
    user = FakeSession(lambda _: FEED)
    read_pages(source(users=["@fleuriste"]), user)
    assert user.asked[0].url == "https://www.pinterest.com/fleuriste/feed.rss"


def test_a_second_poll_stores_nothing() -> None:
    watched = source(boards=["a/b"])
    pages = read_pages(watched, FakeSession(lambda _: FEED))
    again = FakeSession(lambda _: FEED)
    assert ids(read_pages(watched, again, pages[-1].cursor)) == []
    unchanged = FakeSession(lambda _: answer(b"", status=304))
    assert ids(read_pages(watched, unchanged, pages[-1].cursor)) == []


def test_own_pins_are_read_page_after_page() -> None:
    def respond(url: str) -> Response:
        if urlsplit(url).path != "/v5/pins":
            return account_server(url)
        bookmark = query_of(url).get("bookmark")
        item = PINS["items"][0 if bookmark is None else 1]
        return answer({"items": [item], "bookmark": "next" if bookmark is None else None})

    session = FakeSession(respond)
    pages = read_pages(source(token="secret", pins=True), session)
    assert ids(pages) == ["900000000000000001", "900000000000000002"]
    assert {asked.headers["Authorization"] for asked in session.asked} == {"Bearer secret"}
    assert "secret" not in "".join(asked.url for asked in session.asked)
    later = FakeSession(respond)
    assert ids(read_pages(source(token="secret", pins=True), later, pages[-1].cursor)) == []


def test_a_bookmark_given_twice_ends_the_reading() -> None:
    circle = {"items": [PINS["items"][0]], "bookmark": "same"}
    session = FakeSession(
        lambda url: answer(circle) if urlsplit(url).path == "/v5/pins" else account_server(url)
    )
    read_pages(source(token="secret", pins=True, max_pages=20), session)
    assert [urlsplit(asked.url).path for asked in session.asked].count("/v5/pins") == 2


def test_pins_are_read_field_by_field() -> None:
    image, video = read_pins(PINS).entries
    assert (image.title, image.text) == (
        "Bouquet de Fleurs Bougamont",
        "Roses & pivoines, Fleurs Bougamont à Lille",
    )
    assert (image.likes, image.shares, image.comments, image.views) == (3, 7, 1, 120)
    assert image.parent_url == "https://www.pinterest.com/pin/800000000000000009/"
    assert image.media == ("https://i.pinimg.example/1200/a.jpg",)
    assert (video.kind, video.media) == (Kind.VIDEO, ("https://i.pinimg.example/v.jpg",))
    assert (video.title, video.text) == (None, "")


def test_a_recorded_pin(shared: Path) -> None:
    entry = read_pin(json.loads((shared / "recordings/pinterest/pin.json").read_text("utf-8")))
    assert entry.external_id == "1022106077905927852"
    assert entry.url == "https://www.pinterest.com/pin/1022106077905927852/"
    assert (entry.author, entry.kind) == ("merleliukun", Kind.IMAGE)
    assert entry.title == "今日诗词分享： 可有梅花寄一枝？雪来翠羽飞。 by 吴锡麒"
    assert entry.text == "诗词选自《长相思·以书寄西泠诸友即题其后》 图片来自 https://unsplash.com/"
    assert entry.published_at == datetime(2022, 8, 11, 8, 46, 16, tzinfo=UTC)
    assert entry.media == (
        "https://i.pinimg.com/1200x/46/44/1d/46441d5c90ef7bef17a25ddb90b72c77.jpg",
    )


def test_recorded_statistics_are_figures(shared: Path) -> None:
    folder = shared / "recordings/pinterest"
    told = json.loads((folder / "user_account_analytics.json").read_text())
    assert read_analytics(told) == (
        Figure(name="views_30_days", value=4),
        Figure(name="saves_30_days", value=0),
        Figure(name="pin_clicks_30_days", value=0),
        Figure(name="site_clicks_30_days", value=0),
    )
    pin = json.loads((folder / "pin_analytics.json").read_text())
    assert [figure.name for figure in read_analytics(pin, prefix="claimed_")] == [
        "claimed_views_30_days",
        "claimed_saves_30_days",
        "claimed_pin_clicks_30_days",
    ]


def test_figures_are_read_once_a_day() -> None:
    session = FakeSession(account_server)
    pages = read_pages(source(token="secret"), session)
    assert {(figure.name, figure.value) for figure in pages[0].figures} == {
        ("followers", 31),
        ("pins", 12),
        ("views_30_days", 40),
        ("saves_30_days", 3),
        ("claimed_views_30_days", 40),
        ("claimed_saves_30_days", 3),
    }
    asked = query_of(session.asked[2].url)
    assert (asked["from_claimed_content"], asked["end_date"]) == ("CLAIMED", "2026-11-23")
    assert asked["start_date"] == "2026-10-24"
    again = FakeSession(account_server)
    read_pages(source(token="secret"), again, pages[-1].cursor)
    assert again.asked == []


def test_an_account_without_statistics_has_its_counts() -> None:
    def respond(url: str) -> Response:
        is_sums = url.partition("?")[0].endswith("/analytics")
        return answer({"code": 7, "message": "no"}, status=403) if is_sums else answer(ACCOUNT)

    [page] = read_pages(source(token="secret"), FakeSession(respond))
    assert page.figures == read_account(ACCOUNT)


@pytest.mark.parametrize("status", [403, 404])
def test_a_feed_that_is_closed_is_told_and_the_others_go_on(status: int) -> None:
    def respond(url: str) -> Response:
        return answer(b"", status=status) if "/gone" in url else FEED

    pages = read_pages(source(users=["gone"], boards=["a/b"]), FakeSession(respond))
    assert len(ids(pages)) == 2
    standing = pages[-1].standing
    assert standing is not None
    assert (standing.health, standing.missing) == ("gone", "pinterest.com/gone")
    back = read_pages(
        source(users=["gone"], boards=["a/b"]), FakeSession(lambda _: FEED), pages[-1].cursor
    )
    assert [page.standing for page in back] == [None] * len(back)
    assert len(ids(back)) == 2


def test_feeds_all_closed_are_an_error() -> None:
    pages, error = poll(source(users=["gone"]), FakeSession(lambda _: answer(b"", status=404)), {})
    assert ids(pages) == []
    assert error is not None
    assert (error.code, error.health) == ("http_status", "gone")


@pytest.mark.parametrize(
    ("status", "message", "told"),
    [
        (401, "Authentication failed.", ("auth", "token_expired", "")),
        (403, "Missing: ['pins:read']", ("auth", "permission_missing", "pins:read")),
        (429, "slow down", ("rate_limited", "rate_limited", "")),
        (500, "", ("http_status", None, "")),
    ],
)
def test_refusals_are_told_apart_and_do_not_hide_the_feeds(
    status: int, message: str, told: tuple[str, str | None, str]
) -> None:
    def respond(url: str) -> Response:
        is_api = "/v5/" in url
        return answer({"code": 2, "message": message}, status=status) if is_api else FEED

    pages, error = poll(source(token="secret", users=["a"]), FakeSession(respond), {})
    assert len(ids(pages)) == 2
    assert error is not None
    assert (error.code, error.health, error.missing) == told
    standing = pages[0].standing
    assert (None if standing is None else standing.health) == told[1]
    if status == 429:
        assert error.retry_at == NOW + timedelta(hours=1)


def test_a_page_of_login_is_no_feed() -> None:
    page = answer(b"<!DOCTYPE html><html><body>Log in</body></html>", content_type="text/html")
    with pytest.raises(Malformed):
        read_pages(source(users=["a"]), FakeSession(lambda _: page))


def test_a_token_that_ends_soon_is_told() -> None:
    watched = source(token="secret", token_until="2026-11-28")
    standing = read_pages(watched, FakeSession(account_server))[0].standing
    assert standing is not None
    assert (standing.health, standing.at) == (
        "token_expires_soon",
        datetime(2026, 11, 28, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"pins": True, "users": ["a"]},
        {"boards": ["alone"]},
        {"users": ["two words"]},
        {"refresh_token": "r"},
        {"token": "a", "refresh_token": "r", "client_id": "c", "client_secret": "s"},
    ],
)
def test_what_is_wrong_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions_and_states(tmp_path: Path) -> None:
    with FeedServer() as web:
        web["/mariages-du-nord/bouquets.rss"] = FEED.body
        json_type = {"Content-Type": "application/json"}
        web["/v5/user_account"] = Answer(headers=json_type, body=json.dumps(ACCOUNT).encode())
        web["/v5/user_account/analytics"] = Answer(
            headers=json_type, body=json.dumps(SUMS).encode()
        )
        shop = Shop(tmp_path, web)
        told = {
            "type": "pinterest",
            "id": "pins",
            "boards": ["mariages-du-nord/bouquets", "mariages-du-nord/closed"],
            "token": "secret-token",
            "base_url": web.url("/").rstrip("/"),
        }
        shop.configure(sources=[told], network={"allow_private_hosts": [web.address]})
        report = shop.poll()["pins"]
        assert (report["error"], report["new"]) == (None, 1)
        [mention] = shop.mentions()
        assert (mention["author"], mention["kind"]) == ("mariages-du-nord", "image")
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert state["state"] == "gone"
        assert "pinterest.com/mariages-du-nord/closed" in shop.ecoute("sources").out.replace(
            "\n", ""
        )
        assert shop.sql("SELECT value FROM figure WHERE name = 'followers'") == [(31,)]
