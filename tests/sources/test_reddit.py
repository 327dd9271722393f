from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Entry, Kind, Page, Response
from monitor.sources.reddit import Reddit, RedditOptions
from monitor.sources.reddit_entries import read_feed, read_listing

FEED = answer((DATA / "reddit" / "search.xml").read_bytes(), content_type="application/atom+xml")
LISTING = json.loads((DATA / "reddit" / "listing.json").read_text(encoding="utf-8"))
APP = {"client_id": "app", "client_secret": "hidden"}
SHOP = Business(name="Fleurs Bougamont")


def reddit(*businesses: Business, **options: object) -> Reddit:
    told = {"type": "reddit", **options}
    return Reddit(RedditOptions.model_validate(told), businesses or (SHOP,))


def thing(number: int, **fields: object) -> dict[str, Any]:
    told = {"name": f"t3_{number}", "title": str(number), "created_utc": 1795334400.0 + number}
    return {"kind": "t3", "data": {**told, "selftext": "", **fields}}


def api(url: str, things: list[dict[str, Any]], *, page: int = 100) -> Response:
    path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
    if path == "/api/v1/access_token":
        return answer({"access_token": "token-1", "expires_in": 3600})
    if path == "/api/info":
        found = [one for one in things if one["data"]["name"] in query["id"][0].split(",")]
        return answer({"data": {"children": found}})
    names = [one["data"]["name"] for one in things]
    start = names.index(query["after"][0]) + 1 if "after" in query else 0
    found = things[start : start + page]
    more = start + page < len(things)
    return answer(
        {"data": {"children": found, "after": found[-1]["data"]["name"] if more else None}}
    )


def asked(session: FakeSession, at: int = -1) -> dict[str, list[str]]:
    return parse_qs(urlsplit(session.asked[at].url).query)


def titles(pages: list[Page]) -> list[str | None]:
    return [entry.title for page in pages for entry in page.entries]


# --- feeds --------------------------------------------------------------------------------------


def test_one_feed_is_asked_for_each_business() -> None:
    session = FakeSession(lambda _: FEED)
    pages = read_pages(reddit(BUSINESS, Business(name="Chez Odile")), session)
    assert [urlsplit(request.url).path for request in session.asked] == ["/search.rss"] * 2
    names = '("Fleurs Bougamont" OR "Simon Bougamont" OR fleursbougamont)'
    assert asked(session, 0) == {
        "q": [f'{names} NOT "Bougamont Immobilier"'],
        "sort": ["new"],
        "t": ["year"],
        "limit": ["100"],
    }
    assert [{e.searched_for for e in page.entries} for page in pages] == [
        {"Fleurs Bougamont"},
        {"Chez Odile"},
    ]


def test_a_second_poll_asks_for_less_and_yields_nothing() -> None:
    session = FakeSession(lambda _: FEED)
    cursor = read_pages(reddit(), session)[-1].cursor
    session.asked.clear()
    assert read_pages(reddit(), session, cursor) == []
    assert len(session.asked) == 1
    assert asked(session)["t"] == ["week"]


def test_personal_secrets_are_sent_and_never_remembered() -> None:
    session = FakeSession(lambda _: FEED)
    source = reddit(user="simon", feed="hidden")
    pages = read_pages(source, session)
    assert (asked(session)["feed"], asked(session)["user"]) == (["hidden"], ["simon"])
    assert not session.asked[0].conditional
    assert "hidden" not in json.dumps(pages[-1].cursor) + source.address


def test_subreddits_are_part_of_the_search() -> None:
    source = reddit(subreddits=["Lille", "france"])
    assert source.queries == ('(subreddit:Lille OR subreddit:france) "Fleurs Bougamont"',)


@pytest.mark.parametrize(
    "options", [{"user": "simon"}, {"feed": "x"}, {"client_id": "x"}, {"subreddits": ["r/Lille"]}]
)
def test_half_an_account_or_a_wrong_name_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        reddit(**options)


def test_every_field_of_a_feed_is_read() -> None:
    post, picture = read_feed(FEED).entries
    assert post == Entry(
        external_id="t3_1abc",
        url="https://www.reddit.com/r/Lille/comments/1abc/fuyez/",
        title="Fuyez & vite",
        text="Fuyez Fleurs Bougamont.\nMa commande, submitted by mail, est perdue.",
        kind=Kind.POST,
        author="julie59",
        author_url="https://www.reddit.com/user/julie59",
        published_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
    )
    assert (picture.text, picture.media) == ("", ("https://b.example/v.jpg",))


def test_what_was_removed_is_left_out_of_a_feed() -> None:
    body = FEED.body.replace(b"Fuyez Fleurs Bougamont.&lt;/p&gt; ", b"[removed]&lt;/p&gt; ")
    body = body.replace(b"&lt;p&gt;Ma commande, submitted by mail, est perdue.&lt;/p&gt; ", b"")
    [kept] = read_feed(answer(body, content_type="application/atom+xml")).entries
    assert kept.external_id == "t3_1xyz"


def test_a_full_feed_is_read_on() -> None:
    def respond(url: str) -> Response:
        start = 25 if "after=t3_24" in url else 0
        entries = "".join(
            f"<entry><id>t3_{n}</id><title>{n}</title><link href='https://www.reddit.com/r/a/"
            f"comments/{n}/x/'/><published>2026-11-22T08:00:00Z</published></entry>"
            for n in range(start, min(start + 25, 30))
        )
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entries}</feed>'
        return answer(feed.encode(), content_type="application/atom+xml")

    pages = read_pages(reddit(), FakeSession(respond))
    assert titles(pages) == [str(number) for number in range(30)]


def test_the_page_that_blocks_is_no_feed(shared: Path) -> None:
    body = (shared / "recordings" / "reddit" / "blocked_network_policy.html").read_bytes()
    with pytest.raises(Malformed) as caught:
        read_pages(reddit(), FakeSession(lambda _: answer(body, content_type="text/html")))
    assert caught.value.code == Code.NOT_A_FEED
    with pytest.raises(FetchError) as refused:
        read_pages(reddit(), FakeSession(lambda _: answer(body, status=403)))
    assert refused.value.code == Code.AUTH


# --- the API ------------------------------------------------------------------------------------


def test_an_app_asks_the_api_with_a_token_it_takes_once() -> None:
    things = [thing(number) for number in range(9, 0, -1)]
    session = FakeSession(lambda url: api(url, things, page=4))
    source = reddit(**APP)
    pages = read_pages(source, session)
    assert titles(pages) == [str(number) for number in range(9, 0, -1)]
    assert read_pages(source, session, pages[-1].cursor) == []
    assert session.posted == [
        ("https://www.reddit.com/api/v1/access_token", {"grant_type": "client_credentials"})
    ]
    assert session.asked[0].headers == {"Authorization": "Basic YXBwOmhpZGRlbg=="}
    assert session.asked[1].url.startswith("https://oauth.reddit.com/search?")
    assert session.asked[1].headers == {"Authorization": "Bearer token-1"}
    assert asked(session, 2)["after"] == ["t3_6"]
    assert (asked(session)["raw_json"], asked(session)["type"]) == (["1"], ["link"])


def test_a_token_that_is_refused_is_taken_anew_once() -> None:
    refused: list[str] = []

    def respond(url: str) -> Response:
        if "/search" in url and len(refused) < 1 and source_is_known:
            refused.append(url)
            return answer({"error": 401}, status=401)
        return api(url, [thing(1)])

    source_is_known = False
    source, session = reddit(**APP), FakeSession(respond)
    read_pages(source, session)
    source_is_known = True
    assert titles(read_pages(source, session)) == ["1"]
    assert len(session.posted) == 2


@pytest.mark.parametrize(
    "refusal", [answer({"error": "invalid_grant"}), answer({"error": 401}, status=401)]
)
def test_a_wrong_secret_is_an_error_of_the_account(refusal: Response) -> None:
    session = FakeSession(lambda _: refusal)
    with pytest.raises(FetchError) as caught:
        read_pages(reddit(**APP), session)
    assert caught.value.code == Code.AUTH
    assert len(session.asked) == 1


def test_rechecked_posts_come_as_they_are_and_the_removed_are_told() -> None:
    things = [thing(1, score=9), thing(2, removed_by_category="deleted")]

    async def read(source: Reddit) -> list[Page]:
        session = FakeSession(lambda url: api(url, things))
        return [page async for page in source.recheck(session, ["t3_1", "t3_2", "t3_3"])]

    [page] = asyncio.run(read(reddit(**APP)))
    assert [entry.likes for entry in page.entries] == [9]
    assert page.removed == ("t3_2", "t3_3")
    assert asyncio.run(read(reddit())) == []


def test_every_field_of_a_listing_is_read() -> None:
    post, comment = read_listing(LISTING).found.entries
    assert post == Entry(
        external_id="t3_1abc",
        url="https://www.reddit.com/r/Lille/comments/1abc/fuyez/",
        title="Fuyez & vite",
        text="Fuyez Fleurs Bougamont & son site.",
        kind=Kind.POST,
        author="julie59",
        author_url="https://www.reddit.com/user/julie59",
        published_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        likes=12,
        comments=3,
        media=("https://i.redd.it/v.jpg",),
    )
    assert (comment.kind, comment.author, comment.likes) == (Kind.COMMENT, None, None)
    assert comment.parent_url == "https://www.reddit.com/r/Lille/comments/1abc/fuyez/1ccc/"


@pytest.mark.parametrize("body", [{"error": 403}, {}, "no", None, [], {"data": {"children": {}}}])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    with pytest.raises(Malformed) as caught:
        read_listing(body)
    assert caught.value.code == Code.API


# --- recordings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("search_rss_2026.xml", 25),
        ("thread_rss_2026.xml", 34),
        ("subreddit_atom.xml", 24),
        ("subreddit_rss_old.xml", 24),
    ],
)
def test_recorded_feeds_are_read(shared: Path, name: str, count: int) -> None:
    body = (shared / "recordings" / "reddit" / name).read_bytes()
    entries = read_feed(answer(body, content_type="application/atom+xml")).entries
    assert len({entry.external_id for entry in entries}) == count
    assert {entry.external_id[:3] for entry in entries} <= {"t1_", "t3_"}
    assert sum(entry.author is None for entry in entries) <= 2  # accounts that were deleted
    assert not any("[comments]" in entry.text for entry in entries)


def test_a_recorded_thread_holds_its_post_and_its_comments(shared: Path) -> None:
    body = (shared / "recordings" / "reddit" / "thread_rss_2026.xml").read_bytes()
    post, comment, *_ = read_feed(answer(body, content_type="application/atom+xml")).entries
    assert post.kind is Kind.POST
    assert comment == Entry(
        external_id="t1_nzlszj8",
        url="https://www.reddit.com/r/gravelcycling/comments/1qcwxml/new_bike_day/nzlszj8/",
        title="New bike day",
        text="Man watch out my wife is on this app.",
        kind=Kind.COMMENT,
        author="Newyawker2022",
        author_url="https://www.reddit.com/user/Newyawker2022",
        published_at=datetime(2026, 1, 14, 20, 34, 48, tzinfo=UTC),
        parent_url=post.url,
    )


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("oauth_search_praw.json", 6),
        ("oauth_comments_listing_praw.json", 100),
        ("json_listing_r_claudeai_2026.json", 10),
    ],
)
def test_recorded_listings_are_read(shared: Path, name: str, count: int) -> None:
    text = (shared / "recordings" / "reddit" / name).read_text(encoding="utf-8")
    read = read_listing(json.loads(text)).found
    assert (len(read.entries), read.problem) == (count, None)
    assert all(e.url and e.published_at and e.title for e in read.entries)
    assert not any("?" in (e.url or "") for e in read.entries)
