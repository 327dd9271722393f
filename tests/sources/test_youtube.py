from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, SourceError
from monitor.model import Cursor, Entry, Kind, Page, Response
from monitor.sources.youtube import Youtube, YoutubeOptions
from monitor.sources.youtube_api import next_renewal
from monitor.sources.youtube_entries import (
    read_channel,
    read_followers,
    read_search,
    read_threads,
    read_videos,
)

CHANNEL = "UCtelevalenciennes"
FEED = (DATA / "youtube" / "channel.xml").read_bytes()
SEARCH = json.loads((DATA / "youtube" / "search.json").read_text(encoding="utf-8"))
THREADS = json.loads((DATA / "youtube" / "threads.json").read_text(encoding="utf-8"))
NOTHING: dict[str, Any] = {"items": []}


def youtube(**options: object) -> Youtube:
    return Youtube(YoutubeOptions.model_validate({"type": "youtube", **options}), (BUSINESS,))


def refusal(reason: str, status: int = 403) -> Response:
    error: dict[str, Any] = {"code": status, "errors": [{"reason": reason, "message": "No"}]}
    return answer({"error": error}, status=status)


def api(**answers: Any) -> Callable[[str], Response]:  # noqa: ANN401 - JSON or an answer
    """Answer each resource of the API, and with nothing what is not named."""

    def respond(url: str) -> Response:
        given = answers.get(urlsplit(url).path.rpartition("/")[2], NOTHING)
        given = given(url) if callable(given) else given
        return given if isinstance(given, Response) else answer(given)

    return respond


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def asked(session: FakeSession) -> list[str]:
    return [urlsplit(request.url).path.rpartition("/")[2] for request in session.asked]


def found(video_id: str, at: str = "2026-11-22T10:00:00Z") -> dict[str, Any]:
    return {"id": {"videoId": video_id}, "snippet": {"title": video_id, "publishedAt": at}}


def polled(source: Youtube, session: FakeSession, cursor: Cursor) -> tuple[list[Page], SourceError]:
    """Return what a poll that fails gave before."""
    pages: list[Page] = []

    async def read() -> None:
        async for page in source.pages(session, cursor):
            pages.append(page)  # noqa: PERF401 - extend would lose what came before an error

    with pytest.raises(SourceError) as caught:
        asyncio.run(read())
    return pages, caught.value


def rechecked(source: Youtube, session: FakeSession, *ids: str) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


# --- options ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [{}, {"channels": ["@fleurs"], "key": "k"}, {"channels": [CHANNEL], "comments": True}],
)
def test_options_that_would_read_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        youtube(**options)


def test_a_channels_address_is_taken_for_its_identifier() -> None:
    source = youtube(channels=[f"https://www.youtube.com/channel/{CHANNEL}/"])
    assert source.options.channels == (CHANNEL,)


# --- channels' feeds ----------------------------------------------------------------------------


def test_a_channels_feed_is_asked_conditionally_and_without_the_key() -> None:
    session = FakeSession(lambda _: answer(FEED))
    read_pages(youtube(channels=[CHANNEL, "PLbouquets"], base_url="http://127.0.0.1:1"), session)
    assert [request.url for request in session.asked] == [
        f"http://127.0.0.1:1/feeds/videos.xml?channel_id={CHANNEL}",
        "http://127.0.0.1:1/feeds/videos.xml?playlist_id=PLbouquets",
    ]
    assert all(request.conditional and not request.headers for request in session.asked)


def test_every_field_of_a_feed_is_read() -> None:
    [page] = read_pages(youtube(channels=[CHANNEL]), FakeSession(lambda _: answer(FEED)))
    short, market = page.entries
    assert short == Entry(
        external_id="aaaaaaaaaa1",
        url="https://www.youtube.com/shorts/aaaaaaaaaa1",
        title="Fleurs Bougamont & fils : trente ans <3",
        text="Rencontre avec Simon.\n\nPrix < 10 € le bouquet.",
        kind=Kind.VIDEO,
        author="Télé Valenciennes",
        author_url=f"https://www.youtube.com/channel/{CHANNEL}",
        published_at=datetime(2026, 11, 20, 17, tzinfo=UTC),
        likes=42,
        views=1204,
        media=("https://i1.ytimg.com/vi/aaaaaaaaaa1/hqdefault.jpg",),
    )
    assert (market.text, market.likes, market.views, market.rating) == ("", None, None, None)


def test_an_unchanged_feed_yields_nothing() -> None:
    session = FakeSession(lambda _: answer(b"", status=304))
    assert read_pages(youtube(channels=[CHANNEL]), session) == []


def test_a_channel_that_is_not_found_is_no_death_before_a_week() -> None:
    session = FakeSession({})
    pages, fault = polled(youtube(channels=[CHANNEL]), session, {})
    assert (fault.code, fault.http_status) == (Code.HTTP_STATUS, 404)
    assert CHANNEL in fault.detail
    assert pages[0].cursor == {"lost": {CHANNEL: NOW.isoformat()}}
    six_days = {"lost": {CHANNEL: (NOW - timedelta(days=6)).isoformat()}}
    assert polled(youtube(channels=[CHANNEL]), session, six_days)[1].code == Code.HTTP_STATUS
    a_week = {"lost": {CHANNEL: (NOW - timedelta(days=7)).isoformat()}}
    assert polled(youtube(channels=[CHANNEL]), session, a_week)[1].code == Code.GONE


def test_a_lost_channel_never_pauses_the_search() -> None:
    cursor = {"lost": {CHANNEL: (NOW - timedelta(days=9)).isoformat()}}

    def respond(url: str) -> Response:
        return answer(b"", status=404) if "feeds" in url else api(search=SEARCH)(url)

    pages, fault = polled(youtube(channels=[CHANNEL], key="k"), FakeSession(respond), cursor)
    assert [e.external_id for page in pages for e in page.entries] == ["bbbbbbbbbb1"]
    assert pages[-1].cursor["lost"] == cursor["lost"]
    assert fault.code == Code.HTTP_STATUS


def test_one_channel_that_fails_does_not_cost_the_others() -> None:
    def respond(url: str) -> Response:
        return answer(b"", status=404) if "UClost" in url else answer(FEED)

    [page] = read_pages(youtube(channels=["UClost", CHANNEL]), FakeSession(respond))
    assert len(page.entries) == 2
    assert page.problem == "channel UClost: answered 404, not found since 2026-11-23"
    [page] = read_pages(
        youtube(channels=["UClost", CHANNEL]), FakeSession(lambda _: answer(FEED)), page.cursor
    )
    assert (page.problem, page.cursor) == (None, {})


# --- search -------------------------------------------------------------------------------------


def test_a_search_is_sent_for_each_business_with_the_key_in_a_header() -> None:
    session = FakeSession(api(search=SEARCH))
    read_pages(youtube(key="secret"), session)
    first = session.asked[0]
    assert first.url.startswith("https://www.googleapis.com/youtube/v3/search?")
    assert query(first.url) == {
        "part": "snippet",
        "type": "video",
        "q": '"Fleurs Bougamont"|"Simon Bougamont" -"Bougamont Immobilier"',
        "order": "date",
        "publishedAfter": "2026-10-24T07:00:00Z",
        "maxResults": "50",
        "regionCode": "FR",
        "relevanceLanguage": "fr",
    }
    assert first.headers == {"X-Goog-Api-Key": "secret"}
    assert not any("secret" in request.url for request in session.asked)


def test_a_found_video_is_completed_with_its_text_counts_and_subscribers() -> None:
    video = {
        "id": "bbbbbbbbbb1",
        "snippet": {
            "title": "J'ai testé <Fleurs> & co",
            "description": "Toute la description\n<3",
            "channelId": "UCjulie",
            "channelTitle": "Julie & ses plantes",
            "publishedAt": "2026-11-22T18:30:00Z",
            "defaultAudioLanguage": "fr-FR",
            "defaultLanguage": "en",
        },
        "statistics": {"viewCount": "1500", "likeCount": "12"},
    }
    channel = {"id": "UCjulie", "statistics": {"subscriberCount": "870"}}
    session = FakeSession(
        api(search=SEARCH, videos={"items": [video]}, channels={"items": [channel]})
    )
    [page] = read_pages(youtube(key="k"), session)
    assert page.entries == (
        Entry(
            external_id="bbbbbbbbbb1",
            url="https://www.youtube.com/watch?v=bbbbbbbbbb1",
            title="J'ai testé <Fleurs> & co",
            text="Toute la description\n<3",
            kind=Kind.VIDEO,
            author="Julie & ses plantes",
            author_url="https://www.youtube.com/channel/UCjulie",
            author_followers=870,
            published_at=datetime(2026, 11, 22, 18, 30, tzinfo=UTC),
            language="fr",
            likes=12,
            comments=None,
            views=1500,
            searched_for="Fleurs Bougamont",
        ),
    )
    assert session.spent == {"youtube searches": 1, "youtube units": 2}


def test_a_found_title_is_unescaped_and_a_channel_left_out() -> None:
    [video] = read_search(SEARCH).entries
    assert video.title == "J'ai testé Fleurs Bougamont & compagnie"
    assert video.media == ("https://i.ytimg.com/vi/bbbbbbbbbb1/hqdefault.jpg",)


def test_a_second_poll_that_finds_nothing_new_costs_one_search() -> None:
    session = FakeSession(api(search=SEARCH))
    [page] = read_pages(youtube(key="k"), session)
    session.asked.clear()
    assert read_pages(youtube(key="k"), session, page.cursor) == []
    assert asked(session) == ["search"]
    assert query(session.asked[0].url)["publishedAfter"] == "2026-11-20T18:30:00Z"


def test_pages_are_followed_and_resumed_after_a_fault() -> None:
    broken = True

    def search(url: str) -> object:
        if "pageToken" not in url:
            return {"items": [found("v1")], "nextPageToken": "T2"}
        return answer(b"", status=500) if broken else {"items": [found("v2")]}

    session = FakeSession(api(search=search))
    pages, fault = polled(youtube(key="k"), session, {})
    assert fault.http_status == 500
    broken = False
    again = read_pages(youtube(key="k"), session, pages[-1].cursor)
    assert [e.external_id for page in again for e in page.entries] == ["v2"]


def test_the_day_s_searches_are_counted_and_end_at_midnight_pacific() -> None:
    session = FakeSession(api(search=SEARCH), spent={"youtube searches": 100})
    _, fault = polled(youtube(key="k"), session, {})
    assert fault.code == Code.RATE_LIMITED
    assert fault.retry_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert session.asked == []


@pytest.mark.parametrize(
    ("now", "renewal"),
    [
        ("2026-07-01T06:59:00+00:00", "2026-07-01T07:00:00+00:00"),
        ("2026-07-01T07:00:00+00:00", "2026-07-02T07:00:00+00:00"),
        ("2026-11-01T08:30:00+00:00", "2026-11-02T08:00:00+00:00"),  # a day of 25 hours
    ],
)
def test_allowances_are_renewed_at_midnight_pacific(now: str, renewal: str) -> None:
    assert next_renewal(datetime.fromisoformat(now)) == datetime.fromisoformat(renewal)


@pytest.mark.parametrize(
    ("reason", "status", "code", "until_midnight"),
    [
        ("quotaExceeded", 403, Code.RATE_LIMITED, True),
        ("dailyLimitExceeded", 403, Code.RATE_LIMITED, True),
        ("rateLimitExceeded", 403, Code.RATE_LIMITED, False),
        ("API_KEY_INVALID", 400, Code.AUTH, False),
        ("accessNotConfigured", 403, Code.AUTH, False),
    ],
)
def test_refusals_are_told_apart_by_their_reason(
    reason: str, status: int, code: Code, *, until_midnight: bool
) -> None:
    session = FakeSession(api(search=refusal(reason, status)))
    _, fault = polled(youtube(key="secret"), session, {})
    assert fault.code == code
    assert (fault.retry_at == next_renewal(NOW)) is until_midnight
    assert "secret" not in str(fault)


def test_what_the_feeds_gave_is_kept_though_the_search_is_refused() -> None:
    def respond(url: str) -> Response:
        return answer(FEED) if "feeds" in url else refusal("quotaExceeded")

    pages, fault = polled(youtube(channels=[CHANNEL], key="k"), FakeSession(respond), {})
    assert len(pages[0].entries) == 2
    assert fault.code == Code.RATE_LIMITED


def test_a_limit_of_one_page_holds_feeds_and_search() -> None:
    def respond(url: str) -> Response:
        return answer(FEED) if "feeds" in url else api(search=SEARCH)(url)

    pages = read_pages(youtube(channels=[CHANNEL], key="k"), FakeSession(respond))
    assert [len(page.entries) for page in pages] == [3]


# --- comments -----------------------------------------------------------------------------------


def test_the_newest_of_the_found_videos_are_followed_whatever_page_they_came_on() -> None:
    def video(number: int) -> dict[str, Any]:
        row = found(f"v{number:02}")
        date = {"publishedAt": f"2026-11-20T10:{59 - number:02}:00Z"}
        return {**row, "snippet": {**row["snippet"], **date}}

    def search(url: str) -> object:
        if "pageToken" in url:
            return {"items": [video(number) for number in range(15, 30)]}
        return {"items": [video(number) for number in range(15)], "nextPageToken": "T2"}

    session = FakeSession(api(search=search, commentThreads={"items": []}))
    pages = read_pages(youtube(key="k", comments=True), session)
    assert pages[-1].cursor["videos"] == [f"v{number:02}" for number in range(20)]


def test_comments_of_found_videos_are_read_from_the_next_poll_on() -> None:
    session = FakeSession(api(search=SEARCH, commentThreads=THREADS))
    source = youtube(key="k", comments=True)
    [page] = read_pages(source, session)
    assert page.cursor["videos"] == ["bbbbbbbbbb1"]
    session.asked.clear()
    [page] = read_pages(source, session, page.cursor)
    top, reply = page.entries
    assert top == Entry(
        external_id="UgxAAAAAAAAAAAAAAAAAAAAA1",
        url="https://www.youtube.com/watch?v=bbbbbbbbbb1&lc=UgxAAAAAAAAAAAAAAAAAAAAA1",
        text="Bougamont <3\nmerci",
        kind=Kind.COMMENT,
        author="@karim",
        author_url="http://www.youtube.com/@karim",
        published_at=datetime(2026, 11, 22, 19, tzinfo=UTC),
        likes=4,
        comments=1,
        parent_url="https://www.youtube.com/watch?v=bbbbbbbbbb1",
    )
    assert (reply.text, reply.parent_url) == ("Pas d'accord", top.url)
    assert read_pages(source, session, page.cursor) == []


def test_comments_that_are_off_cost_nobody_else() -> None:
    session = FakeSession(api(search=SEARCH, commentThreads=refusal("commentsDisabled")))
    [page] = read_pages(youtube(key="k", comments=True), session)
    again = read_pages(youtube(key="k", comments=True), session, page.cursor)
    assert [e for page in again for e in page.entries] == []


def test_a_spent_quota_stops_the_comments() -> None:
    source = youtube(key="k", comments=True, channels=[CHANNEL])

    def respond(url: str) -> Response:
        return answer(FEED) if "feeds" in url else api(commentThreads=refusal("quotaExceeded"))(url)

    session = FakeSession(respond)
    assert polled(source, session, {})[1].code == Code.RATE_LIMITED


@pytest.mark.parametrize(
    ("about", "terms", "told"),
    [(None, "Fleurs Bougamont", "Fleurs Bougamont"), ("Fleurs Bougamont", None, None)],
)
def test_a_channels_comments_are_those_that_name_a_business_or_all(
    about: str | None, terms: str | None, told: str | None
) -> None:
    def respond(url: str) -> Response:
        return answer(FEED) if "feeds" in url else api(commentThreads=THREADS)(url)

    session = FakeSession(respond)
    source = youtube(key="k", comments=True, channels=[CHANNEL], about=about)
    pages = read_pages(source, session)
    [request] = [r for r in session.asked if "commentThreads" in r.url]
    assert query(request.url)["allThreadsRelatedToChannelId"] == CHANNEL
    assert query(request.url).get("searchTerms") == terms
    comments = [e for page in pages for e in page.entries if e.kind is Kind.COMMENT]
    assert {e.searched_for for e in comments} == {told}


def test_replies_that_do_not_stand_beside_are_asked_for() -> None:
    threads = json.loads(json.dumps(THREADS))
    threads["items"][0]["snippet"]["totalReplyCount"] = 2
    late = {"id": "Ugx.r2", "snippet": {"textDisplay": "Si", "authorDisplayName": "@zoe"}}
    session = FakeSession(api(search=SEARCH, commentThreads=threads, comments={"items": [late]}))
    source = youtube(key="k", comments=True)
    [page] = read_pages(source, session)
    [page] = read_pages(source, session, page.cursor)
    assert [entry.text for entry in page.entries][-1] == "Si"
    assert page.entries[-1].url == "https://www.youtube.com/watch?v=bbbbbbbbbb1&lc=Ugx.r2"
    assert page.entries[-1].parent_url == page.entries[0].url


# --- recheck and history ------------------------------------------------------------------------


def test_a_recheck_renews_counts_and_names_what_is_gone() -> None:
    video = {"id": "v1", "snippet": {"title": "Un"}, "statistics": {"viewCount": "9"}}
    session = FakeSession(api(videos={"items": [video]}))
    [page] = rechecked(youtube(key="k"), session, "v1", "v2")
    assert query(session.asked[0].url)["id"] == "v1,v2"
    assert [(e.external_id, e.views) for e in page.entries] == [("v1", 9)]
    assert page.removed == ("v2",)


def test_comments_that_are_gone_are_named() -> None:
    there, lost, none = (f"UgxAAAAAAAAAAAAAAAAAAAAA{number}" for number in (1, 2, 3))

    def comments(url: str) -> Response:
        asked_for = query(url)["id"]
        rows: list[Any] = [{"kind": "youtube#comment", "id": there}] if asked_for == there else []
        told = {"error": {"errors": [{"reason": "commentNotFound"}]}}
        return answer(told, status=404) if asked_for == lost else answer({"items": rows})

    session = FakeSession(api(comments=comments))
    pages = rechecked(youtube(key="k"), session, there, lost, none)
    assert query(session.asked[0].url) == {"part": "id", "id": there}
    assert [page.entries for page in pages] == [(), ()]
    assert [one for page in pages for one in page.removed] == [lost, none]
    assert session.spent == {"youtube units": 3}


def test_fifty_videos_are_asked_again_at_once() -> None:
    session = FakeSession(api())
    rechecked(youtube(key="k"), session, *(f"v{n}" for n in range(120)))
    assert asked(session).count("videos") == 3


def test_without_a_key_nothing_is_asked_again() -> None:
    session = FakeSession({})
    assert rechecked(youtube(channels=[CHANNEL]), session, "v1") == []


def test_history_asks_from_its_beginning() -> None:
    session = FakeSession(api(search=SEARCH))

    async def read() -> list[Page]:
        since = datetime(2026, 1, 1, tzinfo=UTC)
        return [page async for page in youtube(key="k").history(session, since, {})]

    [page] = asyncio.run(read())
    assert query(session.asked[0].url)["publishedAfter"] == "2026-01-01T00:00:00Z"
    assert page.entries[0].searched_for == "Fleurs Bougamont"


# --- recordings ---------------------------------------------------------------------------------


def recorded(shared: Path, name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    return json.loads((shared / "recordings" / "youtube" / name).read_text(encoding="utf-8"))


def test_recorded_searches_are_read(shared: Path) -> None:
    first, second = (read_search(recorded(shared, f"search_list_p{n}.json")) for n in (1, 2))
    assert (len(first.entries), first.following) == (25, "CBkQAA")
    video = first.entries[0]
    assert video.external_id == "gQ_1zX-F_No"
    assert video.title == "SURFING HAWAII’S BEST WAVE WITH MY GIRLFRIEND (PIPELINE)"
    assert (video.author, video.published_at) == (
        "Jamie O'Brien",
        datetime(2019, 12, 5, 19, 0, 10, tzinfo=UTC),
    )
    assert second.problem is None
    assert not any("&#39;" in (e.title or "") for e in (*first.entries, *second.entries))


def test_a_recorded_search_for_channels_holds_no_video(shared: Path) -> None:
    read = read_search(recorded(shared, "search_list_channels.json"))
    assert (read.entries, read.rows) == ((), 5)


def test_recorded_videos_and_channels_are_read(shared: Path) -> None:
    video = read_videos(recorded(shared, "videos_list_statistics.json")).entries[0]
    assert (video.external_id, video.language) == ("D-lhorsDlUQ", "en")
    assert video.media == ("https://i.ytimg.com/vi/D-lhorsDlUQ/maxresdefault.jpg",)
    answer_ = recorded(shared, "channels_list.json")
    followers = read_followers(answer_)
    told = {
        f"https://www.youtube.com/channel/{row['id']}": int(row["statistics"]["subscriberCount"])
        for row in answer_["items"]
        if "statistics" in row
    }
    assert followers == told


@pytest.mark.parametrize(
    ("name", "count"),
    [("commentThreads_by_video_p1.json", 5), ("commentThreads_searchTerms.json", 1)],
)
def test_recorded_threads_are_read(shared: Path, name: str, count: int) -> None:
    read = read_threads(recorded(shared, name))
    assert (len(read.entries), read.problem) == (count, None)
    assert all(e.author and e.author_url and e.text and e.published_at for e in read.entries)


def test_a_recorded_thread_is_read_field_by_field(shared: Path) -> None:
    comment = read_threads(recorded(shared, "commentThreads_by_video_p1.json")).entries[0]
    assert comment.text == "Google.com"
    assert comment.author == "himani agarwal"
    assert comment.parent_url == "https://www.youtube.com/watch?v=F1UP7wRCPH8"
    assert comment.url == f"{comment.parent_url}&lc=UgyZ1jqkHKYvi1-ruOZ4AaABAg"


@pytest.mark.parametrize("name", ["de", "en", "3", "huginn"])
def test_recorded_feeds_are_read(shared: Path, name: str) -> None:
    body = (shared / "recordings" / "youtube" / f"channel_rss_{name}.xml").read_bytes()
    entries = read_channel(answer(body)).entries
    assert len({entry.external_id for entry in entries}) == 15
    assert all(e.title and e.author and e.published_at and e.views is not None for e in entries)
    assert all(e.rating is None and len(e.external_id) == 11 for e in entries)


def test_a_rating_of_old_is_no_count_of_likes(shared: Path) -> None:
    body = (shared / "recordings" / "youtube" / "channel_rss_en.xml").read_bytes()
    video = read_channel(answer(body)).entries[0]
    assert (video.external_id, video.views, video.likes) == ("5shykyfmb28", 251497, None)


def test_the_recorded_refusal_is_told_by_its_reason(shared: Path) -> None:
    body = (shared / "recordings" / "youtube" / "error_403.json").read_bytes()
    session = FakeSession(lambda _: Response(url="", status=403, headers={}, body=body))
    with pytest.raises(FetchError) as caught:
        read_pages(youtube(key="k"), session)
    assert (caught.value.code, caught.value.detail) == (Code.AUTH, "SERVICE_UNAVAILABLE")
