"""What LinkedIn tells of a Page: notifications, posts and comments; Entry out. Pure.

learn.microsoft.com/linkedin/marketing/community-management, "Organization Social Action
Notifications", "Posts API" and "Comments API", read 2026-11; of the notifications' fields, the
recordings linkedin/*.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.entry_parts import count_of, id_of, name_of, verbatim_text_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at
from monitor.sources.search_turns import Found

SITE = "https://www.linkedin.com/feed/update"
PAGE_SIZE = 50

# ``generatedActivity`` and ``entity`` write a comment's post in two ways: recordings linkedin.
_COMMENT = re.compile(r"urn:li:comment:\((?:urn:li:)?(\w+):(\d+),(\d+)\)")
_POST = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
# "Little text": learn.microsoft.com/linkedin/…/shares/little-text-format.
_MENTION = re.compile(r"@\[((?:[^\]\\]|\\.)*)\]\([^)]*\)")
_TAG = re.compile(r"\{hashtag\|\\?#\|([^}]*)\}")
_ESCAPE = re.compile(r"\\([|{}@\[\]()<>#\\*_~])")
_NO_MENTION = frozenset(("LIKE", "ADMIN_COMMENT"))

Record = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Comment:
    """What a comment's URN names: the post, as a URN, and the comment's number."""

    post: str
    number: str

    @property
    def urn(self) -> str:
        """The one way in which we write it."""
        return f"urn:li:comment:({self.post},{self.number})"


def comment_of(urn: Json) -> Comment | None:
    """Read a comment's URN, however it is written; ``None`` for any other thing.

    >>> comment_of("urn:li:comment:(activity:12,34)").urn
    'urn:li:comment:(urn:li:activity:12,34)'
    """
    found = _COMMENT.fullmatch(urn) if isinstance(urn, str) else None
    return None if found is None else Comment(f"urn:li:{found[1]}:{found[2]}", found[3])


def is_post(urn: Json) -> bool:
    """Tell whether this names a post that has a page of its own."""
    return isinstance(urn, str) and _POST.fullmatch(urn) is not None


def read_notifications(answer: Json, organization: str, start: int) -> Found:
    """Read one page of notifications, the first of which is number ``start``.

    Left out: likes, what the Page itself wrote. Deleted comments are ``removed``. Raises
    Malformed(api), naming what is not there.
    """
    whole = record_of(answer, "the answer")
    rows = rows_of(whole.get("elements"), "elements")
    entries, problem = read_each(rows, lambda row: read_notification(row, organization), "elements")
    return Found(
        entries=entries,
        rows=len(rows),
        following=_following(whole, len(rows), start),
        is_sorted=False,
        problem=problem,
        removed=tuple(_removed(rows)),
    )


def read_notification(told: Record, organization: str) -> Entry | None:
    """Read one notification; ``None`` for what is no mention. Raises Malformed."""
    action = text_at(told, "action")
    activity = part_at(told, "decoratedGeneratedActivity")
    comment, share = part_at(activity, "comment"), part_at(activity, "share")
    written = comment or share
    owner = name_of(written.get("owner"))
    if action in _NO_MENTION or action.endswith("_DELETE") or owner == organization:
        return None
    source, generated = told.get("sourcePost"), told.get("generatedActivity")
    if generated is None and action == "SHARE_MENTION":
        generated = source  # the post that mentions the Page stands in its own place
    named = comment_of(generated) or comment_of(written.get("entity"))
    urn = named.urn if named else id_of(generated) or _number(told, action)
    return Entry(
        external_id=urn,
        url=_url(named, generated, written.get("entity"), source),
        text=verbatim_text_of(written.get("text")),
        kind=Kind.COMMENT if named or comment else Kind.POST,
        author=owner,
        published_at=instant_ms(told.get("lastModifiedAt")),
        parent_url=f"{SITE}/{source}" if is_post(source) and source != generated else None,
    )


def read_comments(answer: Json, post: str, organization: str, start: int) -> Found:
    """Read one page of the comments on a post, without the Page's own. Raises Malformed(api)."""
    whole = record_of(answer, "the answer")
    rows = rows_of(whole.get("elements"), "elements")
    entries, problem = read_each(
        rows, lambda row: read_comment(row, post, organization), "elements"
    )
    return Found(
        entries=entries,
        rows=len(rows),
        following=_following(whole, len(rows), start),
        is_sorted=False,
        problem=problem,
    )


def read_comment(told: Record, post: str, organization: str) -> Entry | None:
    """Read one comment; ``None`` for one of the Page. Raises Malformed."""
    number = id_of(told.get("id"))
    named = comment_of(told.get("commentUrn")) or comment_of(told.get("$URN"))
    if named is None and number is None:
        raise Malformed(Code.API, "commentUrn is missing")
    comment = named or Comment(post, str(number))
    actor = name_of(told.get("actor"))
    if actor == organization:
        return None
    return Entry(
        external_id=comment.urn,
        url=_comment_url(comment),
        text=verbatim_text_of(part_at(told, "message").get("text")),
        kind=Kind.COMMENT,
        author=actor,
        published_at=instant_ms(part_at(told, "created").get("time")),
        likes=count_of(part_at(told, "likesSummary").get("totalLikes")),
        parent_url=f"{SITE}/{post}",
    )


def read_texts(answer: Json) -> dict[str, str]:
    """Read what posts say, by URN: one post's answer or that of several. Raises Malformed(api)."""
    whole = record_of(answer, "the answer")
    posts = [whole] if "id" in whole else list(part_at(whole, "results").values())
    told = (post for post in posts if isinstance(post, Mapping))
    return {str(post.get("id")): plain_commentary(post.get("commentary")) for post in told}


def read_missing(answer: Json) -> tuple[str, ...]:
    """Read which of several posts are there no more. Raises Malformed(api)."""
    errors = part_at(record_of(answer, "the answer"), "errors")
    return tuple(
        urn
        for urn, error in errors.items()
        if isinstance(error, Mapping) and error.get("status") in (404, 410)
    )


def plain_commentary(text: Json) -> str:
    r"""Return a post's text as people see it.

    >>> plain_commentary(r"@[Fleurs Bougamont](urn:li:organization:1) \(Lille\) {hashtag|\#|roses}")
    'Fleurs Bougamont (Lille) #roses'
    """
    plain = _TAG.sub(r"#\1", _MENTION.sub(r"\1", text)) if isinstance(text, str) else ""
    return verbatim_text_of(_ESCAPE.sub(r"\1", plain))


def instant_ms(milliseconds: Json) -> datetime | None:
    """Return the instant of a count of milliseconds since 1970; ``None`` of other things."""
    counted = count_of(milliseconds)
    return None if counted is None else instant_at(counted // 1000)


def _number(told: Record, action: str) -> str:
    number = told.get("notificationId")
    if isinstance(number, bool) or not isinstance(number, int | str) or number == "":
        raise Malformed(Code.API, "generatedActivity and notificationId are missing")
    return f"{number}:{action}"


def _url(named: Comment | None, *urns: Json) -> str | None:
    """Return where it is read: a comment on its post's page, told from the others there."""
    if named is not None:
        return _comment_url(named)
    return next((f"{SITE}/{urn}" for urn in urns if is_post(urn)), None)


def _comment_url(comment: Comment) -> str:
    short = f"urn:li:comment:({comment.post.removeprefix('urn:li:')},{comment.number})"
    return f"{SITE}/{comment.post}?commentUrn={quote(short, safe='')}"


def _removed(rows: Iterable[Json]) -> Iterable[str]:
    for row in rows:
        if isinstance(row, Mapping) and row.get("action") == "COMMENT_DELETE":
            named = comment_of(row.get("generatedActivity"))
            if named is not None:
                yield named.urn


def _following(whole: Record, rows: int, start: int) -> int | None:
    """Return the number to go on from, by what LinkedIn says of this page; ``None``: it was last.

    Where it says nothing, a full page has another behind it.
    """
    paging = part_at(whole, "paging")
    if not rows:
        return None
    links = (link for link in list_at(paging, "links") if isinstance(link, Mapping))
    total, asked = count_of(paging.get("total")), count_of(paging.get("count")) or PAGE_SIZE
    end = start + rows
    if any(link.get("rel") == "next" for link in links) or (total is not None and end < total):
        return end
    return end if total is None and rows >= asked else None
