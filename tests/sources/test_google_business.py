"""The reviews of the owner's places at Google: read to their end, edits and vanished ones known."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
from monitor.model import Cursor, Entry, Figure, Health, Json, Kind, Page, Response
from monitor.sources.google_business import GoogleBusiness, GoogleBusinessOptions
from monitor.sources.google_business_places import read_listing

ONE = json.loads((DATA / "google_business" / "reviews.synthetic.json").read_text("utf-8"))
MAPS = "https://maps.google.com/maps?cid=333"
PLACE = "accounts/111/locations/222"


def source(**options: object) -> GoogleBusiness:
    told = {"client_id": "app", "client_secret": "hush", "refresh_token": "hush-hush"}
    made = GoogleBusinessOptions.model_validate({"type": "google_business", **told, **options})
    return GoogleBusiness(made, (BUSINESS,))


def review(number: int, **more: object) -> dict[str, Any]:
    """A review; the higher its number, the older."""
    at = (NOW - timedelta(days=number)).isoformat()
    return {
        "reviewId": f"r{number}",
        "reviewer": {"displayName": f"Client {number}"},
        "starRating": "FOUR",
        "comment": f"Avis numéro {number}",
        "createTime": at,
        "updateTime": at,
        **more,
    }


@dataclass
class Google:
    """The four hosts in one; ``refused`` answers in place of the reviews of a place."""

    places: dict[str, list[dict[str, Any]]]
    refused: dict[str, Response] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    size: int = 2
    lost_tokens: bool = False

    def __call__(self, url: str) -> Response:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        if path == "/token":
            return answer({"access_token": "access", "expires_in": 3600})
        if path == "/v1/accounts":
            return answer({"accounts": [{"name": "accounts/111"}]})
        if path.endswith("/locations"):
            rows = [{"name": one.removeprefix("accounts/111/")} for one in self.places]
            return answer({"locations": [{**r, "metadata": {"mapsUri": MAPS}} for r in rows]})
        place = path.removeprefix("/v4/").removesuffix("/reviews")
        if place in self.refused:
            return self.refused[place]
        start = int(query["pageToken"][0]) if "pageToken" in query else 0
        if start and self.lost_tokens:
            return answer({"error": {"code": 400, "status": "INVALID_ARGUMENT"}}, status=400)
        newest = sorted(self.places[place], key=lambda r: str(r["updateTime"]), reverse=True)
        end = start + self.size
        more: dict[str, Json] = {"nextPageToken": str(end)} if end < len(newest) else {}
        total = self.totals.get(place, len(newest))
        return answer(
            {"reviews": newest[start:end], "totalReviewCount": total, "averageRating": 4.0, **more}
        )


@dataclass
class Poll:
    """One source polled again and again, each time from what the last poll left."""

    google: Google
    options: Mapping[str, object] = field(default_factory=dict)
    cursor: Cursor = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    error: FetchError | None = None

    def __call__(self, *, most: int | None = None) -> list[Page]:
        """Poll, and keep the last page's cursor; ``most`` pages only."""
        session = FakeSession(self.google)
        pages: list[Page] = []
        self.error = None

        async def read() -> None:
            async for page in source(**self.options).pages(session, self.cursor):
                pages.append(page)
                if most is not None and len(pages) == most:
                    return

        try:
            asyncio.run(read())
        except FetchError as error:
            self.error = error
        self.cursor = json.loads(json.dumps(pages[-1].cursor)) if pages else self.cursor
        self.asked = [one.url for one in session.asked if "/reviews" in one.url]
        return pages


def ids(pages: list[Page]) -> list[str]:
    return [entry.external_id for page in pages for entry in page.entries]


def removed(pages: list[Page]) -> list[str]:
    return [one for page in pages for one in page.removed]


def test_every_field_is_read() -> None:
    first, stars, answered = read_listing(ONE, MAPS).entries
    assert first == Entry(
        external_id="AbC-1",
        url=MAPS,
        text="Un bouquet superbe & frais.",
        kind=Kind.REVIEW,
        author="Jeanne D.",
        published_at=datetime(2026, 11, 22, 9, 14, 3, 123456, UTC),
        rating=5.0,
    )
    assert (stars.text, stars.rating, stars.author) == ("", 1.0, "A Google user")
    assert (answered.text, answered.answered) == ("Livraison en retard.", True)
    assert answered.answered
    assert answered.published_at == datetime(2025, 5, 1, 8, tzinfo=UTC)


def test_places_are_found_and_read_with_a_token_of_the_refresh_token() -> None:
    session = FakeSession(lambda url: answer(ONE))
    [page] = read_pages(source(), session)
    assert [entry.external_id for entry in page.entries] == ["AbC-1", "AbC-2", "AbC-3"]
    assert page.figures == (Figure(name="rating", value=2.7), Figure(name="rating_count", value=3))
    assert [one.url.partition("?")[0] for one in session.asked] == [
        "https://oauth2.googleapis.com/token",
        "https://mybusinessaccountmanagement.googleapis.com/v1/accounts",
        "https://mybusinessbusinessinformation.googleapis.com/v1/accounts/111/locations",
        f"https://mybusiness.googleapis.com/v4/{PLACE}/reviews",
    ]
    assert session.asked[-1].headers["Authorization"] == "Bearer ya29.made-up"
    assert "ya29" not in json.dumps(page.cursor)


def test_all_pages_are_read_and_a_second_poll_asks_once_and_tells_nothing() -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(5)]}))
    assert ids(poll()) == ["r0", "r1", "r2", "r3", "r4"]
    again = poll()
    assert (ids(again), len(poll.asked)) == ([], 1)


def test_a_reading_cut_by_the_limit_goes_on_where_it_was_cut() -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(1, 8)]}), {"max_pages": 2})
    assert ids(poll()) == ["r1", "r2", "r3", "r4"]
    assert ids(poll()) == ["r5", "r6", "r7"]
    poll.google.places[PLACE].append(review(0))
    assert ids(poll()) == ["r0"]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_poll_cut_after_any_page_loses_nothing(most: int) -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(9)]}))
    found = [one for _ in range(6) for one in ids(poll(most=most))]
    assert sorted(found) == sorted(f"r{n}" for n in range(9))


def test_the_mark_of_a_page_that_is_lost_begins_anew() -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(6)]}), {"max_pages": 2})
    poll()
    poll.google.lost_tokens = True
    poll.google.size = 10
    assert ids(poll()) == ["r4", "r5"]


def test_an_edit_and_an_answer_are_told_anew() -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(5)]}))
    poll()
    at = NOW.isoformat()
    poll.google.places[PLACE][4] = review(4, starRating="ONE", updateTime=at)
    poll.google.places[PLACE][1] = review(
        1, reviewReply={"comment": "Merci", "updateTime": at}, updateTime=at
    )
    told = {e.external_id: (e.rating, e.answered) for page in poll() for e in page.entries}
    assert told == {"r4": (1.0, False), "r1": (4.0, True)}
    assert ids(poll()) == []


def test_vanished_reviews_are_noticed_by_the_count_and_restored_ones_told_again() -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(6)]}))
    poll()
    gone = poll.google.places[PLACE].pop(4)
    assert removed(poll()) == ["r4"]
    assert (removed(poll()), len(poll.asked)) == ([], 1)
    poll.google.places[PLACE].append(gone)
    assert ids(poll()) == ["r4"]


def test_one_that_came_as_another_went_does_not_hide_it() -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(1, 7)]}))
    poll()
    del poll.google.places[PLACE][3]
    poll.google.places[PLACE].append(review(0))
    pages = poll()
    assert (ids(pages), removed(pages)) == (["r0"], ["r4"])


def test_a_list_shorter_than_the_count_removes_nothing_and_is_asked_for_once() -> None:
    poll = Poll(Google({PLACE: [review(n) for n in range(4)]}, totals={PLACE: 9}))
    assert removed(poll()) == []
    poll.google.places[PLACE].pop()
    poll.google.totals[PLACE] = 8
    assert removed(poll()) == []
    poll()
    assert len(poll.asked) == 1


def test_a_place_that_fails_does_not_starve_the_others() -> None:
    other = "accounts/111/locations/444"
    google = Google({PLACE: [review(1)], other: [review(2)]})
    google.refused[PLACE] = answer({"error": {"code": 500}}, status=500)
    poll = Poll(google)
    assert ids(poll()) == []
    assert poll.error is not None
    assert ids(poll()) == ["r2"]
    del google.refused[PLACE]
    assert ids(poll()) == ["r1"]


def test_figures_are_those_of_all_places() -> None:
    other = "accounts/111/locations/444"
    pages = Poll(Google({PLACE: [review(1)], other: [review(2), review(3)]}))()
    assert pages[-1].figures[1] == Figure(name="rating_count", value=3)


def test_only_the_chosen_places_are_read() -> None:
    google = Google({PLACE: [review(1)], "accounts/111/locations/444": [review(2)]})
    for chosen in (PLACE, "locations/222"):
        assert ids(Poll(google, {"locations": [chosen]})()) == ["r1"]


def test_an_account_without_places_is_no_silence() -> None:
    [page] = Poll(Google({}))()
    assert page.standing is not None
    assert page.standing.health is Health.PERMISSION_MISSING


def refusal(status: int, name: str, **detail: Json) -> Response:
    error: Json = {"code": status, "status": name, "message": "Refused.", "details": [detail]}
    return answer({"error": error}, status=status)


NO_QUOTA = refusal(
    429, "RESOURCE_EXHAUSTED", reason="RATE_LIMIT_EXCEEDED", metadata={"quota_limit_value": "0"}
)
BUSY = refusal(
    429, "RESOURCE_EXHAUSTED", reason="RATE_LIMIT_EXCEEDED", metadata={"quota_limit_value": "300"}
)


@pytest.mark.parametrize(
    ("said", "code", "health", "missing"),
    [
        (NO_QUOTA, Code.RATE_LIMITED, Health.REVIEW_MISSING, "Application for Basic API Access"),
        (BUSY, Code.RATE_LIMITED, None, ""),
        (
            refusal(403, "PERMISSION_DENIED", reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            Code.AUTH,
            Health.PERMISSION_MISSING,
            "business.manage",
        ),
        (
            refusal(
                403,
                "PERMISSION_DENIED",
                reason="SERVICE_DISABLED",
                metadata={"service": "mybusiness.googleapis.com"},
            ),
            Code.AUTH,
            Health.PERMISSION_MISSING,
            "mybusiness.googleapis.com",
        ),
        (refusal(401, "UNAUTHENTICATED"), Code.AUTH, Health.TOKEN_EXPIRED, ""),
    ],
)
def test_refusals_say_what_a_person_has_to_do(
    said: Response, code: Code, health: Health | None, missing: str
) -> None:
    poll = Poll(Google({PLACE: [review(1)]}))
    poll()
    poll.google.refused[PLACE] = said
    poll()
    assert poll.error is not None
    assert (poll.error.code, poll.error.health, poll.error.missing) == (code, health, missing)


def test_too_many_requests_at_the_very_first_means_that_none_are_granted() -> None:
    session = FakeSession(lambda url: answer(ONE) if "token" in url else replace(BUSY, url=url))
    with pytest.raises(FetchError) as caught:
        read_pages(source(), session)
    assert caught.value.health is Health.REVIEW_MISSING


def test_a_withdrawn_consent_wants_a_new_token() -> None:
    session = FakeSession(lambda url: answer({"error": "invalid_grant"}, status=400))
    with pytest.raises(FetchError) as caught:
        read_pages(source(), session)
    assert (caught.value.code, caught.value.health) == (Code.AUTH, Health.TOKEN_EXPIRED)


@pytest.mark.parametrize("locations", [["333"], ["accounts/1/places/2"], ["locations/../2"]])
def test_a_place_is_named_as_google_does(locations: list[str]) -> None:
    with pytest.raises(ValidationError):
        source(locations=locations)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    google = Google({PLACE: [review(n) for n in range(5)]})

    def said(request: Request) -> Answer:
        found = google(request.target)
        return Answer(status=found.status, headers=dict(found.headers), body=found.body)

    with FeedServer({"*": said}) as web:
        shop = Shop(tmp_path, web)
        told = {"type": "google_business", "id": "avis", "base_url": web.url("")}
        keys = {"client_id": "app", "client_secret": "hush", "refresh_token": "hush"}
        shop.configure(sources=[{**told, **keys}], network={"allow_private_hosts": [web.address]})
        assert shop.poll()["avis"]["new"] == 5
        assert shop.poll()["avis"]["new"] == 0
        google.places[PLACE][0] = review(0, reviewReply={"comment": "Merci"})
        google.places[PLACE].pop()
        shop.poll()
        found = {m["external_id"]: m for m in shop.mentions()}
        assert len(found) == 5
        assert (found["r0"]["status"], found["r1"]["status"]) == ("handled", "new")
        assert found["r4"]["removed_at"] is not None
        assert (found["r3"]["rating"], found["r3"]["kind"]) == (4, "review")
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert state["figures"] == {"rating": 4, "rating_count": 4}
        google.refused[PLACE] = NO_QUOTA
        shop.poll()
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert state["state"] == "review_missing"
        assert "Application for Basic API Access" in state["error"]["message"]
        assert "hush" not in shop.ecoute("sources", "--json").out
