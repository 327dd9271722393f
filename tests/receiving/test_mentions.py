"""The form of Zapier, Make, n8n, F5Bot and scripts, read without a network."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receiving.pushing import FRENCH

from monitor.model import Entry, Json, Kind
from monitor.receiving.base import Push, Rejection, Unreadable
from monitor.receiving.forms import read_push


def read(document: Json) -> Push:
    return read_push("mentions", document, FRENCH)


def only(document: Json) -> Entry:
    [pushed] = read(document).pushed
    return pushed.entry


@pytest.mark.parametrize(
    ("alias", "field", "value", "read_as"),
    [
        *((name, "url", "https://a.fr/1", "https://a.fr/1") for name in ("url", "link")),
        *(
            (name, "text", "Très <b>bon</b>", "Très bon")
            for name in ("text", "content", "content_html", "body", "message", "description")
        ),
        *((name, "title", "Avis", "Avis") for name in ("title", "subject")),
        *((name, "author", "Julie", "Julie") for name in ("author", "username", "user")),
        *(
            (
                name,
                "published_at",
                "2026-11-22T10:00:00+01:00",
                datetime(2026, 11, 22, 9, tzinfo=UTC),
            )
            for name in ("published_at", "date", "date_published", "created_at", "isoDate")
        ),
        (
            "pubDate",
            "published_at",
            "Sun, 22 Nov 2026 09:00:00 GMT",
            datetime(2026, 11, 22, 9, tzinfo=UTC),
        ),
        ("date", "published_at", 1795338000, datetime(2026, 11, 22, 9, tzinfo=UTC)),
        *((name, "rating", "4", 4.0) for name in ("rating", "stars", "score")),
        *((name, "external_id", 42, "42") for name in ("id", "guid", "external_id")),
        ("id", "external_id", 2**60 + 1, str(2**60 + 1)),
        ("lang", "language", "fr-FR", "fr"),
        ("likes", "likes", "12", 12),
        ("kind", "kind", "video", Kind.VIDEO),
    ],
)
def test_a_field_goes_by_several_names(
    alias: str, field: str, value: Json, read_as: object
) -> None:
    other: dict[str, Json] = {"url": "https://a.fr"} if field == "text" else {"text": "x"}
    assert getattr(only(other | {alias: value}), field) == read_as


@pytest.mark.parametrize(
    ("item", "stars"),
    [
        ({"rating": 8, "rating_scale": 10}, 4.0),
        ({"rating": {"value": "9", "scale": "10"}}, 4.5),
        ({"rating": "8"}, None),
        ({"rating": "4,5"}, 4.5),
        ({"rating": True}, None),
    ],
)
def test_marks_are_stars_of_their_scale(item: dict[str, Json], stars: float | None) -> None:
    assert only({"url": "https://a.fr"} | item).rating == stars


def test_an_author_may_be_an_object() -> None:
    entry = only({"text": "x", "author": {"name": "Julie", "url": "https://a.fr/julie"}})
    assert (entry.author, entry.author_url) == ("Julie", "https://a.fr/julie")


def test_the_lines_of_a_plain_text_are_kept() -> None:
    assert only({"text": "Bonjour,\n5 < 6 et merci"}).text == "Bonjour,\n5 < 6 et merci"


def test_what_has_no_id_is_known_by_its_address_and_text() -> None:
    one, other = only({"url": "https://a.fr", "text": "x"}), only({"text": "x"})
    assert one.external_id == only({"text": "x", "url": "https://a.fr"}).external_id
    assert one.external_id != other.external_id


def test_an_alert_of_f5bot_is_of_the_site_it_found() -> None:
    [pushed] = read(
        {
            "id": "F5BOT-alert-12345",
            "url": "https://www.reddit.com/r/fleurs/comments/1",
            "title": "Bougamont - Reddit Comments - Quel fleuriste ?",
            "content_html": "Chez <b>Bougamont</b>, sans hésiter.",
            "date_published": "2026-01-12T19:20:30+01:00",
            "group": "",
            "username": "julie",
            "tags": ["Bougamont", "Reddit Comments"],
        }
    ).pushed
    entry = pushed.entry
    assert (pushed.platform, entry.kind, entry.author) == ("reddit", Kind.COMMENT, "julie")
    assert (entry.title, entry.text) == ("Quel fleuriste ?", "Chez Bougamont, sans hésiter.")


@pytest.mark.parametrize(
    ("source", "platform"),
    [("Avis Vérifiés", "avis_verifies"), (None, "webhook"), (["x"], "webhook"), ("!", "webhook")],
)
def test_the_source_told_is_the_platform(source: Json, platform: str) -> None:
    [pushed] = read({"text": "x", "source": source}).pushed
    assert pushed.platform == platform


@pytest.mark.parametrize("shape", ["alone", "list", "items"])
def test_one_or_several_may_come(shape: str) -> None:
    item: Json = {"text": "x"}
    document: Json = {"alone": item, "list": [item], "items": {"items": [item]}}[shape]
    assert len(read(document).pushed) == 1


def test_each_item_is_taken_or_rejected_for_itself() -> None:
    push = read([{"text": "x"}, {"author": "Julie"}, 7])
    assert len(push.pushed) == 1
    assert push.rejected == (
        Rejection(1, "neither url nor text"),
        Rejection(2, "not an object"),
    )


def test_what_stands_twice_is_taken_once_as_it_stood_last() -> None:
    push = read([{"id": 1, "text": "un"}, {"id": 1, "text": "deux"}])
    assert [one.entry.text for one in push.pushed] == ["deux"]
    assert push.repeated == 1


@pytest.mark.parametrize(("document", "status"), [("x", 422), (None, 422), ([{}] * 101, 413)])
def test_what_is_no_list_of_mentions_is_refused(document: Json, status: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read(document)
    assert refused.value.status == status


_NAMES = st.sampled_from(
    [
        *("id", "guid", "url", "link", "text", "content_html", "title", "author", "date", "rating"),
        *("source", "kind", "tags", "media", "engagement", "likes", "rating_scale", "items"),
        *("object", "entry", "changes", "field", "value", "verb", "item", "from", "time"),
        *("notifications", "action", "generatedActivity", "decoratedGeneratedActivity"),
        *("events", "eventName", "eventData", "stars", "consumer", "createdAt"),
    ]
)
_SAID = ("add", "feed", "comment", "instagram", "mentions", "COMMENT", "service-review-created")
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
_JSON = st.recursive(
    _LEAVES | st.sampled_from(_SAID),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(form=st.sampled_from(["mentions", "meta", "linkedin", "trustpilot"]), document=_JSON)
def test_no_json_makes_a_reader_stumble(form: str, document: Json) -> None:
    try:
        push = read_push(form, document, FRENCH)
    except Unreadable:
        return
    for one in push.pushed:
        assert one.entry.external_id
        assert one.entry.url is None or one.entry.url.startswith(("https://", "http://"))
        assert one.entry.published_at is None or one.entry.published_at.tzinfo is UTC
