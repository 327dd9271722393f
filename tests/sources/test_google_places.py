"""Google Places: figures over time, reviews shown live, nothing of their words stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.model import Entry, Figure, Health, Json, Kind, Response
from monitor.sources.google_places import GooglePlaces, GooglePlacesOptions
from monitor.sources.google_places_details import read_legacy, read_place

FOLDER = DATA / "google_places"
NEW = json.loads((FOLDER / "place.synthetic.json").read_text("utf-8"))
LEGACY = json.loads((FOLDER / "legacy.synthetic.json").read_text("utf-8"))
FIGURES = (Figure(name="rating", value=4.4), Figure(name="rating_count", value=87.0))


def source(**options: object) -> GooglePlaces:
    told = {"type": "google_places", "key": "hush", "place": "ChIJmadeupmadeup", **options}
    return GooglePlaces(GooglePlacesOptions.model_validate(told), (BUSINESS,))


def test_a_stored_review_has_stars_and_a_link_and_no_word_of_its_author() -> None:
    first, second = read_place(NEW).entries
    assert first == Entry(
        external_id=first.external_id,
        url="https://www.google.com/maps/reviews/data=!4m6!14m5!1m4!2m3!1sR1",
        text="",
        kind=Kind.REVIEW,
        published_at=datetime(2026, 11, 21, 10, 0, 0, 500_000, UTC),
        rating=5.0,
    )
    assert len(first.external_id) == 64
    assert (second.rating, second.url) == (1.0, "https://maps.google.com/?cid=333")


def test_what_is_shown_live_is_whole_as_it_was_written() -> None:
    page = read_place(NEW)
    assert page.figures == FIGURES
    first, _ = page.live
    assert (first.text, first.language) == ("Un très beau bouquet.", "fr")
    assert (first.author, first.author_url) == (
        "Jeanne D.",
        "https://www.google.com/maps/contrib/1/reviews",
    )


def test_the_legacy_answer_is_read_alike() -> None:
    page = read_legacy(LEGACY)
    assert page.figures == FIGURES
    first, second = page.entries
    assert first.published_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert (first.text, first.author, first.rating) == ("", None, 5.0)
    assert first.url == second.url
    assert first.external_id != second.external_id
    assert page.live[0].text == "Un très beau bouquet."


def test_a_recorded_legacy_answer(shared: Path) -> None:
    folder = shared / "recordings" / "google_places"
    page = read_legacy(json.loads((folder / "details_en_6_fields.json").read_text("utf-8")))
    assert page.figures == (
        Figure(name="rating", value=4.0),
        Figure(name="rating_count", value=973.0),
    )
    [stored], [live] = page.entries, page.live
    assert (stored.rating, stored.url) == (1.0, "https://maps.google.com/?cid=10281119596374313554")
    assert stored.published_at == datetime(2023, 2, 6, 22, 35, 32, tzinfo=UTC)
    assert (stored.text, live.text, live.language) == ("", "redacted", "en")
    with pytest.raises(FetchError) as caught:
        read_legacy(json.loads((folder / "over_query_limit.json").read_text("utf-8")))
    assert caught.value.code is Code.RATE_LIMITED


def test_an_edited_review_keeps_its_identifier() -> None:
    edited = json.loads(json.dumps(LEGACY))
    edited["result"]["reviews"][0] |= {"rating": 2, "time": 1795355200, "text": "Fané."}
    before, after = read_legacy(LEGACY).entries[0], read_legacy(edited).entries[0]
    assert before.external_id == after.external_id
    assert after.rating == 2.0


def test_the_key_stands_in_a_header_and_the_fields_are_named() -> None:
    session = FakeSession(lambda _: answer(NEW))
    read_pages(source(), session)
    [asked] = session.asked
    assert asked.url == "https://places.googleapis.com/v1/places/ChIJmadeupmadeup?languageCode=fr"
    assert asked.headers["X-Goog-Api-Key"] == "hush"
    assert asked.headers["X-Goog-FieldMask"].endswith(",googleMapsUri,reviews")
    read_pages(source(reviews=False), session)
    assert "reviews" not in session.asked[1].headers["X-Goog-FieldMask"]


def test_money_is_counted_before_it_is_spent() -> None:
    session = FakeSession(lambda _: answer(NEW))
    careful = source(monthly_dollars=0.06)
    for _ in range(2):
        read_pages(careful, session)
    with pytest.raises(FetchError) as caught:
        read_pages(careful, session)
    assert caught.value.health is Health.BUDGET_SPENT
    assert len(session.asked) == 2
    assert caught.value.retry_at == datetime(2026, 12, 1, tzinfo=UTC)


def _error(status: int, name: str, reason: str = "") -> Response:
    return answer(
        {"error": {"code": status, "status": name, "details": [{"reason": reason}]}}, status=status
    )


@pytest.mark.parametrize(
    ("said", "options", "code", "health"),
    [
        (
            _error(400, "INVALID_ARGUMENT", "API_KEY_INVALID"),
            {},
            Code.AUTH,
            Health.NEEDS_TOKEN,
        ),
        (_error(403, "PERMISSION_DENIED"), {}, Code.AUTH, Health.PERMISSION_MISSING),
        (_error(404, "NOT_FOUND"), {}, Code.GONE, None),
        (_error(429, "RESOURCE_EXHAUSTED"), {}, Code.RATE_LIMITED, None),
        (
            answer({"status": "REQUEST_DENIED", "error_message": "no"}),
            {"api": "legacy"},
            Code.AUTH,
            Health.PERMISSION_MISSING,
        ),
        (answer({"status": "NOT_FOUND"}), {"api": "legacy"}, Code.GONE, None),
        (answer({"status": "ZERO_RESULTS"}), {"api": "legacy"}, Code.GONE, None),
        (answer({"status": "INVALID_REQUEST"}), {"api": "legacy"}, Code.API, None),
        (answer({"status": "OVER_DAILY_LIMIT"}), {"api": "legacy"}, Code.RATE_LIMITED, None),
    ],
)
def test_refusals_are_told_apart(
    said: Response, options: Mapping[str, Any], code: Code, health: Health | None
) -> None:
    with pytest.raises(SourceError) as caught:
        read_pages(source(**options), FakeSession(lambda _: said))
    assert (caught.value.code, caught.value.health) == (code, health)


@pytest.mark.parametrize("value", [{"reviews": {}}, {"reviews": [{"rating": 5}]}])
def test_what_is_no_list_of_reviews_is_malformed(value: dict[str, Json]) -> None:
    with pytest.raises(Malformed):
        read_place({**NEW, **value})


def test_a_place_is_an_identifier() -> None:
    with pytest.raises(ValidationError):
        source(place="https://maps.app.goo.gl/x")


def test_from_the_command_to_mentions_without_words(tmp_path: Path) -> None:
    with FeedServer() as web:
        headers = {"Content-Type": "application/json"}
        web["*"] = Answer(headers=headers, body=json.dumps(NEW).encode())
        shop = Shop(tmp_path, web)
        told = {"type": "google_places", "id": "carte", "key": "hush", "base_url": web.url("")}
        shop.configure(
            sources=[{**told, "place": "ChIJmadeupmadeup"}],
            network={"allow_private_hosts": [web.address]},
        )
        live = shop.ecoute("sources", "test", "carte").out
        assert "5/5 Jeanne D." in live
        assert "Un très beau bouquet." in live
        [tried, _] = json.loads(shop.ecoute("check", "--json").out)
        assert tried["live"][1]["author"] == "Tom"
        assert shop.poll()["carte"]["new"] == 2
        assert shop.poll()["carte"]["new"] == 0
        assert {(m["rating"], m["text"], m["author"]) for m in shop.mentions()} == {
            (5, "", None),
            (1, "", None),
        }
        dump = (tmp_path / "mentions.db").read_bytes()
        for word in ("Jeanne", "bouquet", "contrib"):
            assert word.encode() not in dump
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert state["figures"] == {"rating": 4.4, "rating_count": 87}
