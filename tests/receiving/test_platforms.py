"""Meta's, LinkedIn's and Trustpilot's own forms, on what was recorded of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from receiving.pushing import FRENCH

from monitor.model import Json, Kind
from monitor.receiving.base import Push
from monitor.receiving.forms import read_push

PAGE = "1234567890321"


@pytest.fixture
def recorded(shared: Path) -> Any:  # noqa: ANN401 - a reader of JSON
    return lambda name: json.loads((shared / "recordings" / name).read_text(encoding="utf-8"))


def meta(field: str, value: dict[str, Json], kind: str = "page") -> Push:
    change: Json = {"field": field, "value": value}
    entry: Json = {"id": PAGE, "time": 1449135003, "changes": [change]}
    return read_push("meta", {"object": kind, "entry": [entry]}, FRENCH)


def test_a_post_that_mentions_the_page(recorded: Any) -> None:  # noqa: ANN401 - see above
    [pushed] = read_push("meta", recorded("facebook/webhook_mention_post.json"), FRENCH).pushed
    entry = pushed.entry
    assert (pushed.platform, entry.kind, entry.author) == ("facebook", Kind.POST, None)
    assert entry.external_id == f"{PAGE}_98722536423179"
    assert entry.url == f"https://www.facebook.com/{PAGE}_98722536423179"
    assert entry.text == "A test post message"
    assert entry.published_at == datetime(2021, 2, 26, 11, 56, 2, tzinfo=UTC)


def test_a_recommendation_with_stars(recorded: Any) -> None:  # noqa: ANN401 - see above
    [pushed] = read_push("meta", recorded("facebook/webhook_ratings_add.json"), FRENCH).pushed
    entry = pushed.entry
    assert (entry.kind, entry.rating, entry.title) == (Kind.REVIEW, 3.0, None)
    assert (entry.external_id, entry.author) == ("904801129604590", "Tester")
    assert entry.text == "Ja ziemlich coole Sache"


def test_a_recommendation_taken_back(recorded: Any) -> None:  # noqa: ANN401 - see above
    push = read_push("meta", recorded("facebook/webhook_ratings_remove.json"), FRENCH)
    assert (push.pushed, push.removed, push.skipped) == ((), ("904801129604590",), 0)


def test_what_the_page_itself_wrote_is_no_mention(recorded: Any) -> None:  # noqa: ANN401 - see above
    push = read_push("meta", recorded("facebook/webhook_feed_comment_add.json"), FRENCH)
    assert (push.pushed, push.skipped) == ((), 1)


def test_a_comment_under_a_post_of_the_page() -> None:
    value: dict[str, Json] = {
        "item": "comment",
        "verb": "edited",
        "comment_id": "9_1",
        "post_id": f"{PAGE}_9",
        "parent_id": f"{PAGE}_9",
        "from": {"id": "77", "name": "Julie"},
        "created_time": 1449135003,
        "message": "Livraison en retard",
    }
    [pushed] = meta("feed", value).pushed
    assert (pushed.entry.kind, pushed.entry.author) == (Kind.COMMENT, "Julie")
    assert pushed.entry.parent_url == f"https://www.facebook.com/{PAGE}_9"


def test_a_recommendation_without_stars_gets_none() -> None:
    value: dict[str, Json] = {
        "item": "rating",
        "verb": "add",
        "reviewer_id": 7,
        "reviewer_name": "Julie",
        "recommendation_type": "NEGATIVE",
        "created_time": 1537369512,
    }
    [pushed] = meta("ratings", value).pushed
    assert (pushed.entry.rating, pushed.entry.title) == (None, "Ne recommande pas")
    assert pushed.entry.url is None
    assert meta("ratings", value | {"verb": "remove"}).removed == (pushed.entry.external_id,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("feed", {"item": "like", "verb": "add", "post_id": "1"}),
        ("feed", {"item": "reaction", "verb": "edit", "post_id": "1"}),
        ("feed", {"item": "comment", "verb": "hide", "comment_id": "1"}),
        ("feed", {"item": "comment", "verb": "add"}),
        ("leadgen", {"leadgen_id": "1"}),
        ("invented", {}),
    ],
)
def test_other_events_are_skipped_and_counted(field: str, value: dict[str, Json]) -> None:
    push = meta(field, value)
    assert (push.pushed, push.removed, push.skipped) == ((), (), 1)


def test_private_messages_are_not_read() -> None:
    message: Json = {"sender": {"id": "7"}, "message": {"text": "secret"}}
    entry: Json = {"id": PAGE, "messaging": [message]}
    push = read_push("meta", {"object": "page", "entry": [entry]}, FRENCH)
    assert (push.pushed, push.skipped) == ((), 1)


def test_a_comment_on_instagram_has_its_words() -> None:
    value: dict[str, Json] = {
        "id": "178",
        "text": "Magnifique !",
        "from": {"id": "77", "username": "julie"},
        "media": {"id": "179"},
    }
    [pushed] = meta("comments", value, "instagram").pushed
    assert pushed.platform == "instagram"
    assert (pushed.entry.text, pushed.entry.author, pushed.entry.url) == (
        "Magnifique !",
        "julie",
        None,
    )
    own = value | {"from": {"id": PAGE, "username": "fleurs"}}
    assert meta("comments", own, "instagram").skipped == 1


def test_of_a_mention_on_instagram_only_that_it_is_there_is_kept_and_said() -> None:
    push = meta("mentions", {"media_id": "179", "comment_id": "178"}, "instagram")
    [pushed] = push.pushed
    entry = pushed.entry
    assert (entry.external_id, entry.url, entry.text, entry.kind) == (
        "mention:178",
        None,
        "",
        Kind.COMMENT,
    )
    assert entry.title is None
    assert push.notice == FRENCH("receiving.ids_only")


def test_a_share_on_linkedin(recorded: Any) -> None:  # noqa: ANN401 - see above
    [pushed] = read_push("linkedin", recorded("linkedin/webhook_share.json"), FRENCH).pushed
    entry = pushed.entry
    assert (pushed.platform, entry.kind, entry.text) == ("linkedin", Kind.POST, "test")
    assert entry.external_id == "urn:li:share:7094978106997846016"
    assert entry.url == f"https://www.linkedin.com/feed/update/{entry.external_id}"
    assert entry.author == "urn:li:person:eNgRWY2Tg-"
    assert entry.published_at == datetime(2023, 8, 9, 9, 49, 59, tzinfo=UTC)


def test_a_comment_on_linkedin_is_known_under_one_spelling_until_it_goes(
    recorded: Any,  # noqa: ANN401 - see above
) -> None:
    comment = recorded("linkedin/notification_comment.json")
    [pushed] = read_push("linkedin", {"notifications": [comment]}, FRENCH).pushed
    urn = "urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)"
    assert (pushed.entry.external_id, pushed.entry.kind) == (urn, Kind.COMMENT)
    gone = read_push("linkedin", comment | {"action": "COMMENT_DELETE"}, FRENCH)
    assert gone.removed == (urn,)


@pytest.mark.parametrize("changes", [{"action": "ADMIN_COMMENT"}, {"action": "NEWS"}, "like"])
def test_likes_and_the_page_itself_are_skipped_on_linkedin(recorded: Any, changes: Any) -> None:  # noqa: ANN401 - see above
    name = "linkedin/notification_like.json"
    comment = recorded("linkedin/notification_comment.json")
    told = recorded(name) if changes == "like" else comment | changes
    push = read_push("linkedin", {"notifications": [told]}, FRENCH)
    assert (push.pushed, push.skipped) == ((), 1)


def test_a_review_on_trustpilot_beside_an_unknown_event(recorded: Any) -> None:  # noqa: ANN401 - see above
    push = read_push("trustpilot", recorded("trustpilot/webhook_service_review.json"), FRENCH)
    [pushed] = push.pushed
    entry = pushed.entry
    assert (pushed.platform, entry.kind, entry.rating) == ("trustpilot", Kind.REVIEW, 4.0)
    assert entry.url == "https://fr.trustpilot.com/reviews/62c8968be77911f2449e9f74"
    assert (entry.author, entry.language) == ("some one", "en")
    assert push.skipped == 1


@pytest.mark.parametrize(
    "event",
    [
        {"eventName": "service-review-deleted", "eventData": {"id": "62c8"}},
        {"eventName": "service-review-updated", "eventData": {"id": "62c8", "status": "hidden"}},
    ],
)
def test_a_review_that_nobody_sees_any_more_is_removed(event: Json) -> None:
    assert read_push("trustpilot", {"events": [event]}, FRENCH).removed == ("62c8",)
