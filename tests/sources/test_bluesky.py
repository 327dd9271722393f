from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Entry, Page, Response
from monitor.sources.bluesky import Bluesky, BlueskyOptions
from monitor.sources.bluesky_posts import (
    read_followers,
    read_post,
    read_posts,
    read_search,
    with_whole_links,
)

PAYLOAD = json.loads((DATA / "bluesky" / "search.json").read_text(encoding="utf-8"))
NAMES = ("Fleurs Bougamont", "fleursbougamont")
SHOP = Business(name="Fleurs Bougamont")
LOGIN: dict[str, Any] = {"accessJwt": "access-1", "refreshJwt": "refresh-1"}


def bluesky(*businesses: Business, **options: object) -> Bluesky:
    told = {"type": "bluesky", "identifier": "simon.example", "app_password": "secret", **options}
    return Bluesky(BlueskyOptions.model_validate(told), businesses or (SHOP,))


def post(number: int, **fields: object) -> dict[str, Any]:
    at = f"2026-11-22T08:00:{number:02}Z"
    return {
        "uri": f"at://did:plc:a/app.bsky.feed.post/{number}",
        "author": {"did": "did:plc:a", "handle": "a.example"},
        "record": {"text": str(number), "createdAt": at},
        "indexedAt": at,
        **fields,
    }


def network(posts: list[dict[str, Any]], *, page: int = 100) -> Callable[[str], Response]:
    """Answer as a PDS does, with pages of ``page`` posts."""

    def respond(url: str) -> Response:
        method, query = urlsplit(url).path.rpartition("/")[2], parse_qs(urlsplit(url).query)
        if method == "app.bsky.feed.searchPosts":
            start = int(query.get("cursor", ["0"])[0])
            found = posts[start : start + page]
            more = {"cursor": str(start + page)} if start + page < len(posts) else {}
            return answer({"posts": found, **more})
        if method == "app.bsky.feed.getPosts":
            return answer({"posts": [p for p in posts if p["uri"] in query["uris"]]})
        if method == "app.bsky.actor.getProfiles":
            dids = query["actors"]
            return answer({"profiles": [{"did": did, "followersCount": 7} for did in dids]})
        return answer(LOGIN)

    return respond


def asked(session: FakeSession, method: str) -> list[dict[str, list[str]]]:
    urls = [urlsplit(request.url) for request in session.asked]
    return [parse_qs(url.query) for url in urls if url.path.endswith(method)]


def texts(pages: Sequence[Page]) -> list[str]:
    return [entry.text for page in pages for entry in page.entries]


def recheck(source: Bluesky, session: FakeSession, ids: Sequence[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


# --- the account --------------------------------------------------------------------------------


def test_it_logs_in_once_and_asks_the_accounts_own_server() -> None:
    service = {"id": "#atproto_pds", "serviceEndpoint": "https://pds.example/"}
    login: dict[str, Any] = {**LOGIN, "didDoc": {"service": [{"id": "#other"}, service]}}
    session = FakeSession(
        lambda url: answer(login) if "createSession" in url else network([post(1)])(url)
    )
    source = bluesky()
    read_pages(source, session)
    read_pages(source, session)
    assert [url for url, _ in session.posted] == [
        "https://bsky.social/xrpc/com.atproto.server.createSession"
    ]
    assert session.posted[0][1] == {"identifier": "simon.example", "password": "secret"}
    assert session.asked[-1].url.startswith("https://pds.example/xrpc/")
    assert session.asked[-1].headers == {"Authorization": "Bearer access-1"}
    assert session.spent == {"bluesky logins of simon.example": 1}


def test_base_url_stands_for_every_server() -> None:
    login = {
        **LOGIN,
        "didDoc": {"service": [{"id": "#atproto_pds", "serviceEndpoint": "https://x.y"}]},
    }
    session = FakeSession(
        lambda url: answer(login) if "createSession" in url else network([post(1)])(url)
    )
    read_pages(bluesky(base_url="http://127.0.0.1:2583/"), session)
    assert {urlsplit(request.url).netloc for request in session.asked} == {"127.0.0.1:2583"}


@pytest.mark.parametrize("name", ["ExpiredToken", "InvalidToken"])
def test_an_expired_token_is_renewed_without_logging_in(name: str) -> None:
    tokens: list[str] = []

    def respond(url: str) -> Response:
        if "Session" in url:
            tokens.append(url.rpartition(".")[2])
            return answer({"accessJwt": f"access-{len(tokens)}", "refreshJwt": "refresh"})
        if len(tokens) == 1:
            return answer({"error": name, "message": "Token has expired"}, status=400)
        return network([post(1)])(url)

    session = FakeSession(respond)
    assert texts(read_pages(bluesky(), session)) == ["1"]
    assert tokens == ["createSession", "refreshSession"]
    assert session.posted[1][1] == {}  # no body
    assert session.asked[2].headers == {"Authorization": "Bearer refresh"}
    assert session.spent == {"bluesky logins of simon.example": 1}


def test_a_refused_renewal_logs_in_anew() -> None:
    logins: list[str] = []

    def respond(url: str) -> Response:
        if "refreshSession" in url:
            return answer({"error": "ExpiredToken"}, status=400)
        if "createSession" in url:
            logins.append(url)
            return answer(LOGIN)
        if len(logins) == 1:
            return answer({"error": "ExpiredToken"}, status=400)
        return network([post(1)])(url)

    assert texts(read_pages(bluesky(), FakeSession(respond))) == ["1"]
    assert len(logins) == 2


def test_tokens_that_are_refused_when_new_are_an_error_of_the_account() -> None:
    def respond(url: str) -> Response:
        return answer(LOGIN) if "Session" in url else answer({"error": "InvalidToken"}, status=400)

    with pytest.raises(FetchError) as caught:
        read_pages(bluesky(), FakeSession(respond))
    assert caught.value.code == Code.AUTH


def test_a_wrong_password_is_an_error_of_the_account() -> None:
    refusal = answer({"error": "AuthenticationRequired", "message": "Invalid"}, status=401)
    with pytest.raises(FetchError) as caught:
        read_pages(bluesky(), FakeSession(lambda _: refusal))
    assert caught.value.code == Code.AUTH
    assert "secret" not in str(caught.value)


def test_a_handle_may_be_written_with_its_sign() -> None:
    session = FakeSession(network([]))
    read_pages(bluesky(identifier="@simon.example"), session)
    assert session.posted[0][1]["identifier"] == "simon.example"


def test_logins_stop_at_the_daily_allowance() -> None:
    session = FakeSession(network([]), spent={"bluesky logins of simon.example": 300})
    with pytest.raises(FetchError) as caught:
        read_pages(bluesky(), session)
    assert caught.value.code == Code.RATE_LIMITED
    assert caught.value.retry_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert session.asked == []


# --- what is asked ------------------------------------------------------------------------------


def test_names_handles_and_hashtags_are_searched_without_quotes() -> None:
    shop = Business(name="Fleurs Bougamont", aliases=("@bouga.example", "#bougafleurs", "#Bouga"))
    assert bluesky(shop).queries == (
        "Fleurs Bougamont",
        "bouga.example",
        "#bougafleurs",
        "#Bouga",
    )
    assert bluesky(BUSINESS).queries == ("Fleurs Bougamont", "Simon Bougamont", "fleursbougamont")


def test_pages_are_read_to_the_end_and_once() -> None:
    posts = [post(number) for number in range(9, 0, -1)]
    session = FakeSession(network(posts, page=4))
    source = bluesky()
    pages = read_pages(source, session)
    assert texts(pages) == [str(number) for number in range(9, 0, -1)]
    assert asked(session, "searchPosts")[0] == {
        "q": ["Fleurs Bougamont"],
        "sort": ["latest"],
        "since": ["2026-10-24T07:00:00Z"],
        "limit": ["100"],
    }
    session.asked.clear()
    assert read_pages(source, session, pages[-1].cursor) == []
    assert len(session.asked) == 1
    assert asked(session, "searchPosts")[0]["since"] == ["2026-11-20T08:00:09Z"]


def test_followers_are_asked_in_batches_of_25() -> None:
    posts = [post(n, author={"did": f"did:plc:{n}", "handle": f"h{n}.example"}) for n in range(30)]
    session = FakeSession(network(posts))
    [page] = read_pages(bluesky(), session)
    assert {entry.author_followers for entry in page.entries} == {7}
    assert [len(query["actors"]) for query in asked(session, "getProfiles")] == [25, 5]


def test_without_followers_the_posts_are_kept() -> None:
    def respond(url: str) -> Response:
        failed = answer({"error": "InternalServerError"}, status=502)
        return failed if "getProfiles" in url else network([post(1)])(url)

    [page] = read_pages(bluesky(), FakeSession(respond))
    assert [entry.author_followers for entry in page.entries] == [None]
    assert "followers" in (page.problem or "")


def test_rechecked_posts_come_as_they_are_and_the_missing_are_removed() -> None:
    posts = [post(number, likeCount=5) for number in range(30)]
    ids = [p["uri"] for p in posts] + ["at://did:plc:a/app.bsky.feed.post/gone"]
    session = FakeSession(network(posts))
    pages = recheck(bluesky(), session, ids)
    assert [len(query["uris"]) for query in asked(session, "getPosts")] == [25, 6]
    assert sum(len(page.entries) for page in pages) == 30
    assert {entry.likes for page in pages for entry in page.entries} == {5}
    assert [page.removed for page in pages] == [(), (ids[-1],)]


# --- what a post becomes ------------------------------------------------------------------------


def first(*posts: dict[str, Any]) -> Entry:
    return read_search({"posts": list(posts)}, NAMES).entries[0]


def test_every_field_of_a_post_is_read() -> None:
    julie, karim = read_search(PAYLOAD, NAMES).entries
    assert julie == Entry(
        external_id="at://did:plc:julie/app.bsky.feed.post/3kaaa",
        url="https://bsky.app/profile/julie.example/post/3kaaa",
        text=(
            "Été chez Fleurs Bougamont 💐 : https://bouga.example/avis/2026 à lire\n"
            "Vitrine fanée\n#fleurs"
        ),
        kind=julie.kind,
        author="Julie <3",
        author_url="https://bsky.app/profile/did:plc:julie",
        published_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        language="fr",
        likes=5,
        shares=3,
        comments=2,
        media=("https://cdn.example/f.jpg",),
    )
    assert karim.url == "https://bsky.app/profile/did:plc:karim/post/3kbbb"
    assert karim.author == "handle.invalid"
    assert karim.published_at == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    assert karim.parent_url == "https://bsky.app/profile/did:plc:julie/post/3kaaa"
    assert karim.media == ("https://cdn.example/card.jpg",)
    assert karim.likes is None
    assert read_followers(PAYLOAD) == {"https://bsky.app/profile/did:plc:julie": 120}


def test_a_quoted_text_is_told_only_when_it_alone_names_the_business() -> None:
    quoted = {"record": {"value": {"text": "Chez FLEURS bougamont, jamais"}}}
    named = {"text": "Fleurs Bougamont, encore", "createdAt": "2026-11-22T08:00:00Z"}
    assert first(post(1, embed=quoted)).text == "1\n« Chez FLEURS bougamont, jamais »"
    assert first(post(1, embed=quoted, record=named)).text == "Fleurs Bougamont, encore"
    assert read_search({"posts": [post(1, embed=quoted)]}, ("Odile",)).entries[0].text == "1"


def test_a_gallery_a_film_and_a_card_show_what_they_say() -> None:
    gallery = {"media": [{"fullsize": "https://cdn.example/g.jpg", "alt": "Rayon"}]}
    film = {"thumbnail": "https://cdn.example/v.jpg", "alt": "Un bouquet"}
    assert [
        (first(post(1, embed=embed)).text, first(post(1, embed=embed)).media)
        for embed in (gallery, film)
    ] == [
        ("1\nRayon", ("https://cdn.example/g.jpg",)),
        ("1\nUn bouquet", ("https://cdn.example/v.jpg",)),
    ]


@pytest.mark.parametrize("label", ["!no-unauthenticated", "!hide", "spam"])
def test_what_is_not_to_be_shown_is_left_out_but_counts_as_there(label: str) -> None:
    author = {"did": "did:plc:a", "handle": "a.example", "labels": [{"val": label}]}
    shy, taken_back = post(1, author=author), post(2, labels=[{"val": label, "neg": True}])
    assert [entry.text for entry in read_search({"posts": [shy, taken_back]}, ()).entries] == ["2"]
    assert read_posts({"posts": [shy]}, ()) == ((), {shy["uri"]})


@pytest.mark.parametrize(
    ("start", "end", "uri", "shown"),
    [
        (8, 23, "https://bouga.fr/bouquets", "Été : https://bouga.fr/bouquets"),
        (8, 22, "https://bouga.fr/bouquets", "Été : bouga.fr/bou…"),
        (0, 5, "https://bouga.fr/ete", "Été (https://bouga.fr/ete) : bouga.fr/bou…"),
        (8, 99, "https://bouga.fr/bouquets", "Été : bouga.fr/bou…"),
        (-3, 4, "https://bouga.fr/bouquets", "Été : bouga.fr/bou…"),
        (8, 23, "javascript:alert(1)", "Été : bouga.fr/bou…"),
        ("8", 23, "https://bouga.fr/bouquets", "Été : bouga.fr/bou…"),
    ],
)
def test_links_are_written_whole_counted_in_bytes(
    start: object, end: object, uri: str, shown: str
) -> None:
    facet: Any = {"index": {"byteStart": start, "byteEnd": end}, "features": [{"uri": uri}]}
    assert with_whole_links("Été : bouga.fr/bou…", [facet, 3, {}]) == shown


def test_links_that_overlap_keep_one() -> None:
    facets: Any = [
        {"index": {"byteStart": 2, "byteEnd": 6}, "features": [{"uri": "https://b.fr/"}]},
        {"index": {"byteStart": 0, "byteEnd": 4}, "features": [{"uri": "https://a.fr/"}]},
    ]
    assert with_whole_links("abcdef", facets) == "abcdef (https://b.fr/)"


def test_one_bad_post_costs_only_itself() -> None:
    read = read_search({"posts": [{"uri": "at://x"}, post(2)]}, ())
    assert len(read.entries) == 1
    assert read.problem == "1 of 2 unreadable, first posts[0]: did is missing"


@pytest.mark.parametrize("body", [{"error": "x"}, {}, "no", None, [], {"posts": {}}])
def test_another_shape_is_malformed(body: Any) -> None:  # noqa: ANN401 - JSON of any shape
    with pytest.raises(Malformed) as caught:
        read_search(body, ())
    assert caught.value.code == Code.API


# --- recordings ---------------------------------------------------------------------------------


def recorded(shared: Path, name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    return json.loads((shared / "recordings" / "bluesky" / name).read_text(encoding="utf-8"))


def test_a_recorded_search_is_read(shared: Path) -> None:
    read = read_search(recorded(shared, "real-searchPosts-page1.json"), NAMES)
    dutch, answered, ironic = read.entries
    assert dutch.text == "Weet iemand of Fleurs Bougamont ook in Doornik levert?"
    assert (dutch.author, dutch.language) == ("Nina", "nl")
    assert dutch.url == "https://bsky.app/profile/nina.test/post/3n2wqjqaurk2d"
    assert answered.parent_url == (
        "https://bsky.app/profile/did:plc:cwmkkosvbmcgbmbjdwrsosez/post/3n2wqjpttrs2d"
    )
    assert (answered.likes, answered.comments) == (1, 1)
    assert ironic.published_at == datetime(2026, 11, 20, 7, 10, tzinfo=UTC)
    assert read.reached == ironic.published_at
    assert str(read.following).startswith("1795158600000__")


def test_recorded_pages_are_walked(shared: Path) -> None:
    answers = [recorded(shared, f"real-searchPosts-page{number}.json") for number in (1, 2)]

    following = {None: answers[0], answers[0]["cursor"]: answers[1]}
    following[answers[1]["cursor"]] = {"posts": []}

    def respond(url: str) -> Response:
        if "searchPosts" in url:
            cursor = parse_qs(urlsplit(url).query).get("cursor", [None])[0]
            return answer(following[cursor])
        return network([])(url)

    pages = read_pages(bluesky(), FakeSession(respond))
    assert sum(len(page.entries) for page in pages) == sum(len(a["posts"]) for a in answers)


@pytest.mark.parametrize("name", ["getAuthorFeed.json", "getListFeed.json"])
def test_recorded_feeds_hold_the_same_posts(shared: Path, name: str) -> None:
    posts = [row["post"] for row in recorded(shared, name)["feed"]]
    entries = [read_post(one, ()) for one in posts]
    assert all(entry and entry.url and entry.published_at and entry.author for entry in entries)
    assert not any("�" in entry.text for entry in entries if entry)


def test_a_recorded_empty_search_is_no_error(shared: Path) -> None:
    assert read_search(recorded(shared, "real-searchPosts-none.json"), ()).entries == ()
