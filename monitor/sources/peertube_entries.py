"""Videos and comments of PeerTube: JSON in, entries out. Pure.

https://docs.joinpeertube.org/api-rest-reference.html, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    count_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    text_of,
    title_of,
)
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of, text_at
from monitor.sources.markdown import markdown_text
from monitor.sources.search_turns import Found


def read_videos(answer: Json) -> Found:
    """Read an answer of a search. Raises Malformed(api)."""
    rows = rows_of(record_of(answer, "the answer").get("data"), "data")
    entries, problem = read_each(rows, read_video, "data")
    return Found(entries=entries, rows=len(rows), problem=problem)


def read_video(video: Mapping[str, Json]) -> Entry:
    """Read one video. Raises Malformed when it has no identifier."""
    account = part_at(video, "account")
    picture = web_url(video.get("previewUrl") or video.get("thumbnailUrl"), _base_of(video))
    return Entry(
        external_id=text_at(video, "uuid"),
        url=web_url(video.get("url")),
        title=title_of(video.get("name")),
        # Both are cut in a search; the whole stands in ``description`` elsewhere.
        text=markdown_text(video.get("description") or video.get("truncatedDescription")),
        kind=Kind.VIDEO,
        author=_name(account),
        author_url=web_url(account.get("url")),
        author_followers=count_of(account.get("followersCount")),
        # Not originallyPublishedAt: the author's word, 1970 as often as not.
        published_at=instant_of(video.get("publishedAt")),
        language=language_of(part_at(video, "language").get("id")),
        likes=count_of(video.get("likes")),
        comments=count_of(video.get("comments")),
        views=count_of(video.get("views")),
        media=(picture,) if picture else (),
    )


def read_comments(answer: Json, video_url: str) -> Found:
    """Read a video's comments, those that were deleted as removed. Raises Malformed(api)."""
    rows = rows_of(record_of(answer, "the answer").get("data"), "data")
    entries, problem = read_each(rows, lambda row: read_comment(row, video_url), "data")
    removed = (
        id_of(row.get("url")) for row in rows if isinstance(row, Mapping) and _is_deleted(row)
    )
    return Found(
        entries=entries,
        rows=len(rows),
        problem=problem,
        removed=tuple(comment_id for comment_id in removed if comment_id),
    )


def read_comment(comment: Mapping[str, Json], video_url: str) -> Entry | None:
    """Read one comment; ``None`` when it was deleted or waits for approval.

    It is known by its address, the same on every server. Raises Malformed without one.
    """
    if _is_deleted(comment) or comment.get("heldForReview") is True:
        return None
    external_id = id_of(text_at(comment, "url"))
    if external_id is None:
        raise Malformed(Code.API, "url is blank")
    account = part_at(comment, "account")
    return Entry(
        external_id=external_id,
        url=web_url(external_id),
        text=text_of(comment.get("text")),
        kind=Kind.COMMENT,
        author=_name(account),
        author_url=web_url(account.get("url")),
        author_followers=count_of(account.get("followersCount")),
        published_at=instant_of(comment.get("createdAt")),
        comments=count_of(comment.get("totalReplies")),
        parent_url=video_url,
    )


def _is_deleted(comment: Mapping[str, Json]) -> bool:
    return comment.get("isDeleted") is True


def _name(account: Mapping[str, Json]) -> str | None:
    return name_of(account.get("displayName")) or name_of(account.get("name"))


def _base_of(video: Mapping[str, Json]) -> str:
    return web_url(video.get("url")) or ""
