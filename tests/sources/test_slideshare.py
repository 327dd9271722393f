"""SlideShare: its XML read hardened, its refusals under a root of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.model import Entry, Health, Kind, Page, Response
from monitor.sources.slideshare import Slideshare, SlideshareOptions
from monitor.sources.slideshare_answers import read_found, read_one

FOUND = (DATA / "slideshare" / "search.synthetic.xml").read_bytes()


def source(**options: object) -> Slideshare:
    told = {"type": "slideshare", "key": "app", "shared_secret": "hush", **options}
    return Slideshare(SlideshareOptions.model_validate(told), (BUSINESS,))


def slideshow(number: int) -> str:
    return (
        f"<Slideshow><ID>{number}</ID><Title>Fleurs Bougamont {number}</Title>"
        f"<Created>2026-11-{20 - number:02} 10:00:00 UTC</Created></Slideshow>"
    )


def found(numbers: range, *, total: int, offset: int) -> bytes:
    meta = f"<Meta><ResultOffset>{offset}</ResultOffset><TotalResults>{total}</TotalResults></Meta>"
    return f"<Slideshows>{meta}{''.join(map(slideshow, numbers))}</Slideshows>".encode()


def refusal(number: int, message: str) -> bytes:
    return (
        f'<SlideShareServiceError><Message ID="{number}">{message}</Message>'
        "</SlideShareServiceError>"
    ).encode()


def test_every_field_is_read() -> None:
    first, second = read_found(FOUND, 1, NOW).entries
    assert first == Entry(
        external_id="9001",
        url="https://www.slideshare.net/cmalille/les-fleuristes-du-nord",
        title="Les fleuristes du Nord : l'exemple de Fleurs Bougamont & fils",
        text=first.text,
        kind=Kind.DOCUMENT,
        author="cmalille",
        author_url="https://www.slideshare.net/cmalille",
        published_at=datetime(2026, 11, 20, 13, 59, 33, tzinfo=UTC),
        language="fr",
        likes=1,
        comments=2,
        views=27,
        media=("https://cdn.slidesharecdn.example/a-thumbnail.jpg",),
    )
    assert " ".join(first.text.split()) == "Une étude de cas, présentée à Lille."
    assert (second.language, second.text, second.views) == (None, "", None)


def test_a_recorded_search(shared: Path) -> None:
    body = (shared / "recordings" / "slideshare" / "search_slideshows.xml").read_bytes()
    read = read_found(body, 1, NOW)
    assert (read.rows, len(read.entries), read.following, read.problem) == (18, 18, 2, None)
    assert not read.is_sorted
    first, last = read.entries[0], read.entries[-1]
    assert first.title == "Kotlin Coroutines in Practice @ KotlinConf 2018"
    assert first.published_at == datetime(2018, 10, 19, 13, 59, 33, tzinfo=UTC)
    assert (first.views, first.comments, first.likes, first.language) == (2783, 2, 14, "en")
    [picture] = first.media
    assert picture.startswith("https://cdn.slidesharecdn.com/ss_thumbnails/2018kotlinconf-")
    assert picture.endswith("-thumbnail-4.jpg?cb=1539957650")
    assert (last.external_id, last.author) == ("87239456", "andreasjakl")
    assert all("REDACTED" not in repr(entry) for entry in read.entries)


def test_a_recorded_presentation(shared: Path) -> None:
    body = (shared / "recordings" / "slideshare" / "get_slideshow.xml").read_bytes()
    one = read_one(body, NOW)
    assert (one.external_id, one.author, one.views) == ("179842138", "adamnash", 414174)
    assert (one.comments, one.likes) == (399, 766)
    assert one.published_at == datetime(2019, 10, 7, 20, 57, 38, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "code", "health"),
    [
        ("error_failed_api_validation", Code.AUTH, Health.NEEDS_TOKEN),
        ("error_exceeded_daily_limit", Code.RATE_LIMITED, None),
        ("error_search_query_blank", Code.API, None),
    ],
)
def test_recorded_refusals(shared: Path, name: str, code: Code, health: Health | None) -> None:
    body = (shared / "recordings" / "slideshare" / f"{name}.xml").read_bytes()
    with pytest.raises(SourceError) as caught:
        read_found(body, 1, NOW)
    assert (caught.value.code, caught.value.health) == (code, health)


def test_the_daily_limit_waits_for_midnight() -> None:
    said = refusal(99, "Account Exceeded Daily Limit")
    with pytest.raises(FetchError) as caught:
        read_pages(source(), FakeSession(lambda _: answer(said)))
    assert caught.value.retry_at == datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Stop</body></html>",
        b"no xml",
        b"",
        b'<!DOCTYPE a [<!ENTITY b "boom">]><Slideshows>&b;</Slideshows>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Slideshows/>',
        b"<Slideshows><Slideshow><Title>Without ID</Title></Slideshow></Slideshows>",
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read_found(body, 1, NOW)
    assert caught.value.code is Code.API


def test_pages_are_read_until_the_total_and_signed_anew() -> None:
    def respond(url: str) -> Response:
        number = int(parse_qs(urlsplit(url).query)["page"][0])
        rows = range((number - 1) * 3 + 1, min(number * 3, 7) + 1)
        return answer(found(rows, total=7, offset=(number - 1) * 3))

    session = FakeSession(respond)
    pages = read_pages(source(), session)
    ids = {entry.external_id for page in pages for entry in page.entries}
    assert ids == {str(n) for n in range(1, 8)}
    asked = parse_qs(urlsplit(session.asked[0].url).query)
    ts = str(int(NOW.timestamp()))
    assert asked["hash"] == [sha1(f"hush{ts}".encode(), usedforsecurity=False).hexdigest()]
    assert (asked["q"], asked["lang"], asked["sort"]) == (
        ['"Fleurs Bougamont"'],
        ["fr"],
        ["latest"],
    )
    assert all("hush" not in one.url and not one.conditional for one in session.asked)
    again = FakeSession(respond)
    assert not [e for page in read_pages(source(), again, pages[-1].cursor) for e in page.entries]
    assert len(again.asked) == 2


def test_what_is_gone_is_told_and_counts_renewed() -> None:
    def respond(url: str) -> Response:
        is_there = "slideshow_id=1&" in url
        return answer(slideshow(1).encode() if is_there else refusal(10, "SlideShow Not Found"))

    async def look() -> list[Page]:
        session = FakeSession(respond)
        return [page async for page in source().recheck(session, ["1", "2"])]

    pages = asyncio.run(look())
    assert [e.external_id for page in pages for e in page.entries] == ["1"]
    assert [one for page in pages for one in page.removed] == ["2"]


def test_requests_are_counted_by_the_day() -> None:
    with pytest.raises(FetchError) as caught:
        read_pages(source(daily_requests=1), FakeSession(lambda _: answer(FOUND)))
    assert caught.value.health is Health.BUDGET_SPENT


@pytest.mark.parametrize("options", [{"key": None}, {"language": "french"}])
def test_what_is_missing_or_odd_is_an_error(options: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    with FeedServer() as web:
        web["*"] = Answer(headers={"Content-Type": "text/xml"}, body=FOUND)
        shop = Shop(tmp_path, web)
        told = {"type": "slideshare", "id": "exposes", "key": "app", "shared_secret": "hush"}
        shop.configure(
            sources=[{**told, "base_url": web.url("")}],
            network={"allow_private_hosts": [web.address]},
        )
        assert shop.poll()["exposes"]["new"] == 1
        assert shop.poll()["exposes"]["new"] == 0
        [mention] = shop.mentions()
        assert (mention["platform"], mention["kind"]) == ("slideshare", "document")
        web["*"] = Answer(body=refusal(1, "Failed API validation"))
        shop.poll()
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert (state["state"], state["error"]["code"]) == ("needs_token", "auth")
        assert "hush" not in json.dumps(state)
