from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, Malformed
from monitor.model import Business, Kind, Response
from monitor.sources.bing_news import BingNews, BingNewsOptions, market_of, read_search

SEARCH = answer((DATA / "bing_news" / "search.xml").read_bytes())
EMPTY = answer((DATA / "bing_news" / "empty.xml").read_bytes())
OTHER = Business(name="Chez Odile")


def bing(*businesses: Business, **options: object) -> BingNews:
    told = BingNewsOptions.model_validate({"type": "bing_news", **options})
    return BingNews(told, businesses or (BUSINESS,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def page_of(*numbers: int) -> Response:
    items = "".join(f"<item><link>https://a.example/{n}</link></item>" for n in numbers)
    return answer(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())


def test_one_search_is_sent_for_each_business() -> None:
    session = FakeSession(lambda _: SEARCH)
    pages = read_pages(bing(BUSINESS, OTHER), session)
    assert urlsplit(session.asked[0].url).path == "/news/search"
    assert query(session.asked[0].url)["q"] == (
        '("Fleurs Bougamont" OR "Simon Bougamont") -"Bougamont Immobilier"'
    )
    assert query(session.asked[1].url) == {
        "q": '"Chez Odile"',
        "format": "rss",
        "mkt": "fr-FR",
        "setlang": "fr",
        "cc": "FR",
        "qft": 'sortbydate="1"',
    }
    assert [page.entries[0].searched_for for page in pages] == ["Fleurs Bougamont", "Chez Odile"]


def test_what_is_not_documented_can_be_left_out() -> None:
    session = FakeSession(lambda _: SEARCH)
    read_pages(bing(OTHER, market=None, newest_first=False), session)
    assert query(session.asked[0].url) == {"q": '"Chez Odile"', "format": "rss"}


def test_base_url_stands_for_bing() -> None:
    session = FakeSession(lambda _: SEARCH)
    read_pages(bing(base_url="http://127.0.0.1:8080/"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/news/search?")


def test_every_field_of_an_article_is_read() -> None:
    article, _ = read_search(SEARCH, "fr-FR", "Fleurs Bougamont").entries
    assert article.url == "https://gazette.example/2026/11/bougamont?page=2"
    assert article.external_id == article.url
    assert article.title == "Fleurs Bougamont fête ses trente ans"
    assert article.text == ("La fleuriste de Valenciennes ouvre une deuxième boutique & embauche…")
    assert article.outlet == article.author == "La Gazette du Nord"
    assert article.published_at == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert article.media == ("http://www.bing.com/th?id=OVFT.abc&pid=News",)
    assert (article.kind, article.language, article.author_url) == (Kind.ARTICLE, None, None)


def test_a_link_whose_wrapping_changes_keeps_its_identifier() -> None:
    other = answer(SEARCH.body.replace(b"tid=AAA1", b"tid=BBB7"))
    ids = [entry.external_id for entry in read_search(SEARCH, None, None).entries]
    assert [entry.external_id for entry in read_search(other, None, None).entries] == ids


def test_an_answer_of_another_market_must_name_the_business_itself() -> None:
    right, wrong = read_search(SEARCH, "fr-FR", "Fleurs Bougamont").entries
    assert (right.searched_for, wrong.searched_for) == ("Fleurs Bougamont", None)


def test_a_link_that_is_not_wrapped_tells_no_market() -> None:
    assert market_of("https://gazette.example/a?mkt=fr-fr") is None
    assert market_of("http://[broken/apiclick.aspx?mkt=fr-fr") is None


def test_further_pages_are_read_until_one_holds_nothing_new() -> None:
    answers = {None: page_of(1, 2), "11": page_of(3), "21": page_of(3)}
    session = FakeSession(lambda url: answers[query(url).get("first")])
    pages = read_pages(bing(OTHER, depth=5), session)
    assert [len(page.entries) for page in pages] == [2, 1, 1]
    assert len(session.asked) == 3


def test_while_the_first_page_is_the_same_no_other_is_read() -> None:
    answers = {None: page_of(1, 2), "11": page_of(3)}
    session = FakeSession(lambda url: answers[query(url).get("first")])
    cursor = read_pages(bing(OTHER, depth=2), session)[-1].cursor
    session.asked.clear()
    read_pages(bing(OTHER, depth=2), session, cursor)
    assert [query(request.url).get("first") for request in session.asked] == [None]
    assert session.asked[0].conditional


def test_a_search_that_was_cut_is_read_to_its_end_at_the_next_poll() -> None:
    answers = {None: page_of(1, 2), "11": page_of(3)}
    session = FakeSession(lambda url: answers[query(url).get("first")])
    cursor = read_pages(bing(OTHER, depth=2), session)[0].cursor
    session.asked.clear()
    read_pages(bing(OTHER, depth=2), session, cursor)
    assert len(session.asked) == 2
    assert not session.asked[0].conditional  # "not modified" would hide the second page


def test_an_unchanged_search_has_no_entries() -> None:
    pages = read_pages(bing(), FakeSession(lambda _: answer(b"", status=304)))
    assert [page.entries for page in pages] == [()]


def test_no_result_is_no_error() -> None:
    assert [page.entries for page in read_pages(bing(), FakeSession(lambda _: EMPTY))] == [()]


def test_a_page_of_refusal_is_no_result() -> None:
    page = answer(b"<!doctype html><html>Un instant", content_type="text/html")
    with pytest.raises(Malformed) as caught:
        read_search(page, None, None)
    assert caught.value.code == Code.NOT_A_FEED


def test_a_market_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        bing(market="France")


def test_the_recording_is_read(shared: Path) -> None:
    body = (shared / "recordings" / "bing-news" / "news_search_2021.xml").read_bytes()
    [article] = read_search(answer(body), "fr-FR", "Real Madrid").entries
    assert article.url == (
        "https://www.dailymail.co.uk/sport/football/article-9554407/Real-Madrid-Barcelona-"
        "Juventus-threaten-clubs-withdrawing-Super-League-legal-action.html"
    )
    assert article.title == (
        "Real Madrid, Barcelona and Juventus 'threaten clubs withdrawing from Super League "
        "with legal action'"
    )
    assert article.text.startswith("The three European giants are refusing to let the plans die")
    assert article.outlet == "Daily Mail"
    assert article.published_at == datetime(2021, 5, 7, 12, tzinfo=UTC)
    assert article.media == ("http://www.bing.com/th?id=OVFT.SNpH_QAbpZOYgrEHZRyCTi&pid=News",)
    assert article.searched_for is None  # the Italian market answered
