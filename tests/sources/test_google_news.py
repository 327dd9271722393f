from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, Malformed
from monitor.model import Business, Entry
from monitor.sources.google_news import GoogleNews, GoogleNewsOptions, decode_link, read_search

SEARCH = answer((DATA / "google_news" / "search.xml").read_bytes())
OTHER = Business(name="Chez Odile")


def news(*businesses: Business, **options: object) -> GoogleNews:
    told = GoogleNewsOptions.model_validate({"type": "google_news", **options})
    return GoogleNews(told, businesses or (BUSINESS,))


def recorded(shared: Path, name: str) -> tuple[Entry, ...]:
    return read_search(answer((shared / "recordings" / "google-news" / name).read_bytes())).entries


def test_one_search_is_sent_for_each_business() -> None:
    session = FakeSession(lambda _: SEARCH)
    pages = read_pages(news(BUSINESS, OTHER, when="7d"), session)
    asked = [parse_qs(urlsplit(request.url).query) for request in session.asked]
    assert asked[1] == {
        "q": ['"Chez Odile" when:7d'],
        "hl": ["fr"],
        "gl": ["FR"],
        "ceid": ["FR:fr"],
    }
    assert [{entry.searched_for for entry in page.entries} for page in pages] == [
        {"Fleurs Bougamont"},
        {"Chez Odile"},
    ]


def test_base_url_stands_for_google() -> None:
    session = FakeSession(lambda _: SEARCH)
    read_pages(news(base_url="http://127.0.0.1:8080/", country="BE"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/rss/search?q=")
    assert session.asked[0].url.endswith("ceid=BE%3Afr")


def test_the_outlet_is_cut_from_the_title_and_named() -> None:
    article, _ = read_search(SEARCH).entries
    assert article.title == "Fleurs Bougamont - trente ans - et après ?"
    assert article.outlet == article.author == "La Gazette - Nord"
    assert article.author_url == "https://gazette.example"


def test_the_description_is_no_text() -> None:
    assert [entry.text for entry in read_search(SEARCH).entries] == ["", ""]


def test_an_old_link_is_decoded_and_a_new_one_left() -> None:
    new, old = read_search(SEARCH).entries
    assert new.url == "https://news.google.com/rss/articles/CBMiopaque?oc=5"
    assert old.url == "https://echo.example/fleuriste"


@pytest.mark.parametrize("token", ["CBM", "CBMi", "CBMi____", "CBMiHGh0dHBz", "CBMi" + "A" * 999])
def test_a_token_that_holds_nothing_leaves_the_link(token: str) -> None:
    link = f"https://news.google.com/rss/articles/{token}"
    assert decode_link(link) == link


def test_a_page_of_consent_is_no_result() -> None:
    page = answer(b"<!doctype html><html>Avant d'acc\xc3\xa9der", content_type="text/html")
    with pytest.raises(Malformed) as caught:
        read_search(page)
    assert caught.value.code == Code.NOT_A_FEED


def test_an_unchanged_search_yields_nothing() -> None:
    assert read_pages(news(), FakeSession(lambda _: answer(b"", status=304))) == []


def test_a_span_that_google_would_ignore_is_refused() -> None:
    with pytest.raises(ValidationError):
        news(when="une semaine")


def test_the_live_recording_is_read(shared: Path) -> None:
    entries = recorded(shared, "search_quoted_en_2026.xml")
    assert len(entries) == 92
    assert len({entry.external_id for entry in entries}) == 92
    assert all(entry.outlet and entry.published_at for entry in entries)
    assert not any((entry.title or "").endswith(f" - {entry.outlet}") for entry in entries)
    assert {entry.language for entry in entries} == {"en"}


def test_the_recorded_old_link_is_decoded(shared: Path) -> None:
    [entry] = recorded(shared, "top_fr_be_2020.xml")
    assert (entry.url or "").startswith("https://www.rtbf.be/info/societe/detail_coronavirus")
    assert entry.outlet == "RTBF"
