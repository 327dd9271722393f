from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, Malformed
from monitor.model import Entry, Kind, Page, Response
from monitor.sources.telegram import Telegram, TelegramOptions
from monitor.sources.telegram_preview import count_in, read_preview

PREVIEW = answer((DATA / "telegram" / "preview.html").read_bytes())


def telegram(*channels: str, **options: object) -> Telegram:
    told = {"type": "telegram", "channels": channels or ("ma_ville",), **options}
    return Telegram(TelegramOptions.model_validate(told), (BUSINESS,))


def channel(numbers: list[int], *, page: int = 5) -> Callable[[str], Response]:
    """Answer as the preview does: the newest messages, or those before one."""

    def respond(url: str) -> Response:
        before = int(parse_qs(urlsplit(url).query).get("before", ["9999"])[0])
        name = urlsplit(url).path.rpartition("/")[2]
        found = sorted(number for number in numbers if number < before)[-page:]
        messages = "".join(
            f'<div class="tgme_widget_message" data-post="{name}/{n}">'
            f'<div class="tgme_widget_message_text">{n}</div>'
            f'<a class="tgme_widget_message_date"><time datetime="2026-11-22T08:00:{n:02}+00:00">'
            "</time></a></div>"
            for n in found
        )
        body = (
            f'<html><body><section class="tgme_channel_history">{messages}</section></body></html>'
        )
        return answer(body.encode(), url=url)

    return respond


def texts(pages: list[Page]) -> list[str]:
    return [entry.text for page in pages for entry in page.entries]


def recheck(source: Telegram, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


@pytest.mark.parametrize(
    "written",
    ["ma_ville", "@ma_ville", "t.me/ma_ville", "https://t.me/s/ma_ville", "https://t.me/ma_ville/"],
)
def test_a_channel_is_known_however_it_is_written(written: str) -> None:
    assert telegram(written).options.channels == ("ma_ville",)


@pytest.mark.parametrize("written", ["", "https://exemple.fr/ma_ville", "t.me/+AbCd", "ma ville"])
def test_what_names_no_public_channel_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        telegram(written)


def test_pages_are_read_to_the_end_and_once() -> None:
    session = FakeSession(channel(list(range(1, 14))))
    pages = read_pages(telegram(), session)
    assert texts(pages) == [str(number) for number in range(13, 0, -1)]
    assert [urlsplit(request.url).query for request in session.asked] == [
        "",
        "before=9",
        "before=4",
    ]
    session.asked.clear()
    assert read_pages(telegram(), session, pages[-1].cursor) == []
    assert len(session.asked) == 1


def test_each_channel_is_read_on_its_own() -> None:
    session = FakeSession(channel([2, 1]))
    pages = read_pages(telegram("ma_ville", "journal"), session)
    assert [e.external_id for page in pages for e in page.entries] == [
        "ma_ville/2",
        "ma_ville/1",
        "journal/2",
        "journal/1",
    ]


def test_base_url_stands_for_telegram() -> None:
    source = telegram(base_url="http://127.0.0.1:8080")
    session = FakeSession(channel([1]))
    read_pages(source, session)
    assert session.asked[0].url == "http://127.0.0.1:8080/s/ma_ville"


def test_every_field_of_a_message_is_read() -> None:
    answered, first = read_preview(PREVIEW).entries
    assert first == Entry(
        external_id="ma_ville/12",
        url="https://t.me/ma_ville/12",
        text=(
            "Chez Fleurs Bougamont,\non attend & on attend 💐\nLa Gazette\nLes fleuristes du Nord"
        ),
        kind=Kind.POST,
        author="Ma ville",
        author_url="https://t.me/ma_ville",
        author_followers=3400,
        published_at=datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
        views=1200,
        media=("https://cdn.example/photo.jpg",),
    )
    assert answered.text == "Réponse du fleuriste demain."
    assert answered.parent_url == "https://t.me/ma_ville/12"
    assert answered.published_at == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert answered.views == 812


def test_a_channel_without_messages_is_no_error() -> None:
    empty = answer((DATA / "telegram" / "empty.html").read_bytes())
    assert read_preview(empty).entries == ()


@pytest.mark.parametrize(
    "body", [b'<html><body><div class="tgme_page">Telegram: Contact</div></body></html>', b"", b"<"]
)
def test_a_channel_that_shows_nothing_is_an_error(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read_preview(answer(body))
    assert caught.value.code in {Code.API, Code.EMPTY}


def test_rechecked_messages_come_as_they_are_and_the_missing_are_removed() -> None:
    session = FakeSession(channel([1, 2, 3, 5, 6, 8, 9], page=3))
    pages = recheck(telegram(), session, [f"ma_ville/{number}" for number in (2, 3, 4, 7, 9)])
    assert sorted(texts(pages)) == ["2", "3", "9"]
    assert sorted(gone for page in pages for gone in page.removed) == ["ma_ville/4", "ma_ville/7"]


def test_a_channel_that_cannot_be_read_costs_itself_only() -> None:
    def respond(url: str) -> Response:
        return answer(b"", status=500) if "ma_ville" in url else channel([1, 2])(url)

    first, second = recheck(telegram(), FakeSession(respond), ["ma_ville/2", "autre_ville/1"])
    assert (first.problem, first.removed) == ("ma_ville: http_status: answered 500", ())
    assert texts([second]) == ["1"]


def test_a_recheck_of_busy_channels_shares_its_requests() -> None:
    numbers = list(range(1, 201))
    ids = [f"{name}/{n}" for name in ("ma_ville", "autre_ville") for n in reversed(numbers)]
    session = FakeSession(channel(numbers, page=2))
    recheck(telegram(), session, ids)
    asked = [urlsplit(request.url).path for request in session.asked]
    assert (asked.count("/s/ma_ville"), asked.count("/s/autre_ville")) == (10, 10)


def test_a_channel_that_shows_nothing_any_more_removes_nothing() -> None:
    assert recheck(telegram(), FakeSession(channel([])), ["ma_ville/2"]) == []


@pytest.mark.parametrize(
    ("shown", "count"),
    [("1.2K", 1200), ("1,2K", 1200), ("3M", 3_000_000), ("812", 812), ("", None), (None, None)],
)
def test_counts_are_read(shown: str | None, count: int | None) -> None:
    assert count_in(shown) == count
