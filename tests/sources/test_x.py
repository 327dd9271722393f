"""X: recorded and own answers read field by field; what is paid, how a reading goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer, Request
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Cursor, Json, Kind, Page, Response
from monitor.sources.x import X
from monitor.sources.x_options import XOptions
from monitor.sources.x_posts import number_of, read_count, read_posts, written_at
from monitor.sources.x_queries import queries_for
from monitor.sources.x_refusals import told_refusal

SEARCH = json.loads((DATA / "x" / "search.synthetic.json").read_text("utf-8"))
COUNTS, SEARCHES = "/2/tweets/counts/recent", "/2/tweets/search/recent"
NONE_FOUND = answer({"meta": {"result_count": 0}})
ONE = Business(name="Fleurs Bougamont")


def source(*businesses: Business, **options: object) -> X:
    told = {"type": "x", "token": "secret", "count_first": False, **options}
    return X(XOptions.model_validate(told), businesses or (ONE,))


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def paths_of(session: FakeSession) -> list[str]:
    return [urlsplit(asked.url).path for asked in session.asked]


def ids(pages: list[Page]) -> list[str]:
    return [entry.external_id for page in pages for entry in page.entries]


def number(hours: float, low: int = 0) -> str:
    """Return the number of a post written so many hours ago."""
    since = NOW - timedelta(hours=hours) - written_at(0)
    return str((int(since.total_seconds() * 1000) << 22) + low)


def posts(*numbers: str, following: str | None = None, text: str = "Fleurs Bougamont") -> Json:
    rows = [{"id": n, "text": text, "author_id": "5"} for n in numbers]
    meta: dict[str, Json] = {"result_count": len(rows)}
    if following:
        meta["next_token"] = following
    return {"data": rows, "meta": meta} if rows else {"meta": meta}


def server(numbers: list[str], *, size: int = 2) -> Callable[[str], Response]:
    """Return a server that heeds since_id and until_id and pages by a token."""

    def respond(url: str) -> Response:
        asked = query_of(url)
        since, until = int(asked.get("since_id", 0)), int(asked.get("until_id", 2**63))
        found = sorted((n for n in numbers if since < int(n) < until), key=int, reverse=True)
        start = int(asked.get("next_token", "t0")[1:])
        end = start + size
        following = f"t{end}" if end < len(found) else None
        return answer(posts(*found[start:end], following=following))

    return respond


def poll(watched: X, session: FakeSession, cursor: Cursor) -> tuple[list[Page], FetchError | None]:
    """Read until an error; what came before it is kept."""
    pages: list[Page] = []

    async def read() -> None:
        async for page in watched.pages(session, cursor):
            pages.append(page)  # noqa: PERF401 - likewise

    try:
        asyncio.run(read())
    except FetchError as error:
        return pages, error
    return pages, None


# --- reading ------------------------------------------------------------------------------------


def test_posts_are_read_whole() -> None:
    angry, reply, long, retweet = (post.entry for post in read_posts(SEARCH).posts)
    assert angry.external_id == SEARCH["data"][0]["id"]
    assert angry.url == f"https://x.com/lea_lille/status/{angry.external_id}"
    assert angry.text == (
        "Déçue par Fleurs Bougamont & leur livraison : "
        "https://fleurs-bougamont.example/livraison?a=1&b=2 "
        f"https://x.com/lea_lille/status/{angry.external_id}/photo/1"
    )
    assert (angry.author, angry.author_url) == ("lea_lille", "https://x.com/lea_lille")
    assert (angry.author_followers, angry.language, angry.kind) == (431, "fr", Kind.POST)
    assert (angry.likes, angry.comments, angry.shares, angry.views) == (12, 3, 4, 900)
    assert angry.published_at == NOW - timedelta(hours=1)
    assert angry.media == ("https://pbs.example/77.jpg",)
    parent = SEARCH["data"][1]["referenced_tweets"][0]["id"]
    assert reply.parent_url == f"https://x.com/i/status/{parent}"
    assert long.text.endswith("à l’heure. Merci & à bientôt")
    assert (long.external_id, long.language) == (
        SEARCH["data"][2]["edit_history_tweet_ids"][0],
        None,
    )
    assert long.url == f"https://x.com/tom59/status/{SEARCH['data'][2]['id']}"
    assert retweet.text.endswith("les cent premiers clients !")
    assert retweet.parent_url is not None
    assert retweet.parent_url.startswith("https://x.com/lea_lille/status/")


def test_a_deleted_reference_costs_nothing_of_the_answer() -> None:
    found = read_posts(SEARCH)
    assert (len(found.posts), found.problem, found.missing) == (4, None, ())
    assert found.paid == (5, 2, 1)


def test_an_edited_post_is_met_once_in_its_last_version() -> None:
    first, second = number(3), number(2.9)
    rows = [
        {"id": second, "text": "corrigé", "edit_history_tweet_ids": [first, second]},
        {"id": first, "text": "d’abord", "edit_history_tweet_ids": [first]},
    ]
    [post] = read_posts({"data": rows, "meta": {}}).posts
    assert (post.entry.external_id, post.entry.text) == (first, "corrigé")


@pytest.mark.parametrize(
    ("told", "ours"), [("in", "id"), ("iw", "he"), ("und", None), ("qme", None)]
)
def test_languages_are_named_as_elsewhere(told: str, ours: str | None) -> None:
    [post] = read_posts({"data": [{"id": "12", "text": "x", "lang": told}]}).posts
    assert post.entry.language == ours


def test_recorded_searches_of_few_fields(shared: Path) -> None:
    exchange = json.loads((shared / "recordings/x/exchange_search_recent_min.json").read_text())
    found = read_posts(exchange["response"]["body"])
    assert len(found.posts) == 10
    assert found.following == "b26v89c19zqg8o3fpzbn1e0ffhxjiofzw6po136rvbnul"
    assert (found.newest, found.oldest) == (1578516068309794817, 1578511538419212288)
    first = found.posts[0].entry
    assert first.url == "https://x.com/i/status/1578516068309794817"
    assert (first.author, first.published_at, first.likes) == (None, None, None)
    mentions = json.loads((shared / "recordings/x/exchange_users_mentions_min.json").read_text())
    texts = [post.entry.text for post in read_posts(mentions["response"]["body"]).posts]
    assert texts[3] == "@MercyKnifed @Twitter what the fuck???"


def test_recorded_posts_field_by_field(shared: Path) -> None:
    found = read_posts(json.loads((shared / "recordings/x/search_recent_nyc.json").read_text()))
    entries = [post.entry for post in found.posts]
    assert len(entries) == 10
    assert entries[2].text.count("&") == 2
    assert "&amp;" not in entries[2].text
    assert entries[2].published_at == datetime(2020, 6, 24, 17, 19, 7, tzinfo=UTC)
    assert entries[1].parent_url == "https://x.com/i/status/1275781448855891968"
    assert "https://www.zerohedge.com/political/de-blasio" in entries[7].text
    assert [post.is_retweet for post in found.posts].count(True) == 7


def test_recorded_media_quotes_retweets_and_links(shared: Path) -> None:
    folder = shared / "recordings/x"

    def first(name: str) -> Any:  # noqa: ANN401 - an entry
        return read_posts(json.loads((folder / name).read_text())).posts[0].entry

    media = first("tweet_media.json")
    assert media.media == (
        "https://pbs.twimg.com/ext_tw_video_thumb/1558552952549277696/pu/img/7VaQu-AvReI8RHkv.jpg",
    )
    assert (media.author, media.author_followers, media.shares) == ("IgorBrigadir", 3560, 13)
    assert media.text.endswith("/IgorBrigadir/status/1558553189766631429/video/1")
    quote = first("tweet_quoted_edited.json")
    assert quote.parent_url == "https://x.com/wongmjane/status/1576994789110992896"
    assert quote.text.endswith("https://twitter.com/wongmjane/status/1576994746135764992")
    retweet = first("retweet_with_mentions.json")
    assert "…" not in retweet.text
    assert "#PlayStation #gaming" in retweet.text
    assert (retweet.author, retweet.external_id) == ("BaldManGamer", "1589681856941002753")
    links = first("tweet_many_urls.json")
    assert "https://uiadrian.gumroad.com/l/web-design-guide/?offer_code=twk0uc9f7" in links.text
    assert "t.co" not in links.text


def test_a_recorded_count(shared: Path) -> None:
    exchange = json.loads((shared / "recordings/x/exchange_counts_recent.json").read_text())
    assert read_count(exchange["response"]["body"]) == 411


@pytest.mark.parametrize(
    "wrong",
    [[], {}, {"data": 3}, {"meta": {"result_count": 2}}, {"data": [{"text": "no id"}]}],
)
def test_what_is_no_answer_is_told(wrong: Json) -> None:
    with pytest.raises(Malformed):
        read_posts(wrong)


def test_an_answer_of_errors_only_is_no_silence() -> None:
    told = {"errors": [{"title": "Not Found Error", "parameter": "id", "resource_type": "user"}]}
    with pytest.raises(Malformed, match="Not Found Error"):
        read_posts(told)


# --- queries ------------------------------------------------------------------------------------


def test_a_query_names_the_shop_in_every_way_but_its_own_posts() -> None:
    shop = Business(
        name="Boulangerie Dupont",
        aliases=("@bdupont", "#pain", "@x@mastodon.social"),
        exclude=("Dupont Immobilier",),
        website="https://www.boulangerie-dupont.fr/accueil",
    )
    [query] = queries_for(shop, account="BDupont", languages=("fr", "en"), retweets=False)
    assert query == (
        '("Boulangerie Dupont" OR @bdupont OR #pain OR url:"boulangerie-dupont.fr") '
        "(lang:fr OR lang:en) -is:retweet -from:BDupont"
        ' -"Dupont Immobilier"'
    )


def test_long_queries_are_split_and_lose_no_name() -> None:
    aliases = tuple(f"Fleurs et couronnes de la maison Bougamont numéro {n}" for n in range(30))
    shop = Business(name="Fleurs Bougamont", aliases=aliases)
    queries = queries_for(shop, account=None, languages=("fr",), retweets=False)
    assert len(queries) > 1
    assert all(len(query) <= 512 for query in queries)
    assert all(query.endswith(" lang:fr -is:retweet") for query in queries)
    for name in ("Fleurs Bougamont", *aliases):
        assert sum(f'"{name}"' in query for query in queries) == 1


# --- what is asked ------------------------------------------------------------------------------


def test_a_search_asks_for_all_fields_with_the_token_in_a_header() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    [page] = read_pages(source(BUSINESS), session)
    [asked] = session.asked
    told = query_of(asked.url)
    assert (urlsplit(asked.url).path, told["sort_order"]) == (SEARCHES, "recency")
    assert told["max_results"] == "100"
    assert told["expansions"] == "author_id"
    assert "note_tweet" in told["tweet.fields"]
    assert "-is:retweet" in told["query"]
    assert asked.headers == {"Authorization": "Bearer secret"}
    assert "secret" not in asked.url
    assert {entry.searched_for for entry in page.entries} == {"Fleurs Bougamont"}


def test_counts_come_first_and_spare_the_search() -> None:
    session = FakeSession(lambda _: answer({"meta": {"total_tweet_count": 0}}))
    assert ids(read_pages(source(count_first=True), session)) == []
    assert paths_of(session) == [COUNTS]
    assert session.spent == {"X, posts": 0, "X, $/1000": 5}


def test_a_count_tells_how_much_to_ask_for() -> None:
    def respond(url: str) -> Response:
        is_count = urlsplit(url).path == COUNTS
        return answer({"meta": {"total_tweet_count": 14}}) if is_count else answer(SEARCH)

    session = FakeSession(respond)
    assert len(ids(read_pages(source(count_first=True), session))) == 4
    assert query_of(session.asked[1].url)["max_results"] == "14"


def test_a_count_that_cannot_be_had_costs_only_itself() -> None:
    def respond(url: str) -> Response:
        is_count = urlsplit(url).path == COUNTS
        return answer({}, status=503) if is_count else answer(SEARCH)

    assert len(ids(read_pages(source(count_first=True), FakeSession(respond)))) == 4


def test_mentions_are_the_accounts_without_its_own_posts() -> None:
    own: Json = {"id": number(1), "author_id": "777", "text": "Merci à tous"}
    others: Json = {"id": number(2), "author_id": "5", "text": "@fleursbougamont bravo"}
    again: Json = {
        "id": number(3),
        "author_id": "6",
        "text": "RT @a: @fleursbougamont …",
        "referenced_tweets": [{"type": "retweeted", "id": number(4)}],
    }

    def respond(url: str) -> Response:
        path = urlsplit(url).path
        if path == "/2/users/by/username/fleursbougamont":
            return answer({"data": {"id": "777", "username": "fleursbougamont"}})
        if path == "/2/users/777/mentions":
            return answer({"data": [own, others, again], "meta": {"result_count": 3}})
        return NONE_FOUND

    watched = source(account="https://x.com/fleursbougamont")
    session = FakeSession(respond)
    pages = read_pages(watched, session)
    [entry] = [entry for page in pages for entry in page.entries]
    assert (entry.text, entry.searched_for) == ("@fleursbougamont bravo", "Fleurs Bougamont")
    assert watched.queries[-1] == "@fleursbougamont"
    assert "-from:fleursbougamont" in watched.queries[0]
    later = FakeSession(respond)
    assert ids(read_pages(watched, later, pages[-1].cursor)) == []
    assert "/2/users/by/username/fleursbougamont" not in paths_of(later)


def test_own_posts_that_a_search_finds_are_left_out() -> None:
    def respond(url: str) -> Response:
        path = urlsplit(url).path
        if path == SEARCHES:
            return answer(SEARCH)
        return answer({"data": {"id": "1111"}}) if "username" in path else NONE_FOUND

    pages = read_pages(source(account="Lea_Lille"), FakeSession(respond))
    assert {entry.author for entry in pages[0].entries} == {"tom59", None}


# --- going on -----------------------------------------------------------------------------------


def test_a_second_poll_asks_for_what_is_newer_only() -> None:
    numbers = [number(hours) for hours in range(1, 6)]
    first = read_pages(source(), FakeSession(server(numbers)))
    assert sorted(ids(first)) == sorted(numbers)
    session = FakeSession(server(numbers))
    assert ids(read_pages(source(), session, first[-1].cursor)) == []
    assert query_of(session.asked[0].url)["since_id"] == numbers[0]
    assert len(session.asked) == 1


def test_a_poll_cut_by_its_limit_of_pages_goes_on_where_it_was() -> None:
    numbers = [number(hours) for hours in range(1, 10)]
    watched = source(max_pages=2)
    read: list[str] = []
    pages = read_pages(watched, FakeSession(server(numbers)))
    read += ids(pages)
    newer = [number(0.5), *numbers]
    for _ in range(3):
        pages = read_pages(watched, FakeSession(server(newer)), pages[-1].cursor)
        read += ids(pages)
    assert sorted(read) == sorted(newer)


def test_a_poll_cut_after_any_page_loses_nothing() -> None:
    numbers = [number(hours) for hours in range(1, 8)]
    whole = read_pages(source(), FakeSession(server(numbers)))
    for cut in range(len(whole)):
        kept = whole[: cut + 1]
        rest = read_pages(source(), FakeSession(server(numbers)), kept[-1].cursor)
        assert set(ids(kept) + ids(rest)) == set(numbers)


def test_errors_between_pages_lose_nothing() -> None:
    numbers = [number(hours) for hours in range(1, 8)]
    reply = server(numbers)
    asked = 0

    def respond(url: str) -> Response:
        nonlocal asked
        asked += 1
        return answer({}, status=(503, 429)[asked % 2]) if asked % 3 == 0 else reply(url)

    cursor: Cursor = {}
    read: list[str] = []
    for _ in range(6):
        pages, _ = poll(source(), FakeSession(respond), cursor)
        read += ids(pages)
        cursor = pages[-1].cursor if pages else cursor
    assert sorted(read) == sorted(numbers)


def test_a_since_id_older_than_a_week_is_left_out() -> None:
    old = number(24 * 8)
    pages = read_pages(source(), FakeSession(server([old])))
    session = FakeSession(server([old]))
    assert ids(read_pages(source(), session, pages[-1].cursor)) == []
    assert "since_id" not in query_of(session.asked[0].url)


def test_a_since_id_that_x_refuses_is_left_out() -> None:
    numbers = [number(3)]
    pages = read_pages(source(), FakeSession(server(numbers)))
    refusal: Json = {
        "errors": [{"parameters": {"since_id": ["1"]}, "message": "'since_id' too old"}]
    }

    def respond(url: str) -> Response:
        is_bounded = "since_id" in query_of(url)
        return answer(refusal, status=400) if is_bounded else answer(posts(number(1), *numbers))

    assert ids(read_pages(source(), FakeSession(respond), pages[-1].cursor)) == [number(1)]


def test_a_number_of_the_future_hides_nothing() -> None:
    future = FakeSession(lambda _: answer(posts("9999999999999999999", number(2))))
    pages = read_pages(source(), future)
    later = FakeSession(lambda _: answer(posts(number(1))))
    assert ids(read_pages(source(), later, pages[-1].cursor)) == [number(1)]


def test_a_token_given_twice_ends_the_reading() -> None:
    session = FakeSession(lambda _: answer(posts(number(2), following="same")))
    read_pages(source(max_pages=20), session)
    assert len(session.asked) == 2


def test_a_search_that_always_fails_starves_no_other() -> None:
    other = Business(name="Autre Maison")

    def respond(url: str) -> Response:
        is_bad = "Bougamont" in query_of(url)["query"]
        return answer({}, status=500) if is_bad else answer(posts(number(1)))

    pages, error = poll(source(ONE, other), FakeSession(respond), {})
    assert error is not None
    pages, _ = poll(source(ONE, other), FakeSession(respond), pages[-1].cursor)
    assert ids(pages) == [number(1)]


# --- money --------------------------------------------------------------------------------------


def test_what_an_answer_did_not_cost_is_given_back() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    read_pages(source(), session)
    assert session.spent == {"X, posts": 5, "X, $/1000": 5 * 5 + 2 * 10 + 1 * 5}


def test_the_guard_refuses_before_the_call_in_posts_and_in_dollars() -> None:
    for limit in ({"monthly_posts": 9}, {"monthly_dollars": 0.149}):
        session = FakeSession(lambda _: answer(SEARCH))
        with pytest.raises(FetchError) as refused:
            read_pages(source(**limit), session)
        assert (session.asked, refused.value.health) == ([], "budget_spent")
        assert refused.value.code is Code.RATE_LIMITED
        assert refused.value.retry_at == datetime(2026, 12, 1, tzinfo=UTC)
        assert set(session.spent.values()) <= {0}


def test_a_small_rest_of_the_budget_buys_a_small_page() -> None:
    session = FakeSession(lambda _: answer(SEARCH))
    read_pages(source(monthly_posts=40), session)
    assert query_of(session.asked[0].url)["max_results"] == "10"


def test_without_authors_twice_as_much_is_read() -> None:
    session = FakeSession(lambda _: answer(posts(number(1))))
    read_pages(source(authors=False, monthly_dollars=0.05), session)
    told = query_of(session.asked[0].url)
    assert "expansions" not in told
    assert "user.fields" not in told


def test_an_error_costs_nothing_and_a_lost_answer_all() -> None:
    session = FakeSession(lambda _: answer({}, status=503))
    with pytest.raises(FetchError):
        read_pages(source(), session)
    assert set(session.spent.values()) == {0}

    def lost(_: str) -> Response:
        raise FetchError(Code.TRUNCATED, "cut")

    session = FakeSession(lost)
    with pytest.raises(FetchError):
        read_pages(source(), session)
    assert session.spent["X, posts"] == 100


# --- refusals -----------------------------------------------------------------------------------

RESET = str(int((NOW + timedelta(minutes=7)).timestamp()))


@pytest.mark.parametrize(
    ("status", "body", "headers", "told"),
    [
        (401, {}, {}, ("auth", "token_expired", None)),
        (
            403,
            {
                "type": "https://api.x.com/2/problems/client-forbidden",
                "reason": "client-not-enrolled",
            },
            {},
            ("auth", "permission_missing", None),
        ),
        (402, {"title": "CreditsDepleted"}, {}, ("rate_limited", "budget_spent", 6 * 60)),
        (
            429,
            {"type": "https://api.x.com/2/problems/usage-capped", "title": "UsageCapExceeded"},
            {"x-rate-limit-reset": RESET},
            ("rate_limited", "budget_spent", 6 * 60),
        ),
        (
            429,
            {"type": "https://api.x.com/2/problems/rate-limit-exceeded"},
            {"x-rate-limit-reset": RESET},
            ("rate_limited", "rate_limited", 7),
        ),
        (429, {}, {}, ("rate_limited", "rate_limited", 15)),
        (
            403,
            {"title": "SpendCapReached", "reset_date": "2026-11-23T12:00:00Z"},
            {},
            ("rate_limited", "budget_spent", 5 * 60),
        ),
        (500, {}, {}, ("http_status", None, None)),
    ],
)
def test_refusals_are_told_apart(
    status: int,
    body: Mapping[str, Json],
    headers: dict[str, str],
    told: tuple[str, str | None, int | None],
) -> None:
    session = FakeSession(lambda _: answer(body, status=status, more=headers))
    with pytest.raises(FetchError) as refused:
        read_pages(source(), session)
    code, health, wait = told
    assert (refused.value.code, refused.value.health) == (code, health)
    retry_at = None if wait is None else NOW + timedelta(minutes=wait)
    assert refused.value.retry_at == retry_at


def test_a_recorded_bad_question_is_explained(shared: Path) -> None:
    body = (shared / "recordings/x/error_invalid_request.json").read_bytes()
    error = told_refusal(
        FetchError(Code.HTTP_STATUS, "status 400", http_status=400, body=body), NOW
    )
    assert "JSON doesn't match expected schema" in str(error)


# --- looking again ------------------------------------------------------------------------------


def recheck(watched: X, session: FakeSession, *known: str) -> list[Page]:
    async def look() -> list[Page]:
        return [page async for page in watched.recheck(session, known)]

    return asyncio.run(look())


def test_deleted_and_private_posts_are_removed() -> None:
    there, gone, hidden = number(1), number(2), number(3)
    problems = "https://api.x.com/2/problems/"
    told = {
        "data": [{"id": there, "text": "Fleurs Bougamont"}],
        "errors": [
            {"parameter": "ids", "resource_id": gone, "type": f"{problems}resource-not-found"},
            {"parameter": "ids", "value": hidden, "type": f"{problems}not-authorized-for-resource"},
        ],
    }
    session = FakeSession(lambda _: answer(told))
    [page] = recheck(source(), session, there, gone, hidden)
    assert (page.removed, page.entries) == ((gone, hidden), ())
    assert query_of(session.asked[0].url)["ids"] == f"{there},{gone},{hidden}"
    assert session.spent["X, posts"] == 1


def test_all_may_be_deleted() -> None:
    gone = number(2)
    kind = "https://api.x.com/2/problems/resource-not-found"
    told = {"errors": [{"parameter": "ids", "resource_id": gone, "type": kind}]}
    [page] = recheck(source(), FakeSession(lambda _: answer(told)), gone)
    assert page.removed == (gone,)


def test_looking_again_is_bounded_by_day() -> None:
    session = FakeSession(lambda _: answer(posts(number(1))))
    watched = source(daily_rechecks=2)
    for _ in range(3):
        assert recheck(watched, session, number(1), number(2), number(3)) == []
    assert len(session.asked) == 1
    assert recheck(source(daily_rechecks=0), session, number(1)) == []
    assert len(session.asked) == 1


# --- the whole ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"token": None},
        {"account": "two words"},
        {"monthly_dollars": 0},
        {"languages": ["français"]},
    ],
)
def test_what_is_wrong_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_numbers_tell_the_time() -> None:
    assert number_of(number(1)) > number_of(number(2))
    assert abs(written_at(number_of(number(5))) - (NOW - timedelta(hours=5))) < timedelta(seconds=1)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    with FeedServer() as web:

        def respond(request: Request) -> Answer:
            assert request.headers["authorization"] == "Bearer secret-token"
            is_count = request.path == COUNTS
            told = {"meta": {"total_tweet_count": 4}} if is_count else SEARCH
            headers = {"Content-Type": "application/json"}
            return Answer(headers=headers, body=json.dumps(told).encode())

        web["*"] = respond
        shop = Shop(tmp_path, web)
        told = {
            "type": "x",
            "id": "x",
            "token": "secret-token",
            "base_url": web.url("/").rstrip("/"),
        }
        network = {"allow_private_hosts": [web.address]}
        shop.configure(sources=[told], network=network)
        report = shop.poll()["x"]
        assert (report["error"], report["new"]) == (None, 4)
        assert shop.poll()["x"]["new"] == 0
        assert {mention["author"] for mention in shop.mentions()} >= {"lea_lille", "tom59"}
        web["*"] = Answer(status=402, headers={"Content-Type": "application/json"}, body=b"{}")
        shop.poll()
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert state["state"] == "budget_spent"
        shop.configure(sources=[{**told, "monthly_dollars": 0.01}], network=network)
        before = len(web.requests)
        shop.poll()
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert (state["state"], len(web.requests)) == ("budget_spent", before)
        assert "secret-token" not in (tmp_path / "mentions.db").read_bytes().decode("latin-1")
