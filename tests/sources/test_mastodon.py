from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Cursor, Page, Response
from monitor.sources.mastodon import Mastodon, MastodonOptions
from monitor.sources.mastodon_statuses import read_search, read_timeline

SERVER = "https://piaille.example"
TIMELINE = json.loads((DATA / "mastodon" / "timeline.json").read_text(encoding="utf-8"))
ONE_TAG = Business(name="Fleurs")


def mastodon(*businesses: Business, **options: object) -> Mastodon:
    told = {"type": "mastodon", "instance": SERVER, **options}
    return Mastodon(MastodonOptions.model_validate(told), businesses or (ONE_TAG,))


def status(number: int, **fields: object) -> dict[str, Any]:
    uri = f"{SERVER}/statuses/{number}"
    return {"id": str(number), "uri": uri, "content": f"<p>{number}</p>", "account": {}, **fields}


def server(ids: list[int], *, page: int = 3, link: bool = True) -> Callable[[str], Response]:
    """Answer timelines and searches as Mastodon does, with pages of ``page`` statuses."""

    def respond(url: str) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        is_search = urlsplit(url).path.endswith("/search")
        found = sorted(ids, reverse=True)
        found = [n for n in found if n < int(query.get("max_id", 10**9))]
        found = [n for n in found if n > int(query.get("min_id", 0))]
        forward = "min_id" in query and not is_search
        found = found[-page:] if forward else found[:page]
        header = f'<{SERVER}/x?max_id={found[-1]}>; rel="next"' if link and found else None
        statuses = [status(n) for n in found]
        return answer({"statuses": statuses} if is_search else statuses, link=header)

    return respond


def numbers(pages: list[Page]) -> list[int]:
    return [int(entry.text) for page in pages for entry in page.entries]


def cursor(newest: int) -> Cursor:
    return {"newest": {"#Fleurs": str(newest)}}


# --- what is asked ------------------------------------------------------------------------------


def test_without_a_token_only_hashtags_are_asked() -> None:
    session = FakeSession(lambda _: answer([]))
    read_pages(mastodon(Business(name="Café de l'Église")), session)
    assert [unquote(urlsplit(request.url).path) for request in session.asked] == [
        "/api/v1/timelines/tag/CaféDeLÉglise",
        "/api/v1/timelines/tag/CafeDeLEglise",
    ]
    assert session.asked[0].headers == {}


def test_with_a_token_names_are_searched_too() -> None:
    session = FakeSession(lambda url: answer({"statuses": []} if "search" in url else []))
    read_pages(mastodon(BUSINESS, token="secret"), session)
    searches = [parse_qs(urlsplit(r.url).query) for r in session.asked if "/search" in r.url]
    assert [query["q"][0] for query in searches] == [
        '"Fleurs Bougamont"',
        '"Simon Bougamont"',
        "fleursbougamont",
    ]
    assert {request.headers["Authorization"] for request in session.asked} == {"Bearer secret"}


def test_base_url_stands_for_the_server() -> None:
    session = FakeSession(lambda _: answer([]))
    read_pages(mastodon(base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/api/v1/timelines/tag/Fleurs?")


# --- where the next poll starts -----------------------------------------------------------------


def test_the_first_poll_reads_back_to_the_limit_of_pages() -> None:
    pages = read_pages(mastodon(max_pages=2), FakeSession(server(list(range(1, 11)))))
    assert numbers(pages) == [10, 9, 8, 7, 6, 5]
    assert pages[-1].cursor["newest"] == {"#Fleurs": "10"}


def test_a_first_poll_that_is_cut_starts_again() -> None:
    pages = read_pages(mastodon(), FakeSession(server(list(range(1, 11)))))
    assert pages[0].cursor == {"newest": {}, "next": "#Fleurs"}


def test_the_next_poll_reads_forward_without_a_gap() -> None:
    session = FakeSession(server(list(range(1, 21))))
    pages = read_pages(mastodon(max_pages=2), session, cursor(10))
    assert numbers(pages) == [13, 12, 11, 16, 15, 14]
    assert pages[0].cursor["newest"] == {"#Fleurs": "13"}
    assert numbers(read_pages(mastodon(), session, pages[-1].cursor)) == [19, 18, 17, 20]


def test_ids_are_compared_as_numbers() -> None:
    pages = read_pages(mastodon(), FakeSession(server([98, 99, 100, 101])), cursor(99))
    assert numbers(pages) == [101, 100]


def test_nothing_new_yields_nothing() -> None:
    assert read_pages(mastodon(), FakeSession(server([1, 2])), cursor(2)) == []


def test_a_server_that_ignores_bounds_does_not_loop() -> None:
    session = FakeSession(lambda _: answer([status(2), status(1)], link='<x>; rel="next"'))
    assert numbers(read_pages(mastodon(), session)) == [2, 1]
    assert read_pages(mastodon(), session, cursor(2)) == []


def test_a_last_page_is_known_by_its_link_header() -> None:
    session = FakeSession(lambda _: answer([status(1)], link=f'<{SERVER}?min_id=1>; rel="prev"'))
    read_pages(mastodon(), session)
    assert len(session.asked) == 1


def test_a_search_reads_all_that_is_new_though_it_answers_newest_first() -> None:
    session = FakeSession(
        lambda url: server(list(range(1, 12)))(url) if "search" in url else answer([])
    )
    known = {"newest": {'Fleurs: "Fleurs"': "4"}}
    pages = read_pages(mastodon(token="t"), session, known)
    assert numbers(pages) == [11, 10, 9, 8, 7, 6, 5]
    assert {entry.searched_for for page in pages for entry in page.entries} == {"Fleurs"}
    assert pages[0].cursor["newest"] == known["newest"]
    assert pages[-1].cursor["newest"] == {'Fleurs: "Fleurs"': "11"}


def test_a_limit_of_pages_starves_no_query() -> None:
    source = mastodon(Business(name="Un", aliases=("Deux", "Trois")))
    session = FakeSession(server([1], link=False))
    first = read_pages(source, session)[0]  # the poll is cut after one page
    second = read_pages(source, session, first.cursor)[0]
    assert (first.cursor["next"], second.cursor["next"]) == ("#Deux", "#Trois")


# --- what a status becomes ----------------------------------------------------------------------


def test_every_field_of_a_status_is_read() -> None:
    angry, thanks = read_timeline(TIMELINE).entries
    assert angry.text == (
        "Fleurs & colère\nTrois semaines pour un bouquet chez #FleursBougamont…\n"
        "https://gazette.example/2026/11/bougamont"
    )
    assert angry.external_id == "https://piaille.example/users/julie/statuses/117020593741189701"
    assert angry.url == "https://piaille.example/@julie/117020593741189701"
    assert (angry.author, angry.author_followers) == ("Julie <3", 120)
    assert (angry.likes, angry.shares, angry.comments) == (5, 3, 2)
    assert (angry.language, angry.parent_url) == ("fr", None)
    assert angry.media == ("https://piaille.example/media/1.jpg",)
    assert thanks.author == "karim@ailleurs.example"
    assert thanks.url == thanks.external_id


@pytest.mark.parametrize(
    "fields",
    [
        {"reblog": status(1)},
        {"visibility": "private"},
        {"visibility": "direct"},
        {"account": {"noindex": True}},
    ],
)
def test_what_is_not_for_everyone_and_boosts_are_left_out(fields: dict[str, Any]) -> None:
    read = read_timeline([status(2, **fields), status(3)])
    assert [entry.text for entry in read.entries] == ["3"]
    assert read.ids == ("2", "3")  # but they count for where the next poll starts


def test_one_bad_status_costs_only_itself() -> None:
    read = read_timeline([{"id": "1"}, status(2)])
    assert len(read.entries) == 1
    assert read.problem == "1 of 2 unreadable, first statuses[0]: uri is missing"


@pytest.mark.parametrize("body", [{"error": "x"}, {}, "no", None, 3, [{"id": "1"}], [3]])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    for read in (read_timeline, read_search):
        with pytest.raises(Malformed) as caught:
            read(body)
        assert caught.value.code == Code.API


def test_a_server_that_wants_a_token_says_so() -> None:
    with pytest.raises(FetchError) as caught:
        read_pages(mastodon(), FakeSession(lambda _: answer({"error": "x"}, status=401)))
    assert caught.value.code == Code.AUTH


# --- recordings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("timeline_tag_1.json", 1),
        ("timeline_public_20.json", 20),
        ("timeline_public_old_2017.json", 20),
        ("real-takahe-timeline-public.json", 10),
        ("real-takahe-timeline-tag.json", 1),
    ],
)
def test_recorded_timelines_are_read(shared: Path, name: str, count: int) -> None:
    rows = json.loads((shared / "recordings" / "mastodon" / name).read_text(encoding="utf-8"))
    read = read_timeline(rows)
    assert (len(rows), read.problem) == (count, None)
    assert len(read.entries) == sum(1 for row in rows if not row.get("reblog"))
    assert all(entry.text and entry.published_at and entry.author for entry in read.entries)


@pytest.mark.parametrize(
    "name", ["search_v2_mastodon_social.json", "real-takahe-search-statuses.json"]
)
def test_recorded_searches_are_read(shared: Path, name: str) -> None:
    found = json.loads((shared / "recordings" / "mastodon" / name).read_text(encoding="utf-8"))
    assert len(read_search(found).ids) == len(found["statuses"])


@pytest.mark.parametrize("name", ["error_401.json", "real-takahe-timeline-tag-anon.json"])
def test_a_recorded_error_is_no_timeline(shared: Path, name: str) -> None:
    body = json.loads((shared / "recordings" / "mastodon" / name).read_text(encoding="utf-8"))
    with pytest.raises(Malformed):
        read_timeline(body)


# --- what is looked at again, and the past ------------------------------------------------------


def own(number: int, **fields: object) -> dict[str, Any]:
    return status(number, uri=f"{SERVER}/users/julie/statuses/{number}", **fields)


def read_again(source: Mastodon, session: FakeSession, *uris: str) -> list[Page]:
    async def collected() -> list[Page]:
        return [page async for page in source.recheck(session, uris)]

    return asyncio.run(collected())


def test_statuses_of_the_server_itself_are_asked_for_again() -> None:
    def respond(url: str) -> Response:
        assert url == f"{SERVER}/api/v1/statuses?id%5B%5D=1&id%5B%5D=2"
        return answer([own(2, favourites_count=9)])

    uris = [f"{SERVER}/users/julie/statuses/1", f"{SERVER}/users/julie/statuses/2"]
    [page] = read_again(mastodon(), FakeSession(respond), *uris)
    assert [(entry.external_id, entry.likes) for entry in page.entries] == [(uris[1], 9)]
    assert page.removed == (uris[0],)


def test_statuses_of_other_servers_are_met_again_in_timelines() -> None:
    elsewhere = "https://ailleurs.example/users/karim/statuses/2"
    statuses = [status(n, uri=elsewhere) if n == 2 else status(n) for n in (3, 2, 1)]
    session = FakeSession(lambda _: answer(statuses, link='<x>; rel="next"'))
    [page] = read_again(mastodon(), session, elsewhere)
    assert [entry.external_id for entry in page.entries] == [elsewhere]
    assert page.removed == ()
    assert len(session.asked) == 1


def test_before_mastodon_4_3_statuses_are_met_again_in_timelines() -> None:
    def respond(url: str) -> Response:
        is_old = urlsplit(url).path == "/api/v1/statuses"
        return answer({"error": "not found"}, status=404) if is_old else answer([own(2)])

    uris = [f"{SERVER}/users/julie/statuses/{number}" for number in (1, 2)]
    pages = read_again(mastodon(), FakeSession(respond), *uris)
    assert [entry.external_id for page in pages for entry in page.entries] == [uris[1]]
    assert [page.removed for page in pages] == [()]


def test_the_past_is_read_to_the_instant_and_on_from_where_it_was_cut() -> None:
    def respond(url: str) -> Response:
        found = server(list(range(1, 31)))(url)
        dated = [
            {**one, "created_at": f"2026-10-{int(one['id']):02}T08:00:00Z"}
            for one in json.loads(found.body)
        ]
        return replace(found, body=json.dumps(dated).encode())

    async def collected(cursor: Cursor) -> list[Page]:
        since = datetime(2026, 10, 20, tzinfo=UTC)
        return [page async for page in mastodon().history(FakeSession(respond), since, cursor)]

    pages = asyncio.run(collected({}))
    assert numbers(pages)[:11] == list(range(30, 19, -1))
    assert numbers(asyncio.run(collected(pages[1].cursor)))[:5] == [24, 23, 22, 21, 20]


def test_a_query_that_fails_gives_the_next_poll_to_another() -> None:
    def respond(url: str) -> Response:
        is_bad = urlsplit(url).path.endswith("/Un")
        return answer([], status=500) if is_bad else answer([status(1)])

    source = mastodon(Business(name="Un", aliases=("Deux",)))
    pages: list[Page] = []

    async def read() -> None:
        async for page in source.pages(FakeSession(respond), {}):
            pages.append(page)  # noqa: PERF401 - kept though an error ends it

    with pytest.raises(FetchError):
        asyncio.run(read())
    assert [page.cursor["next"] for page in pages] == ["#Deux"]


def test_a_search_is_read_to_its_end_though_its_pages_are_not_full() -> None:
    found = server(list(range(1, 11)), link=False)
    session = FakeSession(lambda url: found(url) if "/search" in url else answer([]))
    assert numbers(read_pages(mastodon(token="secret"), session)) == list(range(10, 0, -1))
