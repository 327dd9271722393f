"""Meta's webhooks: what happens at a Facebook Page, and the little that Instagram tells.

developers.facebook.com/docs/graph-api/webhooks; shapes from recordings/facebook. What the Page
itself wrote is no mention; likes and reactions are none either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Entry, Json, Kind
from monitor.receiving.base import Push, Pushed, Record, records_in
from monitor.sources.entry_parts import hash_of, id_of, instant_of, name_of, verbatim_text_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import part_at
from monitor.wording import Wording

FACEBOOK, INSTAGRAM = "facebook", "instagram"
_SAID = {"add", "edit", "edited"}  # both spellings of an edit occur
_GONE = {"remove", "delete"}
_POSTS = {"post", "status", "photo", "video", "share", "album", "note", "link", "story"}
_BEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """One change: of which account, of which field, when it was told."""

    account: str | None
    field: str
    value: Record
    at: datetime | None


def read_meta(document: Json, words: Wording) -> Push:
    """Read a notification of any object of Meta's; what is no mention is counted as skipped."""
    told = document if isinstance(document, Mapping) else {}
    platform = INSTAGRAM if told.get("object") == "instagram" else FACEBOOK
    pushed: list[Pushed] = []
    removed: list[str] = []
    skipped, notice = 0, None
    for event in _events(told):
        gone = _removed(event) if platform == FACEBOOK else None
        entry = None if gone else _entry(event, platform, words)
        if gone:
            removed.append(gone)
        elif entry is not None:
            pushed.append(Pushed(entry, platform))
        else:
            skipped += 1
        if entry is not None and _is_bare(event, platform):
            notice = words("receiving.ids_only")
    return Push(pushed=tuple(pushed), removed=tuple(removed), skipped=skipped, notice=notice)


def _events(told: Record) -> Iterator[_Event]:
    for entry in records_in(told.get("entry")):
        at = instant_at(entry.get("time"))
        for change in records_in(entry.get("changes")):
            yield _Event(
                account=id_of(entry.get("id")),
                field=str(change.get("field")),
                value=part_at(change, "value"),
                at=at,
            )
        for _ in records_in(entry.get("messaging")):  # private messages: not ours to read
            yield _Event(account=None, field="messaging", value={}, at=at)


def _entry(event: _Event, platform: str, words: Wording) -> Entry | None:
    if _is_own(event):
        return None
    if platform == INSTAGRAM:
        return _of_instagram(event)
    if str(event.value.get("verb")) not in _SAID:
        return None
    if event.field == "ratings" and event.value.get("item") == "rating":
        return _recommendation(event, words)
    return _words(event) if event.field in {"feed", "mention", "ratings"} else None


def _is_own(event: _Event) -> bool:
    return event.account is not None and _author_id(event.value) == event.account


def _author_id(value: Record) -> str | None:
    return id_of(part_at(value, "from").get("id")) or id_of(value.get("sender_id"))


def _id(event: _Event) -> str | None:
    """Return the identifier under which a poll would give it too."""
    value, item = event.value, str(event.value.get("item"))
    if event.field == "ratings" and item == "rating":
        story, reviewer = id_of(value.get("open_graph_story_id")), id_of(value.get("reviewer_id"))
        at = instant_at(value.get("created_time"))
        if story or reviewer is None or at is None:
            return story
        return hash_of(reviewer, f"{at:%Y-%m-%dT%H:%M:%S}+0000")  # as the Graph API writes it
    if item == "comment":
        return id_of(value.get("comment_id"))
    return id_of(value.get("post_id")) if item in _POSTS else None


def _removed(event: _Event) -> str | None:
    is_ours = event.field in {"feed", "mention", "ratings"}
    return _id(event) if is_ours and str(event.value.get("verb")) in _GONE else None


def _words(event: _Event) -> Entry | None:
    """Read a post or a comment."""
    value, native = event.value, _id(event)
    if native is None:
        return None
    is_comment = value.get("item") == "comment"
    parent = id_of(value.get("parent_id")) or id_of(value.get("post_id"))
    return Entry(
        external_id=native,
        url=_address(native),
        text=verbatim_text_of(value.get("message")),
        kind=Kind.COMMENT if is_comment else Kind.POST,
        author=name_of(part_at(value, "from").get("name") or value.get("sender_name")),
        published_at=_instant(event),
        parent_url=_address(parent) if is_comment and parent else None,
    )


def _recommendation(event: _Event, words: Wording) -> Entry | None:
    """Read a recommendation; one without stars says in its title which way it goes."""
    value, native = event.value, _id(event)
    if native is None:
        return None
    stars, way = value.get("rating"), str(value.get("recommendation_type")).lower()
    is_rated = isinstance(stars, int) and not isinstance(stars, bool) and 1 <= stars <= _BEST
    said = f"receiving.recommends_{way}"
    story = id_of(value.get("open_graph_story_id"))
    return Entry(
        external_id=native,
        url=_address(story) if story else None,
        title=words(said) if not is_rated and words.has(said) else None,
        text=verbatim_text_of(value.get("review_text")),
        kind=Kind.REVIEW,
        author=name_of(value.get("reviewer_name")),
        published_at=_instant(event),
        rating=float(stars) if is_rated and isinstance(stars, int) else None,
    )


def _of_instagram(event: _Event) -> Entry | None:
    """Read a comment under an own picture, or what little is told of a mention elsewhere."""
    value = event.value
    if event.field in {"comments", "live_comments"} and (native := id_of(value.get("id"))):
        author = name_of(part_at(value, "from").get("username"))
        return Entry(
            external_id=native,
            url=None,  # not told, and not to be made from what is
            text=verbatim_text_of(value.get("text")),
            kind=Kind.COMMENT,
            author=author,
            author_url=f"https://www.instagram.com/{author}/" if author else None,
            published_at=event.at,
        )
    if not _is_bare(event, INSTAGRAM):
        return None
    comment = id_of(value.get("comment_id"))
    return Entry(
        # Not the bare identifier: whoever reads the words by the API must not find them known.
        external_id=f"mention:{comment or id_of(value.get('media_id'))}",
        url=None,
        text="",  # nothing of ours in its place: it would be read as theirs, and scored
        kind=Kind.COMMENT if comment else Kind.POST,
        published_at=event.at,
    )


def _is_bare(event: _Event, platform: str) -> bool:
    """Tell whether it is a mention of which only identifiers are told."""
    ids = (event.value.get("media_id"), event.value.get("comment_id"))
    return platform == INSTAGRAM and event.field == "mentions" and any(map(id_of, ids))


def _address(native: str) -> str:
    return f"https://www.facebook.com/{native}"


def _instant(event: _Event) -> datetime | None:
    told = event.value.get("created_time")
    return instant_at(told) or instant_of(told) or event.at
