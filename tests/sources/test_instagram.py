"""Instagram: tags, comments and mentions of one account, and hashtags within their budget."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import SHOP
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer
from servers import Request as Asked
from sources.fake_graph import TOKEN, FakeGraph, refusal
from sources.fake_session import DATA, NOW, FakeSession, read_pages

from monitor.errors import FetchError
from monitor.model import Business, Entry, Kind, Page
from monitor.sources.instagram import Instagram, InstagramOptions
from monitor.sources.instagram_entries import (
    Own,
    read_comments,
    read_media,
    read_mentioned,
    read_tagged_with,
)

FOLDER = DATA / "instagram"
ACCOUNT = "17841400000000001"
OWN = Own("fleursbougamont", SHOP.name)
REVIEW = "Instagram Public Content Access"


def load(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((FOLDER / f"{name}.synthetic.json").read_text("utf-8"))


def source(business: Business = SHOP, **options: object) -> Instagram:
    told = {"type": "instagram", "account": ACCOUNT, "token": TOKEN, **options}
    return Instagram(InstagramOptions.model_validate(told), (business,))


def graph(**routes: object) -> FakeGraph:
    own = {
        "id": "1790",
        "permalink": "https://www.instagram.com/p/OWN/",
        "timestamp": "2026-11-22T08:00:00+0000",
        "comments_count": 5,
    }
    whole: dict[str, Any] = {
        ACCOUNT: {name: told for name, told in load("tags").items() if name != "data"},
        f"{ACCOUNT}/tags": {"data": load("tags")["data"]},
        f"{ACCOUNT}/media": {"data": [own]},
        "1790/comments": load("comments"),
        "ig_hashtag_search": lambda asked: {"data": [{"id": f"9{len(asked['q'])}"}]},
    }
    named = {name.replace("account_", f"{ACCOUNT}/"): told for name, told in routes.items()}
    return FakeGraph(whole | named)


def entries(pages: list[Page]) -> dict[str, Entry]:
    return {entry.external_id: entry for page in pages for entry in page.entries}


def tagged(number: int) -> dict[str, Any]:
    return {
        "id": f"5{number}",
        "caption": f"#fleurs {number}",
        "permalink": f"https://www.instagram.com/p/H{number}/",
        "media_type": "IMAGE",
        "timestamp": f"2026-11-22T{23 - number:02}:00:00+0000",
    }


def test_a_tag_is_read_field_by_field() -> None:
    first, second = load("tags")["data"]
    assert read_media(first, OWN) == Entry(
        external_id="17890000000000101",
        url="https://www.instagram.com/p/CAaa/",
        text="Bouquet de mariée signé @fleursbougamont, merci !",
        kind=Kind.IMAGE,
        author="lea.photo",
        author_url="https://www.instagram.com/lea.photo/",
        published_at=datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
        likes=41,
        comments=3,
        media=("https://scontent.example/a.jpg?oe=1", "https://scontent.example/b.jpg"),
        about=SHOP.name,
    )
    bare = read_media(second, OWN)
    assert bare is not None
    assert (bare.kind, bare.text, bare.author, bare.author_url, bare.likes) == (
        Kind.VIDEO,
        "",
        None,
        None,
        None,
    )
    assert read_media({**first, "username": "FleursBougamont"}, OWN) is None


def test_comments_come_with_their_replies_and_without_the_accounts_own() -> None:
    found, problem = read_comments(load("comments")["data"], "https://www.instagram.com/p/X/", OWN)
    assert problem is None
    assert [one.text for one in found] == ["Reçu hier, magnifique.", "Pareil !", "Beau", "Beau"]
    assert [one.answered for one in found] == [True, False, False, False]
    assert len({one.url for one in found}) == 4
    assert {one.parent_url for one in found} == {"https://www.instagram.com/p/X/"}


def test_recorded_answers_are_read(shared: Path) -> None:
    folder = shared / "recordings" / "instagram"

    def load(name: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads((folder / name).read_text("utf-8"))

    tags = [read_media(row, OWN) for row in load("tagged_medias.json")["data"]]
    assert [one.text for one in tags if one][:3] == [
        "publish test",
        "Cat test",
        "Cute.. #cute #loveyou  @ikroskun",
    ]
    assert tags[2] is not None
    assert (tags[2].likes, tags[2].comments, tags[2].external_id) == (3, 6, "17846368219941692")
    assert str(tags[2].published_at) == "2020-02-13 10:35:40+00:00"
    assert tags[2].url == "https://www.instagram.com/p/B8gQCApHMT-/"
    top = [read_tagged_with(row) for row in load("hashtag_top_media_p1.json")["data"]]
    assert len({one.external_id for one in top}) == 25
    assert {one.author for one in top} == {None}
    assert (top[1].likes, top[1].comments, top[1].published_at) == (2030, 60, None)
    bare = [read_tagged_with(row) for row in load("hashtag_recent_media_p1.json")["data"]]
    assert (bare[0].likes, bare[0].url, bare[0].text) == (804, None, "")
    comments, _ = read_comments(load("media_comments_p1.json")["data"], None, OWN)
    assert [(one.text, one.author, one.url) for one in comments] == [("Beautiful!", None, None)] * 2
    medium = read_mentioned(load("mentioned_media.json"), OWN)
    assert medium is not None
    assert (medium.external_id, medium.text) == ("17889114512354744", "@ikroskun hey")
    comment = read_mentioned(load("mentioned_comment.json"), OWN)
    assert comment is not None
    assert (comment.text, comment.author, comment.likes) == ("@ikroskun good", "ikroskun", 0)
    assert comment.kind is Kind.COMMENT


def test_one_poll_reads_every_part_and_the_second_stores_nothing() -> None:
    instagram = source()
    pages = read_pages(instagram, FakeSession(graph()))
    found = entries(pages)
    assert len(found) == 6
    assert {one.about for one in found.values()} == {SHOP.name}
    assert {(f.name, f.value) for page in pages for f in page.figures} == {
        ("followers", 2310.0),
        ("posts", 148.0),
    }
    again = graph()
    assert entries(read_pages(instagram, FakeSession(again), pages[-1].cursor)) == {}
    assert again.asked == [f"{ACCOUNT}/tags", f"{ACCOUNT}/media"]


def test_hashtags_are_read_page_after_page_though_the_cursor_stays_the_same() -> None:
    pages_left = [[tagged(1), tagged(2)], [tagged(3)], []]

    def recent(_: dict[str, str]) -> object:
        rows = pages_left.pop(0) if pages_left else []
        return {"data": rows, "paging": {"cursors": {"after": "same"}}}

    whole = graph(**{"96/recent_media": recent})
    business = Business(name="Fleurs", aliases=("#fleurs",))
    session = FakeSession(whole)
    pages = read_pages(source(business, hashtags=["#Fleurs"]), session)
    found = [one for one in entries(pages).values() if one.external_id.startswith("5")]
    assert [one.external_id for one in found] == ["51", "52", "53"]
    assert {(one.author, one.about, one.searched_for) for one in found} == {(None, None, "Fleurs")}
    assert session.spent == {"instagram hashtags": 1}
    # The identifier is kept for ever, and asking again for the same hashtag is free.
    again = graph()
    second = FakeSession(again)
    read_pages(source(business, hashtags=["fleurs"]), second, pages[-1].cursor)
    assert "ig_hashtag_search" not in again.asked
    assert second.spent == {}
    late = json.loads(json.dumps(pages[-1].cursor))
    late["parts"]["hashtags"]["began_at"] = (NOW - timedelta(days=8)).isoformat()
    third = FakeSession(graph())
    read_pages(source(business, hashtags=["fleurs"]), third, late)
    assert third.spent == {"instagram hashtags": 1}


def test_a_budget_that_others_spent_is_told_and_costs_nothing_else() -> None:
    recent = {"data": [{"id": str(number), "name": f"tag{number}"} for number in range(30)]}
    whole = graph(account_recently_searched_hashtags=recent)
    pages = read_pages(source(hashtags=["fleurs"]), FakeSession(whole))
    standing = pages[-1].standing
    assert standing is not None
    assert (standing.health, standing.missing) == ("budget_spent", "30/30 hashtags")
    assert standing.at == NOW + timedelta(days=7)
    assert len(entries(pages)) == 6
    # One of the thirty is free.
    free = graph(
        account_recently_searched_hashtags=recent, **{"94/recent_media": {"data": [tagged(1)]}}
    )
    assert "51" in entries(read_pages(source(hashtags=["tag7"]), FakeSession(free)))


def test_a_missing_review_is_told_while_the_rest_is_read() -> None:
    message = f"(#10) To use '{REVIEW}', your use of this endpoint must be reviewed"
    whole = graph(ig_hashtag_search=refusal(10, message=message))
    pages = read_pages(source(hashtags=["fleurs"]), FakeSession(whole))
    standing = pages[-1].standing
    assert standing is not None
    assert (standing.health, standing.missing) == ("review_missing", REVIEW)
    assert len(entries(pages)) == 6


def test_what_a_webhook_told_of_is_asked_for_once() -> None:
    def account(asked: dict[str, str]) -> object:
        if "mentioned_comment" in asked["fields"]:
            assert "comment_id(22)" in asked["fields"]
            told = {"id": "22", "text": "Allez chez @fleursbougamont", "username": "zoe"}
            link = {"id": "11", "permalink": "https://www.instagram.com/p/M/"}
            return {"mentioned_comment": {**told, "media": link}, "id": ACCOUNT}
        if "mentioned_media" in asked["fields"]:
            return refusal(100, 33)
        return {"id": ACCOUNT, "username": "fleursbougamont"}

    instagram = source(mentioned=["11/22", "33"])
    whole = graph(**{ACCOUNT: account})
    pages = read_pages(instagram, FakeSession(whole))
    assert entries(pages)["22"].text == "Allez chez @fleursbougamont"
    again = graph(**{ACCOUNT: account})
    read_pages(instagram, FakeSession(again), pages[-1].cursor)
    assert ACCOUNT not in again.asked


def test_without_the_accounts_name_its_own_comments_would_be_mentions() -> None:
    with pytest.raises(FetchError) as error:
        read_pages(source(), FakeSession(graph(**{ACCOUNT: refusal(10)})))
    assert (error.value.health, error.value.missing) == ("permission_missing", "instagram_basic")


def test_an_account_that_is_not_told_costs_no_mention_and_its_media_tell_whose_it_is() -> None:
    own = {"id": "1790", "username": "FleursBougamont", "comments_count": 5}
    whole = graph(**{ACCOUNT: refusal(100, 33), "account_media": {"data": [own]}})
    assert len(entries(read_pages(source(), FakeSession(whole)))) == 6
    whole = graph(**{ACCOUNT: {"id": ACCOUNT}, "account_media": {"data": [own]}})
    assert len(entries(read_pages(source(), FakeSession(whole)))) == 6


def media(number: int, year: int, count: int = 1) -> dict[str, Any]:
    return {
        "id": f"70{number}",
        "permalink": f"https://www.instagram.com/p/O{number}/",
        "timestamp": f"{year}-05-01T08:00:00+0000",
        "comments_count": count,
    }


def comment(number: int) -> dict[str, Any]:
    return {"id": f"8{number}", "text": f"Merci {number}", "username": "lea"}


def test_a_first_poll_reads_comments_on_old_media_though_it_is_cut() -> None:
    own = [[media(1, 2021), media(2, 2021)], [media(3, 2018)]]
    rows = {f"70{number}/comments": {"data": [comment(number)]} for number in (1, 2, 3)}
    whole = graph(account_media=own, account_tags={"data": []}, **rows)
    whole.routes["702/comments"] = refusal(80002)
    pages: list[Page] = []

    async def read() -> None:
        async for page in source().pages(FakeSession(whole), {}):
            pages.append(page)

    with pytest.raises(FetchError):
        asyncio.run(read())
    whole.routes["702/comments"] = {"data": [comment(2)]}
    pages += read_pages(source(), FakeSession(whole), pages[-1].cursor)
    found = [entry.external_id for page in pages for entry in page.entries]
    assert sorted(found) == ["81", "82", "83"]
    later = FakeSession(whole)
    assert entries(read_pages(source(), later, pages[-1].cursor)) == {}
    assert len([one for one in later.asked if "/media?" in one.url]) == 1


def test_a_comment_that_came_while_others_were_cut_is_read() -> None:
    new, first, second = comment(9), comment(1), comment(2)
    whole = graph(account_media={"data": [media(1, 2026, 2)]}, account_tags={"data": []})
    whole.routes["701/comments"] = [[first], [second]]
    cut = read_pages(source(max_pages=1), FakeSession(whole))
    whole.routes["701/comments"] = [[new, first], [second]]
    whole.routes[f"{ACCOUNT}/media"] = {"data": [media(1, 2026, 3)]}
    rest = read_pages(source(max_pages=1), FakeSession(whole), cut[-1].cursor)
    last = read_pages(source(max_pages=1), FakeSession(whole), rest[-1].cursor)
    found = [entry.external_id for page in [*cut, *rest, *last] for entry in page.entries]
    assert found == ["81", "82", "89"]


def test_a_first_poll_reads_all_tags_however_old_page_after_page() -> None:
    old = [[{**tagged(n), "timestamp": f"2016-05-{28 - n:02}T08:00:00+0000"}] for n in range(9)]
    old[4] = []
    whole = graph(account_tags=old, account_media={"data": []})
    first = read_pages(source(), FakeSession(whole))
    second = read_pages(source(), FakeSession(whole), first[-1].cursor)
    found = [entry.external_id for page in [*first, *second] for entry in page.entries]
    assert found == [f"5{n}" for n in range(9) if n != 4]


def test_an_identifier_that_is_a_number_is_kept_to_its_last_digit() -> None:
    told = read_media({"id": 17841400000000001234567}, OWN)
    assert told is not None
    assert told.external_id == "17841400000000001234567"


@pytest.mark.parametrize(
    "options",
    [
        {"account": "fleurs"},
        {"hashtags": ["a b"]},
        {"hashtags": [f"t{number}" for number in range(31)]},
        {"mentioned": ["x"]},
    ],
)
def test_what_is_wrong_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    whole = graph()
    whole.routes["debug_token"] = {
        "data": {
            "is_valid": True,
            "expires_at": int((datetime.now(UTC) + timedelta(days=4)).timestamp()),
            "scopes": ["instagram_basic", "instagram_manage_comments"],
        }
    }

    def respond(request: Asked) -> Answer:
        told = whole(f"http://graph.example{request.target}")
        return Answer(status=told.status, headers=dict(told.headers), body=told.body)

    with FeedServer({"*": respond}) as web:
        shop = Shop(tmp_path, web)
        shop.configure(
            sources=[
                {
                    "type": "instagram",
                    "id": "insta",
                    "account": ACCOUNT,
                    "token": TOKEN,
                    "base_url": web.url("/").rstrip("/"),
                }
            ],
            network={"allow_private_hosts": [web.address]},
        )
        report = shop.poll()["insta"]
        # Two who wrote the same word are two mentions.
        assert (report["error"], report["new"]) == (None, 6)
        assert shop.poll()["insta"]["new"] == 0
        [told] = json.loads(shop.ecoute("sources", "--json").out)
        assert told["state"] == "token_expires_soon"
