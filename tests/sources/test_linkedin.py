"""LinkedIn: notifications of a Page, texts and comments, what refusals mean, what is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from promises.shop import Shop
from pydantic import ValidationError
from servers import Answer, FeedServer, Request
from sources.fake_session import DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import FetchError, Malformed
from monitor.model import Business, Entry, Json, Kind, Page, Response
from monitor.sources.linkedin import Linkedin, LinkedinOptions
from monitor.sources.linkedin_entries import (
    comment_of,
    plain_commentary,
    read_comments,
    read_notification,
    read_notifications,
)

NOTICES = json.loads((DATA / "linkedin" / "notifications.synthetic.json").read_text("utf-8"))
COMMENTS = json.loads((DATA / "linkedin" / "comments.synthetic.json").read_text("utf-8"))
ORG = "urn:li:organization:4242"
ONE = Business(name="Fleurs Bougamont")
POST: Json = {
    "id": "urn:li:share:7200",
    "author": "urn:li:person:Ana-3",
    "commentary": "Déçue, @[Fleurs Bougamont](urn:li:organization:4242)",
}
NOTHING: Json = {"elements": [], "paging": {"start": 0, "count": 50, "links": []}}


def source(**options: object) -> Linkedin:
    told = {"type": "linkedin", "organization": "4242", "token": "secret", **options}
    return Linkedin(LinkedinOptions.model_validate(told), (ONE,))


def respond(url: str) -> Response:
    path = urlsplit(url).path
    if path == "/rest/organizationalEntityNotifications":
        return answer(NOTICES)
    if path.endswith("/comments"):
        return answer(COMMENTS)
    if path.startswith("/rest/posts/"):
        return answer(POST)
    return answer({}, status=404)


def entries_of(pages: list[Page]) -> list[Entry]:
    return [entry for page in pages for entry in page.entries]


def test_notifications_are_read_without_likes_and_own_words() -> None:
    found = read_notifications(NOTICES, ORG, 0)
    comment, share, mention = found.entries
    assert comment.external_id == "urn:li:comment:(urn:li:activity:7002,8001)"
    assert comment.text == "Superbe vitrine & bel accueil !"
    assert comment.url == (
        "https://www.linkedin.com/feed/update/urn:li:activity:7002"
        "?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A7002%2C8001%29"
    )
    assert comment.parent_url == "https://www.linkedin.com/feed/update/urn:li:activity:7002"
    assert (comment.author, comment.kind) == ("urn:li:person:Lea-1", Kind.COMMENT)
    assert comment.published_at == NOW - timedelta(hours=1)
    assert (share.kind, share.url) == (
        Kind.POST,
        "https://www.linkedin.com/feed/update/urn:li:share:7100",
    )
    assert (mention.external_id, mention.text, mention.parent_url) == (
        "urn:li:share:7200",
        "",
        None,
    )
    assert found.removed == ("urn:li:comment:(urn:li:activity:7002,8003)",)
    assert (found.rows, found.following, found.problem) == (6, None, None)


def test_recorded_notifications(shared: Path) -> None:
    folder = shared / "recordings/linkedin"
    org = "urn:li:organization:96072893"
    told = json.loads((folder / "notification_comment.json").read_text())
    comment = read_notification(told, org)
    assert comment is not None
    assert comment.external_id == (
        "urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)"
    )
    assert (comment.text, comment.author) == ("Commenting as Tester...", "urn:li:person:zLqTygBP8S")
    assert comment.published_at == datetime(2023, 8, 9, 9, 48, 26, tzinfo=UTC)
    assert (
        read_notification(json.loads((folder / "notification_like.json").read_text()), org) is None
    )
    pushed = json.loads((folder / "webhook_share.json").read_text())
    share = read_notification(pushed["notifications"][0], org)
    assert share is not None
    assert (share.external_id, share.text) == ("urn:li:share:7094978106997846016", "test")
    assert share.parent_url == (
        "https://www.linkedin.com/feed/update/urn:li:activity:7094637247890620418"
    )
    assert share.url == "https://www.linkedin.com/feed/update/urn:li:share:7094978106997846016"


def test_what_has_no_urn_is_known_by_its_number() -> None:
    entry = read_notification({"action": "SHARE", "notificationId": -7, "sourcePost": "x"}, ORG)
    assert entry is not None
    assert (entry.external_id, entry.url) == ("-7:SHARE", None)
    with pytest.raises(Malformed):
        read_notification({"action": "SHARE"}, ORG)


def test_comments_are_read_without_the_pages_own() -> None:
    [entry] = read_comments(COMMENTS, "urn:li:share:7200", ORG, 0).entries
    assert entry.external_id == "urn:li:comment:(urn:li:share:7200,9001)"
    assert (entry.text, entry.likes) == ("Je confirme, très déçu.", 2)
    assert entry.published_at == NOW - timedelta(hours=2)
    assert entry.parent_url == "https://www.linkedin.com/feed/update/urn:li:share:7200"


def test_comments_are_spelled_one_way() -> None:
    told = ["urn:li:comment:(activity:1,2)", "urn:li:comment:(urn:li:activity:1,2)"]
    assert {named.urn for urn in told if (named := comment_of(urn))} == {told[1]}
    assert comment_of("urn:li:share:1") is None
    assert plain_commentary(None) == ""


def test_a_poll_asks_as_linkedin_wants_and_completes_texts() -> None:
    session = FakeSession(respond)
    pages = read_pages(source(), session)
    first = session.asked[0]
    start = int((NOW - timedelta(days=30)).timestamp() * 1000)
    assert first.url == (
        "https://api.linkedin.com/rest/organizationalEntityNotifications?q=criteria"
        "&actions=List(SHARE_MENTION,COMMENT,SHARE,COMMENT_EDIT,COMMENT_DELETE)"
        "&organizationalEntity=urn%3Ali%3Aorganization%3A4242"
        f"&timeRange=(start:{start},end:{int(NOW.timestamp() * 1000)})&start=0&count=50"
    )
    assert first.headers == {
        "LinkedIn-Version": "202610",
        "X-Restli-Protocol-Version": "2.0.0",
        "Authorization": "Bearer secret",
    }
    texts = {entry.external_id: entry.text for entry in entries_of(pages)}
    assert texts["urn:li:share:7200"] == "Déçue, Fleurs Bougamont"
    assert unquote(session.asked[1].url).endswith("/rest/posts/urn:li:share:7200")
    assert pages[-1].cursor["followed"] == ["urn:li:share:7100", "urn:li:share:7200"]
    assert source().keeps_text == timedelta(hours=48)
    assert source().subject == "Fleurs Bougamont"


def test_comments_under_mentions_are_read_from_the_next_poll_on() -> None:
    pages = read_pages(source(), FakeSession(respond))
    later = read_pages(source(), FakeSession(respond), pages[-1].cursor)
    assert {entry.text for entry in entries_of(later)} == {"Je confirme, très déçu."}
    last = FakeSession(respond)
    assert entries_of(read_pages(source(), last, later[-1].cursor)) == []
    assert len(last.asked) == 3
    alone = FakeSession(respond)
    read_pages(source(comments=False), alone, later[-1].cursor)
    assert len(alone.asked) == 1


def test_a_text_that_cannot_be_had_costs_only_itself() -> None:
    def refuse(url: str) -> Response:
        return answer({}, status=403) if "/posts/" in url else respond(url)

    pages = read_pages(source(), FakeSession(refuse))
    assert [entry.text for entry in entries_of(pages)][2] == ""


def test_texts_that_wait_for_a_limit_are_asked_for_next_time() -> None:
    def limit(url: str) -> Response:
        return answer({}, status=429) if "/posts/" in url else respond(url)

    pages: list[Page] = []

    async def read() -> None:
        async for page in source().pages(FakeSession(limit), {}):
            pages.append(page)  # noqa: PERF401 - what came before a fault is kept

    with pytest.raises(FetchError) as refused:
        asyncio.run(read())
    assert refused.value.retry_at == datetime(2026, 11, 24, tzinfo=UTC)
    again = read_pages(source(), FakeSession(respond), pages[-1].cursor)
    assert "Déçue, Fleurs Bougamont" in {entry.text for entry in entries_of(again)}


def test_pages_are_read_to_their_end() -> None:
    rows = NOTICES["elements"]

    def page_by_page(url: str) -> Response:
        if "/posts/" in url:
            return answer(POST)
        start = int(url.rpartition("&start=")[2].partition("&")[0])
        told: Json = {"start": start, "count": 2, "links": [], "total": len(rows)}
        return answer({"elements": rows[start : start + 2], "paging": told})

    session = FakeSession(page_by_page)
    pages = read_pages(source(comments=False, actions=["COMMENT"]), session)
    assert len(session.asked) >= 3
    assert len(entries_of(pages)) == 3


def test_the_daily_budget_is_kept_before_each_request() -> None:
    session = FakeSession(respond)
    with pytest.raises(FetchError) as refused:
        read_pages(source(daily_requests=1), session)
    assert (len(session.asked), refused.value.health) == (1, "budget_spent")


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, {"serviceErrorCode": 65601, "message": "revoked"}, ("auth", "token_expired", "")),
        (
            403,
            {"serviceErrorCode": 100, "message": "Not enough permissions to access: partnerApiX"},
            ("auth", "review_missing", "Community Management API"),
        ),
        (403, {"code": "ACCESS_DENIED"}, ("auth", "permission_missing", "r_organization_social")),
        (
            426,
            {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version …"},
            ("http_status", "gone", "LinkedIn-Version 202610"),
        ),
        (400, {"message": "Invalid version"}, ("http_status", "gone", "LinkedIn-Version 202610")),
        (429, {}, ("rate_limited", "rate_limited", "")),
        (500, {}, ("http_status", None, "")),
    ],
)
def test_refusals_are_told_apart(
    status: int, body: Mapping[str, Json], told: tuple[str, str | None, str]
) -> None:
    session = FakeSession(lambda _: answer(body, status=status))
    with pytest.raises(FetchError) as refused:
        read_pages(source(), session)
    code, health, missing = told
    assert (refused.value.code, refused.value.health) == (code, health)
    assert missing in refused.value.missing


def test_the_recorded_throttle_of_old_was_a_403(shared: Path) -> None:
    folder = shared / "recordings/linkedin"
    for name, code in (
        ("legacy_v1_error_throttle.json", "rate_limited"),
        ("legacy_v1_error_invalid_token.json", "auth"),
    ):
        body = (folder / name).read_bytes()
        status = json.loads(body)["status"]
        session = FakeSession(lambda _, b=body, s=status: answer(json.loads(b), status=s))  # type: ignore[misc]
        with pytest.raises(FetchError) as refused:
            read_pages(source(), session)
        assert refused.value.code == code


def test_a_token_that_ends_soon_is_told_in_time() -> None:
    ends_at = NOW + timedelta(days=5)

    def with_inspector(url: str) -> Response:
        if url.endswith("/oauth/v2/introspectToken"):
            return answer({"active": True, "expires_at": int(ends_at.timestamp())})
        return respond(url)

    session = FakeSession(with_inspector)
    pages = read_pages(source(client_id="app", client_secret="secret2"), session)
    standing = pages[0].standing
    assert standing is not None
    assert (standing.health, standing.at) == ("token_expires_soon", ends_at)
    assert session.posted[0][1]["token"] == "secret"
    written = read_pages(source(token_until="2026-11-30"), FakeSession(lambda _: answer(NOTHING)))
    assert written[-1].standing is not None
    later = read_pages(source(token_until="2027-01-30"), FakeSession(lambda _: answer(NOTHING)))
    assert [page.standing for page in later if page.standing] == []


def test_a_token_that_has_ended_is_told_by_the_inspector() -> None:
    session = FakeSession(lambda _: answer({"active": False, "status": "expired"}))
    with pytest.raises(FetchError) as refused:
        read_pages(source(client_id="app", client_secret="secret2"), session)
    assert refused.value.health == "token_expired"


def test_a_refresh_token_gives_access_tokens() -> None:
    def with_login(url: str) -> Response:
        if url.endswith("/oauth/v2/accessToken"):
            return answer({"access_token": "fresh", "expires_in": 5184000})
        return respond(url)

    session = FakeSession(with_login)
    granted = source(
        token=None, refresh_token="r", client_id="app", client_secret="s", comments=False
    )
    assert len(entries_of(read_pages(granted, session))) == 3
    assert session.asked[1].headers["Authorization"] == "Bearer fresh"


def test_deleted_posts_are_removed() -> None:
    def look(*known: str, told: Response) -> tuple[list[Page], FakeSession]:
        session = FakeSession(lambda _: told)

        async def read() -> list[Page]:
            return [page async for page in source().recheck(session, known)]

        return asyncio.run(read()), session

    comment = "urn:li:comment:(urn:li:activity:7002,8001)"
    both: Json = {"results": {"urn:li:share:1": {}}, "errors": {"urn:li:share:2": {"status": 404}}}
    pages, session = look("urn:li:share:1", comment, "urn:li:share:2", told=answer(both))
    assert pages[0].removed == ("urn:li:share:2",)
    assert session.asked[0].url.endswith(
        "/rest/posts?ids=List(urn%3Ali%3Ashare%3A1,urn%3Ali%3Ashare%3A2)"
    )
    assert session.asked[0].headers["X-RestLi-Method"] == "BATCH_GET"
    gone = answer({"status": 404, "message": "not found"}, status=404)
    assert look("urn:li:share:2", told=gone)[0][0].removed == ("urn:li:share:2",)
    assert look("urn:li:share:2", told=answer(POST))[0] == []


@pytest.mark.parametrize(
    "options",
    [
        {"token": None},
        {"refresh_token": "r", "token": None},
        {"organization": "fleurs"},
        {"client_id": "alone"},
        {"version": "v2"},
    ],
)
def test_what_is_wrong_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**options)


def test_from_the_command_to_mentions(tmp_path: Path) -> None:
    json_type = {"Content-Type": "application/json"}
    with FeedServer() as web:

        def reply(request: Request) -> Answer:
            told = respond(f"http://x{request.target}")
            return Answer(status=told.status, headers=json_type, body=told.body)

        web["*"] = reply
        shop = Shop(tmp_path, web)
        told = {
            "type": "linkedin",
            "id": "page",
            "organization": "4242",
            "token": "secret-token",
            "base_url": web.url("/").rstrip("/"),
        }
        shop.configure(sources=[told], network={"allow_private_hosts": [web.address]})
        report = shop.poll()["page"]
        assert (report["error"], report["new"]) == (None, 3)
        assert "actions=List(SHARE_MENTION,COMMENT" in web.requests[0].target
        assert "organizationalEntity=urn%3Ali%3Aorganization%3A4242&" in web.requests[0].target
        assert shop.poll()["page"]["new"] == 1
        assert shop.poll()["page"]["new"] == 0
        assert len({mention["url"] for mention in shop.mentions()}) == 4
        ended = {"status": 426, "code": "NONEXISTENT_VERSION", "message": "not active"}
        web["*"] = Answer(status=426, headers=json_type, body=json.dumps(ended).encode())
        shop.poll()
        [state] = json.loads(shop.ecoute("sources", "--json").out)
        assert state["state"] == "gone"
        assert "LinkedIn-Version 202610" in state["error"]["message"]
        assert "version" in state["error"]["message"]
