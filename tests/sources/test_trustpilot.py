"""Trustpilot: reviews page after page, what is reported withdrawn, edits followed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer, Request
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError
from monitor.model import Entry, Figure, Health, Kind, Page, Response
from monitor.sources.trustpilot import Trustpilot, TrustpilotOptions
from monitor.sources.trustpilot_reviews import read_figures, read_review, read_reviews

ANSWER = json.loads((DATA / "trustpilot" / "reviews.synthetic.json").read_text("utf-8"))
UNIT = "5f0c0de0000ff00005000001"


def source(**options: object) -> Trustpilot:
    told = {"type": "trustpilot", "key": "hush", "domain": "fleurs-bougamont.fr", **options}
    return Trustpilot(TrustpilotOptions.model_validate(told), (BUSINESS,))


def review(number: int, **more: object) -> dict[str, Any]:
    """A review; the higher its number, the older."""
    return {
        "id": f"r{number}",
        "stars": 5,
        "title": f"Avis {number}",
        "text": "Parfait.",
        "createdAt": (NOW - timedelta(hours=number)).isoformat(),
        "status": "active",
        "consumer": {"displayName": f"Client {number}"},
        **more,
    }


@dataclass
class Api:
    """The API over a company's reviews; ``fails_on`` is the page that answers with an error."""

    reviews: list[dict[str, Any]]
    fails_on: int | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> Response:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        self.asked.append(path)
        if path.startswith("/v1/reviews/"):
            found = [one for one in self.reviews if path.endswith(f"/{one['id']}")]
            return answer(found[0]) if found else answer({"message": "none"}, status=404)
        if path == f"/v1/business-units/{UNIT}/reviews":
            number, size = int(query["page"][0]), int(query["perPage"][0])
            if number == self.fails_on:
                return answer({}, status=500)
            return answer({"reviews": self.reviews[(number - 1) * size : number * size]})
        return answer({"id": UNIT, "score": {"trustScore": 4.1}, "numberOfReviews": {"total": 9}})


def ids(pages: list[Page]) -> list[str]:
    return [entry.external_id for page in pages for entry in page.entries]


def test_every_field_is_read() -> None:
    found = read_reviews(ANSWER, 1, 100)
    first, second = found.entries
    assert first == Entry(
        external_id="65f0000000000000000000a1",
        url="https://fr.trustpilot.com/reviews/65f0000000000000000000a1",
        title="Beau bouquet",
        text="Livré à l'heure, fleurs fraîches.",
        kind=Kind.REVIEW,
        author="Jeanne",
        published_at=datetime(2026, 11, 22, 11, tzinfo=UTC),
        language="fr",
        rating=4.0,
        likes=2,
        answered=True,
    )
    assert (second.rating, second.comments, second.answered) == (1.0, None, False)
    assert found.removed == ("65f0000000000000000000a3",)
    assert read_figures(ANSWER) == (
        Figure(name="rating", value=4.4),
        Figure(name="rating_count", value=31.0),
    )


def test_a_recorded_event_has_the_same_fields(shared: Path) -> None:
    file = shared / "recordings" / "trustpilot" / "webhook_service_review.json"
    told = json.loads(file.read_text("utf-8"))["events"][0]["eventData"]
    found = read_review(told)
    assert (found.external_id, found.author, found.rating) == (
        "62c8968be77911f2449e9f74",
        "some one",
        4.0,
    )
    assert found.published_at == datetime(2022, 7, 8, 22, 41, 48, tzinfo=UTC)
    assert (found.language, found.likes) == ("en", None)
    assert found.title == "Some of the screens are to hard to…"


def test_pages_are_read_to_their_end_and_a_second_poll_tells_nothing() -> None:
    api = Api([review(n) for n in range(230)])
    pages = read_pages(source(), FakeSession(api))
    assert ids(pages) == [f"r{n}" for n in range(230)]
    assert pages[0].figures == (
        Figure(name="rating", value=4.1),
        Figure(name="rating_count", value=9.0),
    )
    session = FakeSession(api)
    assert ids(read_pages(source(), session, pages[-1].cursor)) == []
    assert len(session.asked) == 1


def test_pages_shorter_than_asked_for_are_read_to_the_empty_one_however_old() -> None:
    old = [{**review(n), "createdAt": f"2016-03-{28 - n:02}T10:00:00Z"} for n in range(21)]

    def respond(url: str) -> Response:
        if "/reviews" not in url:
            return answer({"id": UNIT})
        start = (int(parse_qs(urlsplit(url).query)["page"][0]) - 1) * 3
        return answer({"reviews": old[start : start + 3]})

    first = read_pages(source(), FakeSession(respond))
    second = read_pages(source(), FakeSession(respond), first[-1].cursor)
    assert ids([*first, *second]) == [f"r{n}" for n in range(21)]


def test_the_links_of_a_page_tell_whether_it_is_the_last() -> None:
    rows = [review(1)]
    more = [{"rel": "next-page", "href": "https://api.trustpilot.com/v1/x"}]
    assert read_reviews({"reviews": rows, "links": more}, 1, 100).following == 2
    last = [{"rel": "previous-page", "href": "https://api.trustpilot.com/v1/x"}]
    assert read_reviews({"reviews": rows, "links": last}, 1, 100).following is None


def test_an_error_between_pages_loses_nothing() -> None:
    api = Api([review(n) for n in range(230)], fails_on=2)
    pages: list[Page] = []

    async def read() -> None:
        async for page in source().pages(FakeSession(api), {}):
            pages.append(page)  # noqa: PERF401 - what came before the error is kept

    with pytest.raises(FetchError):
        asyncio.run(read())
    api.fails_on = None
    rest = read_pages(source(), FakeSession(api), pages[-1].cursor)
    assert ids(pages) + ids(rest) == [f"r{n}" for n in range(230)]


def test_the_key_stands_in_a_header() -> None:
    session = FakeSession(Api([review(1)]))
    read_pages(source(language="fr"), session)
    assert {asked.headers["apikey"] for asked in session.asked} == {"hush"}
    assert all("hush" not in asked.url for asked in session.asked)
    assert "language=fr" in session.asked[-1].url


def test_edits_answers_and_what_is_withdrawn_are_followed() -> None:
    api = Api([review(1, stars=2), review(2, status="reported"), review(4)])

    async def look() -> list[Page]:
        session = FakeSession(api)
        return [page async for page in source().recheck(session, ["r1", "r2", "r3", "r4"])]

    pages = asyncio.run(look())
    assert {e.external_id: e.rating for page in pages for e in page.entries} == {"r1": 2, "r4": 5}
    assert [one for page in pages for one in page.removed] == ["r2", "r3"]


def test_a_change_of_stars_alone_is_told() -> None:
    api = Api([review(1)])
    *_, page = read_pages(source(), FakeSession(api))
    api.reviews = [review(1, stars=1)]
    page, *_ = read_pages(source(), FakeSession(api), page.cursor)
    assert [entry.rating for entry in page.entries] == [1.0]


@pytest.mark.parametrize(
    ("status", "code", "health"),
    [
        (401, Code.AUTH, Health.NEEDS_TOKEN),
        (403, Code.AUTH, Health.PERMISSION_MISSING),
        (404, Code.GONE, None),
        (429, Code.RATE_LIMITED, None),
    ],
)
def test_refusals_are_told_apart(status: int, code: Code, health: Health | None) -> None:
    with pytest.raises(FetchError) as caught:
        read_pages(source(), FakeSession(lambda _: answer({}, status=status)))
    assert (caught.value.code, caught.value.health) == (code, health)


@pytest.mark.parametrize(
    "options",
    [{"domain": None}, {"business_unit": UNIT}, {"domain": "https://x.fr"}, {"language": "french"}],
)
def test_what_is_missing_or_odd_is_an_error(options: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    api = Api([review(1), review(2, companyReply={"text": "Merci"})])

    def said(request: Request) -> Answer:
        found = api(request.target)
        return Answer(status=found.status, headers=dict(found.headers), body=found.body)

    with FeedServer({"*": said}) as web:
        shop = Shop(tmp_path, web)
        told = {"type": "trustpilot", "id": "avis", "key": "hush", "base_url": web.url("")}
        shop.configure(
            sources=[{**told, "domain": "bougamont.fr"}],
            network={"allow_private_hosts": [web.address]},
        )
        assert shop.poll()["avis"]["new"] == 2
        assert shop.poll()["avis"]["new"] == 0
        api.reviews[0]["status"] = "hidden"
        shop.poll()
        found = {m["external_id"]: m for m in shop.mentions()}
        assert found["r1"]["removed_at"] is not None
        assert found["r2"]["status"] == "handled"
