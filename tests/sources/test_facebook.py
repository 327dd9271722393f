"""Facebook: one Page's wall, tagging posts, comments and recommendations, part by part."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import SHOP
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer
from servers import Request as Asked
from sources.fake_graph import TOKEN, FakeGraph, refusal, used
from sources.fake_session import DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import FetchError, Malformed
from monitor.model import Cursor, Entry, Kind, Page
from monitor.sources.facebook import Facebook, FacebookOptions
from monitor.sources.facebook_entries import Own, read_comment, read_post, read_rating

FOLDER = DATA / "facebook"
PAGE = "104000000000001"
OWN = Own(frozenset({PAGE}))
INFO = {
    "id": PAGE,
    "name": "Fleurs Bougamont",
    "followers_count": 812,
    "overall_star_rating": 4.6,
    "rating_count": 57,
}


def load(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((FOLDER / f"{name}.synthetic.json").read_text("utf-8"))


def source(**options: object) -> Facebook:
    told = {"type": "facebook", "page": PAGE, "token": TOKEN, **options}
    return Facebook(FacebookOptions.model_validate(told), (SHOP,))


def graph(**routes: object) -> FakeGraph:
    """The Page with what its parts hold; ``post_902`` are the comments of a post."""
    whole: dict[str, Any] = {
        PAGE: INFO,
        f"{PAGE}/feed": load("feed"),
        f"{PAGE}/ratings": load("ratings"),
        f"{PAGE}_902/comments": load("comments"),
    }
    named = {
        (f"{PAGE}_{name[5:]}/comments" if name.startswith("post_") else f"{PAGE}/{name}"): told
        for name, told in routes.items()
    }
    return FakeGraph(whole | named)


def entries(pages: list[Page]) -> dict[str, Entry]:
    return {entry.external_id: entry for page in pages for entry in page.entries}


def post(number: int, count: int = 0, day: int = 20) -> dict[str, Any]:
    return {
        "id": f"{PAGE}_{number}",
        "message": f"Avis {number}",
        "created_time": f"2026-11-{day:02}T08:00:00+0000",
        "comments": {"summary": {"total_count": count}},
    }


def test_a_visitors_post_is_read_field_by_field_and_the_pages_own_is_left_out() -> None:
    visitor, own, bare = load("feed")["data"]
    read = read_post(visitor, OWN)
    assert read == Entry(
        external_id=f"{PAGE}_902",
        url="https://www.facebook.com/104000000000001/posts/902",
        title="Photos de Maïté",
        text="Bouquet livré fané, personne ne répond au téléphone.",
        kind=Kind.POST,
        author="Maïté Élissalde",
        published_at=datetime(2026, 11, 22, 9, 15, tzinfo=UTC),
        likes=11,
        comments=3,
        shares=2,
        media=("https://scontent.example/fane.jpg?oe=1",),
    )
    assert read_post(own, OWN) is None
    told = read_post(bare, OWN)
    assert told is not None
    assert told.url == f"https://www.facebook.com/{PAGE}_900"
    assert told.text == "Un passant a recommandé Fleurs Bougamont."
    assert (told.author, told.likes, told.comments, told.shares) == (None, None, None, None)


def test_recommendations_bear_stars_only_where_facebook_gives_some() -> None:
    no, yes, stars = (read_rating(row, OWN) for row in load("ratings")["data"])
    assert (no.rating, no.title, no.text) == (
        None,
        "Ne recommande pas",
        "Trois semaines pour un devis.",
    )
    assert (no.external_id, no.url) == ("553311", "https://www.facebook.com/553311")
    assert (yes.rating, yes.title, yes.url, len(yes.external_id)) == (
        None,
        "Je recommande",
        None,
        64,
    )
    assert (stars.rating, stars.title, stars.author, stars.kind) == (4.0, None, "Paul", Kind.REVIEW)
    with pytest.raises(Malformed):
        read_rating({"created_time": "2026-11-19T10:00:00+0000", "rating": 4}, OWN)


def test_recorded_answers_are_read(shared: Path) -> None:
    folder = shared / "recordings" / "facebook"

    def rows(name: str) -> list[Any]:
        return list(json.loads((folder / name).read_text("utf-8"))["data"])

    first, *_, video = [read_post(row, OWN) for row in rows("page_feed_full_p1.json")]
    assert first is not None
    assert first.external_id == "19292868552_10158349356748553"
    assert first.url == "https://www.facebook.com/19292868552/posts/10158349356748553/"
    assert first.text.startswith("Singaporean logistics company Ninja Van")
    assert str(first.published_at) == "2021-07-09 19:09:52+00:00"
    assert (first.likes, first.comments, first.shares, first.author) == (125, 13, 10, None)
    assert first.media[0].startswith("https://scontent-ssn1-1.xx.fbcdn.net/v/t1.6435-9/p720x720/")
    assert video is not None
    assert (video.title, video.likes, video.comments) == ("iCook Success Story", 179, 49)

    tagged = [read_post(row, OWN) for row in rows("page_tagged_posts.json")]
    assert [one.text for one in tagged if one] == [
        "So MyLife to go. haha",
        "我测试一下 MyLife",
        "ha MyLife",
    ]
    post_id = "19292868552_10158407654328553"
    comments = [read_comment(row, post_id, OWN) for row in rows("post_comments_p1.json")]
    assert len({one.external_id for one in comments if one}) == 10
    assert comments[0] is not None
    assert comments[0].external_id == "10158407654328553_10158407835073553"
    assert comments[0].parent_url == f"https://www.facebook.com/{post_id}"
    assert comments[5] is not None
    assert comments[5].external_id == "10158407654328553_10158409983033553"

    story = json.loads((folder / "rating_with_text_de.json").read_text("utf-8"))
    german = read_rating(story, OWN)
    assert (german.rating, german.language, german.author) == (3.0, "de", "Example Reviewer")
    assert german.text.startswith("Ja ziemlich coole Sache")
    assert (german.external_id, str(german.published_at)) == (
        "904801129604590",
        "2015-11-29 11:03:21+00:00",
    )
    row = json.loads((folder / "rating_recommendation.json").read_text("utf-8"))
    plain = read_rating(row, OWN)
    assert (plain.rating, plain.title, plain.external_id) == (5.0, None, "10150030749305470")


def test_one_poll_reads_every_part_and_the_second_stores_nothing() -> None:
    facebook = source()
    session = FakeSession(graph())
    pages = read_pages(facebook, session)
    found = entries(pages)
    assert set(found) >= {f"{PAGE}_902", f"{PAGE}_900", "902_11", "902_13", "553311", "553309"}
    assert "902_12" not in found
    assert found["902_11"].answered
    assert found["902_13"].parent_url == "https://www.facebook.com/902_11"
    assert len(found) == 7
    assert {(f.name, f.value) for page in pages for f in page.figures} == {
        ("rating", 4.6),
        ("rating_count", 57.0),
        ("followers", 812.0),
    }
    again = graph()
    second = read_pages(facebook, FakeSession(again), pages[-1].cursor)
    assert entries(second) == {}
    # No account, no token, and comments only where their number is not told.
    lists = [f"{PAGE}/feed", f"{PAGE}/tagged", f"{PAGE}/ratings"]
    assert again.asked == [*lists, f"{PAGE}_900/comments"]


def test_the_token_goes_in_a_header_and_stays_nowhere() -> None:
    whole = graph(feed=[[post(1)], [post(2)], [post(3)]])
    session = FakeSession(whole)
    pages = read_pages(source(app_secret="shh"), session)
    assert len([one for one in entries(pages) if one.startswith(PAGE)]) == 3
    for asked in session.asked:
        assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in asked.url.replace(f"input_token={TOKEN}", "")
        assert "appsecret_proof=" in asked.url
    assert TOKEN not in json.dumps(pages[-1].cursor)
    assert TOKEN not in f"{source().address} {source().queries}"


def test_pages_are_read_to_the_end_an_empty_one_among_them() -> None:
    whole = graph(feed=[[post(1)], [], [post(2)]])
    assert set(entries(read_pages(source(), FakeSession(whole)))) >= {f"{PAGE}_1", f"{PAGE}_2"}


def test_a_limit_of_pages_and_errors_between_lose_nothing() -> None:
    rows = [[post(number)] for number in range(7)]
    facebook = source(max_pages=2)
    cursor: Cursor = {}
    found: set[str] = set()
    faults = iter([None, answer(b"", status=500), None, refusal(2), refusal(4), None, None, None])
    for fault in faults:

        def feed(asked: dict[str, str], fault: object = fault) -> object:
            if fault is not None and "after" in asked:
                return fault
            return FakeGraph({"x": rows})(
                "https://a.example/v1/x?after=" + asked.get("after", "p0")
            )

        async def poll(feed: Callable[..., object] = feed) -> None:
            nonlocal cursor
            try:
                session = FakeSession(graph(feed=feed))
                async for page in facebook.pages(session, cursor):
                    cursor = json.loads(json.dumps(page.cursor))
                    found.update(entry.external_id for entry in page.entries)
            except FetchError:
                pass

        asyncio.run(poll())
    assert found >= {f"{PAGE}_{number}" for number in range(7)}


def test_an_edit_a_count_and_a_new_comment_are_read_again() -> None:
    facebook = source()
    first = read_pages(facebook, FakeSession(graph()))
    feed, comments = load("feed"), load("comments")
    feed["data"][0]["comments"]["summary"]["total_count"] = 4
    feed["data"][2]["story"] = "Un passant ne recommande plus."
    comments["data"].append(
        {"id": "902_14", "message": "Nouvel avis", "created_time": "2026-11-23T06:00:00+0000"}
    )
    changed = graph(feed=feed, post_902=comments)
    found = entries(read_pages(facebook, FakeSession(changed), first[-1].cursor))
    assert set(found) == {f"{PAGE}_902", f"{PAGE}_900", "902_14"}
    assert found[f"{PAGE}_902"].comments == 4


def test_retired_ratings_cost_nothing_else_and_are_said_for_a_day() -> None:
    facebook = source()
    pages = read_pages(facebook, FakeSession(graph(ratings=refusal(12))))
    assert f"{PAGE}_902" in entries(pages)
    assert "902_11" in entries(pages)
    standing = pages[-1].standing
    assert standing is not None
    assert (standing.health, standing.missing) == ("gone", "ratings")
    assert ("rating", 4.6) in {(f.name, f.value) for f in pages[-1].figures}
    cursor = json.loads(json.dumps(pages[-1].cursor))
    again = graph(ratings=refusal(12))
    [page] = read_pages(facebook, FakeSession(again), cursor)
    assert page.standing is not None
    assert f"{PAGE}/ratings" not in again.asked
    cursor["gone"]["ratings"] = (NOW - timedelta(days=2)).isoformat()
    assert all(p.standing is None for p in read_pages(facebook, FakeSession(again), cursor))
    cursor["gone"]["ratings"] = (NOW - timedelta(days=31)).isoformat()
    back = read_pages(facebook, FakeSession(graph()), cursor)
    assert "553311" in entries(back)


def test_a_missing_permission_of_one_part_is_told_while_the_rest_is_read() -> None:
    pages = read_pages(source(), FakeSession(graph(tagged=refusal(10))))
    assert f"{PAGE}_902" in entries(pages)
    standing = pages[-1].standing
    assert standing is not None
    assert (standing.health, standing.missing) == ("permission_missing", "pages_read_user_content")
    refused = refusal(200)
    all_of_it = FakeGraph(
        {PAGE: INFO} | {f"{PAGE}/{n}": refused for n in ("feed", "tagged", "ratings")}
    )
    with pytest.raises(FetchError) as error:
        read_pages(source(), FakeSession(all_of_it))
    assert (error.value.code, error.value.health) == ("auth", "permission_missing")


def test_the_fault_of_one_part_is_raised_after_the_others_are_read() -> None:
    whole, got = graph(feed=answer(b"", status=500)), []

    async def read() -> None:
        async for page in source().pages(FakeSession(whole), {}):
            got.append(page)  # noqa: PERF401 - what came before the fault is kept

    with pytest.raises(FetchError) as error:
        asyncio.run(read())
    assert error.value.http_status == 500
    assert "553311" in entries(got)


def test_a_limit_is_told_rather_than_a_fault_before_it() -> None:
    whole = graph(feed=answer(b"", status=500), tagged=refusal(32))
    with pytest.raises(FetchError) as error:
        read_pages(source(), FakeSession(whole))
    assert (error.value.code, error.value.retry_at) == ("rate_limited", NOW + timedelta(hours=1))


def test_near_a_limit_the_rest_waits_for_the_next_poll() -> None:
    facebook = source()
    cursor: Cursor = {}
    found: set[str] = set()
    for _ in range(6):
        whole = graph()
        whole.headers = used(80)
        for page in read_pages(facebook, FakeSession(whole), cursor):
            cursor = page.cursor
            found |= set(entries([page]))
        assert len([one for one in whole.asked if "/" in one]) == 1
    assert {f"{PAGE}_902", "553311"} <= found


def test_ever_near_a_limit_comments_have_their_turn() -> None:
    whole = graph(feed={"data": [post(1, 1), post(2, 2)]}, ratings={"data": []})
    for number in (1, 2):
        comment = {"id": f"{number}_9", "message": "Bravo"}
        whole.routes[f"{PAGE}_{number}/comments"] = {"data": [comment]}
    whole.headers = used(80)
    cursor: Cursor = {}
    found: list[str] = []
    for _ in range(12):
        for page in read_pages(source(), FakeSession(whole), cursor):
            cursor = page.cursor
            found += [entry.external_id for entry in page.entries]
    assert sorted(found) == [f"{PAGE}_1", f"{PAGE}_2", "1_9", "2_9"]


def test_a_post_deleted_meanwhile_costs_only_its_comments() -> None:
    whole = graph(post_902=refusal(100, 33), feed=[[*load("feed")["data"], post(5, 1)]])
    whole.routes[f"{PAGE}_5/comments"] = {"data": [{"id": "5_1", "message": "Bravo"}]}
    assert "5_1" in entries(read_pages(source(), FakeSession(whole)))


def test_without_its_identifier_no_page_is_read() -> None:
    whole = FakeGraph({"me": {"name": "x"}, "me/feed": load("feed")})
    with pytest.raises(Malformed):
        read_pages(source(page="me"), FakeSession(whole))
    whole = FakeGraph({"me": INFO, "me/feed": load("feed")})
    found = entries(read_pages(source(page="me"), FakeSession(whole)))
    assert set(found) == {f"{PAGE}_902", f"{PAGE}_900"}


def test_a_first_poll_reads_all_tagging_posts_however_old_page_after_page() -> None:
    def tagging(number: int) -> dict[str, Any]:
        return {
            "id": f"55_{number}",
            "message": f"Vu {number}",
            "created_time": f"2012-01-{number + 1:02}T08:00:00+0000",
            "tagged_time": f"2016-05-{28 - number:02}T08:00:00+0000",
        }

    old = [[tagging(number)] if number != 4 else [] for number in range(9)]
    whole = graph(tagged=old, feed={"data": []}, ratings={"data": []})
    session = FakeSession(whole)
    first = read_pages(source(), session)
    assert any("tagged_time" in one.url for one in session.asked)
    second = read_pages(source(), FakeSession(whole), first[-1].cursor)
    found = [entry.external_id for page in [*first, *second] for entry in page.entries]
    assert found == [f"55_{number}" for number in range(9) if number != 4]


def test_without_a_token_it_says_so_and_asks_nothing() -> None:
    session = FakeSession(graph())
    with pytest.raises(FetchError) as error:
        read_pages(source(token=None), session)
    assert (error.value.health, session.asked) == ("needs_token", [])


def test_what_is_looked_at_again_is_edited_or_removed() -> None:
    edited = {**load("feed")["data"][0], "message": "Bouquet remplacé, merci."}
    comment = {**load("comments")["data"][0], "message": "C’est arrangé."}
    elsewhere = {**post(1), "id": "777_1"}

    def tagging(asked: dict[str, str]) -> object:
        return (
            refusal(100, message="(#100) nonexisting field")
            if "parent" in asked["fields"]
            else elsewhere
        )

    whole = FakeGraph(
        {
            f"{PAGE}_902": edited,
            "902_11": comment,
            "902_13": refusal(100, 33),
            "777_1": tagging,
        }
    )

    async def again() -> list[Page]:
        ids = [f"{PAGE}_902", "902_11", "902_13", "777_1", "553311"]
        return [page async for page in source().recheck(FakeSession(whole), ids)]

    pages = asyncio.run(again())
    found = entries(pages)
    assert found[f"{PAGE}_902"].text == "Bouquet remplacé, merci."
    assert found[f"{PAGE}_902"].title == "Photos de Maïté"
    assert (found["902_11"].text, found["902_11"].kind) == ("C’est arrangé.", Kind.COMMENT)
    assert found["777_1"].kind is Kind.POST
    assert [one for page in pages for one in page.removed] == ["902_13"]


def test_history_reads_each_list_back_to_a_day() -> None:
    whole = graph(feed=[[post(1)], [post(2)]], ratings=refusal(12))

    async def back() -> list[Page]:
        since = datetime(2026, 1, 1, tzinfo=UTC)
        return [page async for page in source().history(FakeSession(whole), since, {})]

    assert set(entries(asyncio.run(back()))) == {f"{PAGE}_1", f"{PAGE}_2"}


@pytest.mark.parametrize("options", [{"page": "a/b"}, {"version": "26"}, {"days": 0}])
def test_what_is_wrong_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    whole = graph(ratings=refusal(12))

    def respond(request: Asked) -> Answer:
        told = whole(f"http://graph.example{request.target}")
        return Answer(status=told.status, headers=dict(told.headers), body=told.body)

    with FeedServer({"*": respond}) as web:
        shop = Shop(tmp_path, web)
        shop.configure(
            sources=[
                {
                    "type": "facebook",
                    "id": "page",
                    "page": PAGE,
                    "token": TOKEN,
                    "base_url": web.url("/").rstrip("/"),
                }
            ],
            network={"allow_private_hosts": [web.address]},
        )
        report = shop.poll()["page"]
        assert (report["error"], report["new"]) == (None, 4)
        assert shop.poll()["page"]["new"] == 0
        by_text = {mention["text"]: mention for mention in shop.mentions()}
        assert by_text["Pareil pour moi, très déçue."]["kind"] == "comment"
        [told] = json.loads(shop.ecoute("sources", "--json").out)
        assert (told["state"], told["error"]) == ("gone", None)
        whole.routes[f"{PAGE}/feed"] = refusal(190, 463)
        shop.poll()
        [told] = json.loads(shop.ecoute("sources", "--json").out)
        assert (told["state"], told["error"]["code"]) == ("token_expired", "auth")
        assert TOKEN not in (tmp_path / "mentions.db").read_bytes().decode("latin-1")
