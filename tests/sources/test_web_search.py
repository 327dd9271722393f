"""Web search: engines asked by name and site, within a budget, each hit told once."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes import SHOP
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer
from sources.fake_session import DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Json, Kind, Page, Response
from monitor.sources.search_backends import read_brave, read_mojeek, read_searxng
from monitor.sources.web_search import WebSearch, WebSearchOptions

FOLDER = DATA / "web_search"
BRAVE = json.loads((FOLDER / "brave.synthetic.json").read_text("utf-8"))
SEARXNG = json.loads((FOLDER / "searxng.synthetic.json").read_text("utf-8"))
NOTHING = answer({"type": "search", "query": {}, "web": {"results": []}})


def source(*, business: Business = SHOP, **options: object) -> WebSearch:
    told = {"type": "web_search", "backend": "brave", "key": "secret", **options}
    return WebSearch(WebSearchOptions.model_validate(told), (business,))


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def titles(pages: list[Page]) -> list[str | None]:
    return [entry.title for page in pages for entry in page.entries]


def test_hits_are_excerpts_with_a_date_only_where_one_is_told() -> None:
    [scribd, directory, forum] = read_brave(BRAVE).hits
    assert scribd.title == "Carte des mariages & Fleurs Bougamont"
    assert scribd.text == "La carte de Fleurs Bougamont pour 2026.\nBouquets de mariée dès 60 €."
    assert str(scribd.published_at) == "2026-11-20 09:30:00+00:00"
    assert directory.published_at is None
    assert forum.url == "https://forum.example/t/77"
    assert read_brave(BRAVE).problem == "1 results without an address"


def test_the_samples_that_brave_publishes_are_read(shared: Path) -> None:
    for name, hits in (("web", 1), ("news", 1)):
        file = shared / "recordings" / "websearch" / f"brave_{name}_docsample.json"
        assert len(read_brave(json.loads(file.read_text("utf-8"))).hits) >= hits


def test_engines_that_did_not_answer_are_told_and_none_at_all_is_an_error() -> None:
    found = read_searxng(SEARXNG)
    assert [hit.is_news for hit in found.hits] == [False, True]
    assert found.problem == "google: CAPTCHA"
    with pytest.raises(Malformed, match="no engine answered"):
        read_searxng({**SEARXNG, "results": []})


def test_mojeek_is_read_by_its_seconds() -> None:
    row: Json = {"url": "https://a.example/", "title": "t", "desc": "d", "timestamp": 1490376472}
    [hit] = read_mojeek({"response": {"results": [row]}}).hits
    assert str(hit.published_at) == "2017-03-24 17:27:52+00:00"


def test_each_name_is_asked_once_a_site_with_the_key_in_a_header() -> None:
    session = FakeSession(lambda _: NOTHING)
    read_pages(source(sites=["scribd.com", "pagesjaunes.fr"]), session)
    asked = [query_of(request.url)["q"] for request in session.asked]
    assert asked == ['site:scribd.com "Fleurs Bougamont"', 'site:pagesjaunes.fr "Fleurs Bougamont"']
    assert query_of(session.asked[0].url)["text_decorations"] == "false"
    assert all("secret" not in request.url for request in session.asked)
    assert {(request.headers or {}).get("X-Subscription-Token") for request in session.asked} == {
        "secret"
    }


def test_what_was_seen_is_not_told_again_in_other_words() -> None:
    searched = source(sites=["scribd.com"])
    session = FakeSession(lambda _: answer(BRAVE))
    first = read_pages(searched, session)
    assert len(titles(first)) == 3
    other = json.loads(json.dumps(BRAVE).replace("2026.", "2027."))
    second = read_pages(searched, FakeSession(lambda _: answer(other)), first[-1].cursor)
    assert titles(second) == []


def test_pages_are_read_to_the_end_and_an_engine_that_repeats_itself_ends() -> None:
    def row(number: int) -> dict[str, str]:
        return {"url": f"https://a.example/{number}", "title": f"Fleurs Bougamont {number}"}

    def respond(url: str) -> Response:
        offset = min(int(query_of(url)["offset"]), 2)
        rows = [row(offset * 2), row(offset * 2 + 1)]
        more = {"more_results_available": True}
        return answer({"type": "search", "query": more, "web": {"results": rows}})

    session = FakeSession(respond)
    pages = read_pages(source(sites=["a.example"], max_pages=9), session)
    assert len(titles(pages)) == 6
    assert len(session.asked) == 4


def test_later_polls_ask_only_for_what_came_since() -> None:
    searched = source()
    session = FakeSession(lambda _: NOTHING)
    first = read_pages(searched, session)
    assert all("freshness" not in query_of(request.url) for request in session.asked)
    later = FakeSession(lambda _: NOTHING)
    read_pages(searched, later, first[-1].cursor)
    assert {query_of(request.url)["freshness"] for request in later.asked} == {"pd"}
    long_ago = json.loads(json.dumps(first[-1].cursor))
    long_ago["read_at"] = {
        key: (NOW - timedelta(days=12)).isoformat() for key in long_ago["read_at"]
    }
    late = FakeSession(lambda _: NOTHING)
    read_pages(searched, late, long_ago)
    assert {query_of(request.url)["freshness"] for request in late.asked} == {"pm"}


def test_the_budget_is_kept_before_each_request_in_units_and_money() -> None:
    for limit in ({"monthly_requests": 1}, {"monthly_dollars": 0.009}):
        session = FakeSession(lambda _: NOTHING)
        with pytest.raises(FetchError) as refused:
            read_pages(source(sites=["a.example", "b.example"], **limit), session)
        assert (len(session.asked), refused.value.health) == (1, "budget_spent")
        assert refused.value.retry_at is not None
        assert (refused.value.retry_at.month, refused.value.retry_at.day) == (12, 1)


@pytest.mark.parametrize(
    ("status", "body", "headers", "code", "health"),
    [
        (422, {"error": {"code": "SUBSCRIPTION_TOKEN_INVALID"}}, {}, "auth", "needs_token"),
        (403, {}, {}, "auth", "needs_token"),
        (
            429,
            {},
            {"x-ratelimit-remaining": "0, 0", "x-ratelimit-reset": "1, 86400"},
            "rate_limited",
            "budget_spent",
        ),
        (
            429,
            {},
            {"x-ratelimit-remaining": "0, 900", "x-ratelimit-reset": "1, 86400"},
            "rate_limited",
            "rate_limited",
        ),
        (500, {}, {}, "http_status", None),
    ],
)
def test_refusals_are_told_apart(
    status: int, body: dict[str, Any], headers: dict[str, str], code: str, health: str | None
) -> None:
    session = FakeSession(lambda _: answer(body, status=status, more=headers))
    with pytest.raises(FetchError) as refused:
        read_pages(source(), session)
    assert (refused.value.code, refused.value.health) == (code, health)
    assert refused.value.code is not Code.RATE_LIMITED or refused.value.retry_at is not None


def test_a_server_without_json_says_what_to_set() -> None:
    session = FakeSession(lambda _: answer(b"", status=403))
    searched = source(backend="searxng", key=None, instance="https://searx.example.fr")
    with pytest.raises(FetchError) as refused:
        read_pages(searched, session)
    assert refused.value.health == "permission_missing"
    assert "json" in refused.value.missing


def test_a_search_that_always_fails_starves_no_other() -> None:
    def respond(url: str) -> Response:
        is_bad = "a.example" in query_of(url)["q"]
        return answer(b"no json") if is_bad else answer(BRAVE)

    searched = source(sites=["a.example", "b.example"])

    async def first_page() -> Page:
        return await anext(searched.pages(FakeSession(respond), {}))

    page = asyncio.run(first_page())
    assert titles(read_pages(searched, FakeSession(lambda _: answer(BRAVE)), page.cursor)) != []
    assert "b.example" in str(page.cursor["first"])


def test_platforms_with_oembed_tell_title_and_author_and_a_404_hides_no_hit() -> None:
    def respond(url: str) -> Response:
        if "oembed" not in url:
            return answer(SEARXNG)
        told = {
            "title": "Vlog",
            "author_name": "Valou",
            "author_url": "https://www.tiktok.com/@valou",
        }
        return answer(told)

    searched = source(backend="searxng", key=None, instance="https://searx.example.fr")
    pages = read_pages(searched, FakeSession(respond))
    video, article = (entry for page in pages for entry in page.entries)
    assert (video.title, video.author, video.kind) == ("Vlog", "Valou", Kind.VIDEO)
    assert video.text.splitlines()[0] == "Vlog chez Fleurs Bougamont"
    assert (video.outlet, article.kind) == ("tiktok.com", Kind.ARTICLE)
    gone = FakeSession(lambda url: answer({}, status=404) if "oembed" in url else answer(SEARXNG))
    assert titles(read_pages(searched, gone)) == titles(
        read_pages(searched, FakeSession(lambda url: answer({} if "oembed" in url else SEARXNG)))
    )


def test_profiles_and_channels_are_not_asked_of_oembed() -> None:
    links = ["youtube.com/@fleurs", "x.com/fleurs", "tiktok.com/@fleurs", "pinterest.fr/fleurs/a/"]
    rows = [{"url": f"https://www.{link}", "title": f"Fleurs Bougamont {link}"} for link in links]
    session = FakeSession(lambda _: answer({"type": "search", "web": {"results": rows}}))
    assert len(titles(read_pages(source(sites=["a.example"]), session))) == 4
    assert [one.url for one in session.asked if "oembed" in one.url] == []


@pytest.mark.parametrize(
    "options",
    [{"key": None}, {"backend": "searxng", "key": None}, {"sites": ["https://scribd.com"]}],
)
def test_what_is_missing_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    with FeedServer() as web:
        web["*"] = Answer(
            headers={"Content-Type": "application/json"}, body=json.dumps(SEARXNG).encode()
        )
        shop = Shop(tmp_path, web)
        shop.configure(
            sources=[
                {
                    "type": "web_search",
                    "id": "web",
                    "backend": "searxng",
                    "instance": "https://searx.example.fr",
                    "base_url": web.url("/").rstrip("/"),
                }
            ],
            network={"allow_private_hosts": [web.address]},
        )
        report = shop.poll()["web"]
        assert (report["error"], report["new"]) == (None, 2)
        assert shop.poll()["web"]["new"] == 0
        assert {m["kind"] for m in shop.mentions()} == {"video", "article"}
        web["*"] = Answer(status=403)
        shop.poll()
        [told] = json.loads(shop.ecoute("sources", "--json").out)
        assert (told["state"], told["error"]["code"]) == ("permission_missing", "auth")
        assert "json" in told["error"]["message"]
