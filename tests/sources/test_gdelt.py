from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.model import Business, Cursor, Page, Response
from monitor.sources.gdelt import Gdelt, GdeltOptions
from monitor.sources.gdelt_articles import code_of, read_articles, tidy_title

ARTLIST = answer((DATA / "gdelt" / "artlist.json").read_bytes())
NONE = answer({})
OTHER = Business(name="Chez Odile")
FLEURS = '("Fleurs Bougamont" OR "Simon Bougamont") -"Bougamont Immobilier"'
LATER = NOW + timedelta(seconds=6)


def gdelt(*businesses: Business, **options: object) -> Gdelt:
    told = GdeltOptions.model_validate({"type": "gdelt", **options})
    return Gdelt(told, businesses or (BUSINESS,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def full_page(first: datetime, last: datetime) -> Response:
    dates = [first] * 249 + [last]
    return answer(
        {
            "articles": [
                {"url": f"https://a.example/{n}", "seendate": f"{at:%Y%m%dT%H%M%SZ}"}
                for n, at in enumerate(dates)
            ]
        }
    )


def poll(
    source: Gdelt, session: FakeSession, cursor: Cursor
) -> tuple[list[Page], SourceError | None]:
    pages: list[Page] = []

    async def read() -> None:
        async for page in source.pages(session, cursor):
            pages.append(page)  # noqa: PERF401 - an error keeps those before

    try:
        asyncio.run(read())
    except SourceError as error:
        return pages, error
    return pages, None


# --- what is asked ------------------------------------------------------------------------------


def test_a_poll_sends_one_request_for_the_business_whose_turn_it_is() -> None:
    source = gdelt(BUSINESS, OTHER, language="fr", country="FR")
    session = FakeSession(lambda _: NONE)
    cursor: Cursor = {}
    for _ in range(3):
        cursor = read_pages(source, session, cursor)[-1].cursor
    texts = [query(request.url)["query"] for request in session.asked]
    assert texts == [
        f"{FLEURS} sourcelang:french sourcecountry:FR",
        '"Chez Odile" sourcelang:french sourcecountry:FR',
        texts[0],
    ]
    assert source.queries == tuple(texts[:2])


def test_base_url_stands_for_the_service() -> None:
    session = FakeSession(lambda _: NONE)
    read_pages(gdelt(base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/api/v2/doc/doc?")


def test_the_filters_have_room_in_the_query() -> None:
    names = tuple(f"Un nom assez long numéro {n}" for n in range(20))
    source = gdelt(Business(name="Fleurs", aliases=names), language="fr", country="FR")
    assert all(len(text) <= 250 for text in source.queries)


def test_the_first_poll_reads_a_week_and_the_next_an_hour_more_than_is_new() -> None:
    session = FakeSession(lambda _: ARTLIST)
    cursor = read_pages(gdelt(), session)[-1].cursor
    read_pages(gdelt(), session, cursor)
    asked = [query(request.url) for request in session.asked]
    assert [span["startdatetime"] for span in asked] == ["20261116070000", "20261123060000"]
    assert {span["enddatetime"] for span in asked} == {"20261123070000"}
    assert asked[0] == asked[0] | {"mode": "artlist", "format": "json", "sort": "dateasc"}


def test_more_than_one_answer_holds_is_read_from_where_it_ends() -> None:
    last = NOW - timedelta(days=2)
    session = FakeSession(lambda _: full_page(NOW - timedelta(days=6), last))
    cursor = read_pages(gdelt(), session)[-1].cursor
    read_pages(gdelt(), session, cursor)
    assert query(session.asked[1].url)["startdatetime"] == f"{last:%Y%m%d%H%M%S}"


def test_an_instant_that_fills_an_answer_does_not_hold_us() -> None:
    start = NOW - timedelta(days=7)
    session = FakeSession(lambda _: full_page(start, start))
    cursor = read_pages(gdelt(), session)[-1].cursor
    read_pages(gdelt(), session, cursor)
    assert query(session.asked[1].url)["startdatetime"] == "20261116071500"


def test_a_long_pause_asks_for_no_more_than_gdelt_keeps() -> None:
    long_ago: Cursor = {"read_to": {gdelt().queries[0]: 0, f"{BUSINESS.name}: x": 0}}
    key = f"{BUSINESS.name}: {gdelt().queries[0]}"
    session = FakeSession(lambda _: NONE)
    read_pages(gdelt(), session, {**long_ago, "read_to": {key: 1_600_000_000}})
    assert query(session.asked[0].url)["startdatetime"] == "20260826070000"


# --- backfill -----------------------------------------------------------------------------------


def test_a_backfill_asks_once_a_call_until_every_business_is_read() -> None:
    source, session = gdelt(BUSINESS, OTHER), FakeSession(lambda _: ARTLIST)
    since = NOW - timedelta(days=60)
    cursor: Cursor = {}

    async def call() -> None:
        nonlocal cursor
        async for page in source.history(session, since, cursor):
            cursor = page.cursor

    with pytest.raises(FetchError) as caught:
        asyncio.run(call())
    assert (caught.value.code, caught.value.retry_at) == (Code.RATE_LIMITED, LATER)
    asyncio.run(call())
    asyncio.run(call())
    asked = [query(request.url) for request in session.asked]
    assert len(asked) == 2
    assert {span["startdatetime"] for span in asked} == {"20260924070000"}


# --- what an article becomes --------------------------------------------------------------------


def test_every_field_of_an_article_is_read() -> None:
    [page] = read_pages(gdelt(), FakeSession(lambda _: ARTLIST))
    french, dutch = page.entries
    assert french.external_id == french.url == "https://www.gazette.example/2026/11/bougamont"
    assert french.title == "Chez Fleurs Bougamont, l'hiver commence tôt (Nord)"
    assert french.published_at == datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    assert french.author == french.outlet == "gazette.example"
    assert french.media == ("https://www.gazette.example/i/1.jpg",)
    assert (french.language, dutch.language) == ("fr", "nl")
    assert (french.text, dutch.media) == ("", ())
    assert french.searched_for == "Fleurs Bougamont"


@pytest.mark.parametrize(
    ("name", "code"),
    [("English", "en"), ("Bengali", "bn"), ("Luxembourgish", "lb"), ("", None), (3, None)],
)
def test_languages_are_known_by_their_english_names(name: str | int, code: str | None) -> None:
    assert code_of(name) == code


def test_quotes_and_french_spaces_in_a_title_stay() -> None:
    title = "Elle dit 'bonjour' : quoi ? « Rien » !"
    assert tidy_title(title) == title


def test_no_result_is_no_error() -> None:
    [page] = read_pages(gdelt(), FakeSession(lambda _: NONE))
    assert (page.entries, page.problem) == ((), None)


def test_an_article_without_an_address_costs_only_itself() -> None:
    rows = answer({"articles": [{"title": "?"}, {"url": "https://a.example/"}]})
    [page] = read_pages(gdelt(), FakeSession(lambda _: rows))
    assert len(page.entries) == 1
    assert page.problem == "1 of 2 unreadable, first articles[0]: url is missing"


def test_invalid_escapes_are_repaired_and_valid_ones_left() -> None:
    body = rb'{"articles": [{"url": "https://a.example/", "title": "L\'an \d \u00e9t\u00e9 \\d"}]}'
    [entry] = read_articles(body, retry_at=LATER).entries
    assert entry.title == r"L'an \d été \d"


# --- errors that come with a 200 ----------------------------------------------------------------


def test_a_request_to_slow_down_is_a_limit() -> None:
    said = answer(b"Please limit requests to one every 5 seconds or contact us.")
    pages, error = poll(gdelt(), FakeSession(lambda _: said), {})
    assert pages == []
    assert error is not None
    assert (error.code, error.retry_at) == (Code.RATE_LIMITED, LATER)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"The specified phrase is too short.\n", "not JSON: The specified phrase is too short."),
        (b"<html><body>Error</body></html>", "a page where JSON was due"),
        (b"", "the answer is empty"),
        (b"[]", "the answer is not an object"),
        (b'{"articles": {}}', "articles is not a list"),
    ],
)
def test_what_is_no_answer_is_told_and_the_next_search_has_its_turn(body: bytes, told: str) -> None:
    source = gdelt(BUSINESS, OTHER)
    pages, error = poll(source, FakeSession(lambda _: answer(body)), {})
    assert isinstance(error, Malformed)
    assert (error.code, error.detail) == (Code.API, told)
    session = FakeSession(lambda _: NONE)
    read_pages(source, session, pages[-1].cursor)
    assert query(session.asked[0].url)["query"] == '"Chez Odile"'


def test_a_search_that_failed_is_read_from_where_it_was() -> None:
    cursor = read_pages(gdelt(), FakeSession(lambda _: NONE))[-1].cursor
    pages, _ = poll(gdelt(), FakeSession(lambda _: answer(b"nope")), cursor)
    assert pages[-1].cursor == cursor


def test_a_throttled_request_keeps_its_turn() -> None:
    pages, error = poll(gdelt(), FakeSession(lambda _: answer(b"", status=429)), {})
    assert (pages, error and error.code) == ([], Code.RATE_LIMITED)
