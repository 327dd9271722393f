from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Json, Kind
from monitor.sources.podcasts import Podcasts, PodcastsOptions, read_feed, read_results

SEARCH = json.loads((DATA / "podcasts" / "search.json").read_text(encoding="utf-8"))
FEED = answer((DATA / "podcasts" / "feed.xml").read_bytes(), url="https://radio.example/p.xml")
NONE = answer({"resultCount": 0, "results": []})
ODILE = Business(name="Chez Odile")


def podcasts(*businesses: Business, **options: object) -> Podcasts:
    told = PodcastsOptions.model_validate({"type": "podcasts", **options})
    return Podcasts(told, businesses or (ODILE,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_episodes_and_shows_are_searched_for_each_name() -> None:
    session = FakeSession(lambda _: NONE)
    read_pages(podcasts(BUSINESS), session)
    asked = [query(request.url) for request in session.asked]
    assert [(one["term"], one["entity"]) for one in asked] == [
        ("Fleurs Bougamont", "podcastEpisode"),
        ("Fleurs Bougamont", "podcast"),
        ("Simon Bougamont", "podcastEpisode"),
        ("Simon Bougamont", "podcast"),
    ]
    assert asked[0] == asked[0] | {"media": "podcast", "country": "FR", "lang": "fr_fr"}
    assert "offset" not in asked[0]  # it is ignored: the same results would come again


def test_a_search_for_episodes_alone_costs_one_request() -> None:
    session = FakeSession(lambda _: NONE)
    read_pages(podcasts(find=["podcastEpisode"], language=None), session)
    assert len(session.asked) == 1
    assert "lang" not in query(session.asked[0].url)


def test_json_that_is_called_javascript_is_read() -> None:
    body = json.dumps(SEARCH).encode()
    session = FakeSession(lambda _: answer(body, content_type="text/javascript; charset=utf-8"))
    [page] = read_pages(podcasts(), session)
    assert len(page.entries) == 2  # of both answers, each once
    assert {entry.searched_for for entry in page.entries} == {"Chez Odile"}


def test_more_calls_than_a_minute_allows_wait_for_the_next_poll() -> None:
    many = [Business(name=f"Chez Odile {n}") for n in range(15)]
    session = FakeSession(lambda _: NONE)
    with pytest.raises(FetchError) as caught:
        read_pages(podcasts(*many), session)
    assert caught.value.code == Code.RATE_LIMITED
    assert len(session.asked) == 20


def test_the_next_poll_begins_with_the_search_that_was_not_reached() -> None:
    session = FakeSession(lambda _: NONE)
    first = read_pages(podcasts(BUSINESS), session)[0]
    session.asked.clear()
    read_pages(podcasts(BUSINESS), session, first.cursor)
    assert query(session.asked[0].url)["term"] == "Simon Bougamont"


def test_every_field_of_an_episode_is_read() -> None:
    episode, _ = read_results(SEARCH)[0]
    assert episode.external_id == "1000746918090"
    assert episode.url == (
        "https://podcasts.apple.com/fr/podcast/bougamont/id1648228034?i=1000746918090"
    )
    assert episode.title == "Fleurs Bougamont & cie"
    assert episode.text == "La fleuriste raconte. Et vend."
    assert (episode.kind, episode.author, episode.outlet) == (
        Kind.AUDIO,
        "Radio Escaut",
        "Le Marché",
    )
    assert episode.published_at == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert episode.media == (
        "https://radio.example/le-marche/12.mp3",
        "https://img.example/600.jpg",
    )


def test_a_show_has_no_date_for_that_of_its_last_episode_moves() -> None:
    _, show = read_results(SEARCH)[0]
    assert (show.external_id, show.title) == ("979020229", "Fleurs Bougamont, le podcast")
    assert (show.author, show.published_at) == ("Simon Bougamont", None)
    assert show.media == ("https://img.example/b.jpg",)


def test_what_is_no_podcast_is_left_out(shared: Path) -> None:
    path = shared / "recordings" / "podcasts" / "itunes_lookup_albums.json"
    assert read_results(json.loads(path.read_text(encoding="utf-8"))) == ((), None)


@pytest.mark.parametrize("body", [{}, [], {"results": [{"kind": "podcast-episode"}]}])
def test_another_shape_is_malformed(body: Json) -> None:
    with pytest.raises(Malformed) as caught:
        read_results(body)
    assert caught.value.code == Code.API


# --- feeds --------------------------------------------------------------------------------------


def test_a_link_that_all_episodes_share_gives_way_to_the_sound() -> None:
    entries, problem = read_feed(FEED)
    assert problem is None
    assert [(entry.external_id, entry.url) for entry in entries] == [
        ("marche-12", "https://radio.example/le-marche/12.mp3"),
        ("https://radio.example/le-marche/11.mp3", "https://radio.example/le-marche/11.mp3"),
        ("marche-10", "https://radio.example/le-marche/10"),
    ]
    assert {(entry.kind, entry.outlet) for entry in entries} == {(Kind.AUDIO, "Le Marché")}


def test_an_unchanged_feed_costs_one_request_and_yields_nothing() -> None:
    session = FakeSession(lambda url: answer(b"", status=304) if "xml" in url else NONE)
    pages = read_pages(podcasts(feeds=["https://radio.example/p.xml"]), session)
    assert [page.entries for page in pages] == [()]
    assert session.asked[0].conditional


def test_entries_of_a_feed_were_not_searched_for() -> None:
    session = FakeSession(lambda url: FEED if "xml" in url else NONE)
    pages = read_pages(podcasts(feeds=["https://radio.example/p.xml"]), session)
    assert {entry.searched_for for entry in pages[0].entries} == {None}


def test_base_url_stands_for_the_directory_and_for_every_feed() -> None:
    session = FakeSession(lambda url: FEED if "xml" in url else NONE)
    told = {"feeds": ["https://radio.example/p.xml"], "base_url": "http://127.0.0.1:8080"}
    read_pages(podcasts(**told), session)
    assert [urlsplit(request.url).netloc for request in session.asked] == ["127.0.0.1:8080"] * 3
    assert [urlsplit(request.url).path for request in session.asked][:2] == ["/p.xml", "/search"]


def test_a_page_of_html_is_no_feed() -> None:
    with pytest.raises(Malformed) as caught:
        read_feed(answer(b"<!doctype html><html>", content_type="text/html"))
    assert caught.value.code == Code.NOT_A_FEED


@pytest.mark.parametrize("name", ["podcast_rss_anchor.xml", "podcast_rss_href.xml"])
def test_recorded_feeds_give_each_episode_its_own_identity(shared: Path, name: str) -> None:
    body = (shared / "recordings" / "podcasts" / name).read_bytes()
    entries, problem = read_feed(answer(body))
    assert entries
    assert problem is None
    assert len({entry.external_id for entry in entries}) == len(entries)
    assert len({entry.url for entry in entries}) == len(entries)
    assert all(entry.title and entry.outlet and entry.published_at for entry in entries)
