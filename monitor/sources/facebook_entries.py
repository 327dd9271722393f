"""What Facebook's Graph API tells of posts, comments and recommendations, as entries. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    count_of,
    hash_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.json_fields import identifier_at, list_at, part_at, read_each

SITE = "https://www.facebook.com"
STARS = 5

_IN_LINK = re.compile(r"[?&](reply_)?comment_id=(\d+)")
_SAID = {"positive": "Je recommande", "negative": "Ne recommande pas"}
"""A recommendation bears no stars: these words are all there is to read of its tone."""


@dataclass(frozen=True, slots=True)
class Own:
    """Whose Page it is; a Page may have had two identifiers."""

    page_ids: frozenset[str]

    def wrote(self, row: Mapping[str, Json]) -> bool:
        """Tell whether the Page itself wrote a post or comment; Facebook may not say who did."""
        return id_of(part_at(row, "from").get("id")) in self.page_ids


def read_post(row: Mapping[str, Json], own: Own) -> Entry | None:
    """Read a post; ``None`` for the Page's own. Raises Malformed when it has no identifier."""
    post_id = identifier_at(row, "id")
    if own.wrote(row):
        return None
    attachments = _records(list_at(part_at(row, "attachments"), "data"))
    return Entry(
        external_id=post_id,
        url=_url(row, post_id),
        title=title_of(next((one.get("title") for one in attachments), None)),
        text=verbatim_text_of(row.get("message")) or verbatim_text_of(row.get("story")),
        kind=Kind.POST,
        author=_author(row),
        published_at=instant_of(row.get("created_time")),
        likes=_total(row, "reactions"),
        comments=_total(row, "comments"),
        shares=count_of(part_at(row, "shares").get("count")),
        media=_media(attachments),
    )


def read_comment(
    row: Mapping[str, Json], post_id: str, own: Own, answered: frozenset[str] = frozenset()
) -> Entry | None:
    """Read a comment below a post; ``None`` for the Page's own. Raises Malformed without an id."""
    comment_id = comment_id_of(row, post_id)
    if own.wrote(row):
        return None
    parent = id_of(part_at(row, "parent").get("id")) or post_id
    picture = web_url(_image(part_at(row, "attachment")))
    return Entry(
        external_id=comment_id,
        url=_url(row, comment_id),
        text=verbatim_text_of(row.get("message")),
        kind=Kind.COMMENT,
        author=_author(row),
        published_at=instant_of(row.get("created_time")),
        likes=count_of(row.get("like_count")),
        comments=count_of(row.get("comment_count")),
        parent_url=f"{SITE}/{parent}",
        media=(picture,) if picture else (),
        answered=comment_id in answered,
    )


def comment_id_of(row: Mapping[str, Json], post_id: str) -> str:
    """Return a comment's identifier, out of its link where it stands nowhere else."""
    if (told := id_of(row.get("id"))) is not None:
        return told
    found = {bool(reply): number for reply, number in _IN_LINK.findall(str(_link(row)))}
    number = found.get(True) or found.get(False)
    return f"{post_id.rpartition('_')[2]}_{number}" if number else identifier_at(row, "id")


def read_comments(
    rows: Sequence[Json], post_id: str, own: Own
) -> tuple[tuple[Entry, ...], str | None]:
    """Read a page of comments, with which the Page itself has answered, and what could not be."""
    replied = (part_at(row, "parent").get("id") for row in _records(rows) if own.wrote(row))
    answered = frozenset(parent for told in replied if (parent := id_of(told)) is not None)
    return read_each(rows, lambda row: read_comment(row, post_id, own, answered), "data")


def read_rating(row: Mapping[str, Json], own: Own) -> Entry:
    """Read a rating or recommendation: stars where there are some, never made of a yes or no.

    Raises Malformed when nothing of it tells it from others.
    """
    story = part_at(row, "open_graph_story") or row
    told = part_at(story, "data")
    reviewer = part_at(row, "reviewer") or part_at(story, "from")
    at = row.get("created_time") or story.get("publish_time") or story.get("start_time")
    said = row.get("recommendation_type") or told.get("recommendation_type")
    stars = _stars(row, part_at(told, "rating"))
    is_bare = stars is None and isinstance(said, str)
    story_id = id_of(story.get("id"))
    comments = _records(list_at(part_at(story, "comments"), "data"))
    return Entry(
        external_id=story_id or _made_id(reviewer, at),
        url=None if story_id is None else f"{SITE}/{story_id}",
        title=_SAID.get(str(said).lower()) if is_bare else None,
        text=verbatim_text_of(row.get("review_text") or told.get("review_text")),
        kind=Kind.REVIEW,
        author=name_of(reviewer.get("name")),
        published_at=instant_of(at),
        language=language_of(told.get("language")),
        rating=stars,
        answered=any(own.wrote(comment) for comment in comments),
    )


def _made_id(reviewer: Mapping[str, Json], at: Json) -> str:
    who, when = id_of(reviewer.get("id")), instant_of(at)
    if who is None or when is None:
        return identifier_at({}, "open_graph_story.id")
    return hash_of(who, str(at))


def _stars(row: Mapping[str, Json], nested: Mapping[str, Json]) -> float | None:
    if row.get("has_rating") is False:
        return None
    value = row.get("rating")
    if value is None and nested.get("scale") in (STARS, None):
        value = nested.get("value")
    stars = count_of(value)
    return float(stars) if stars is not None and 1 <= stars <= STARS else None


def _url(row: Mapping[str, Json], node_id: str) -> str:
    return _link(row) or f"{SITE}/{node_id}"


def _link(row: Mapping[str, Json]) -> str | None:
    return web_url(row.get("permalink_url"), f"{SITE}/")


def _author(row: Mapping[str, Json]) -> str | None:
    return name_of(part_at(row, "from").get("name"))


def _total(row: Mapping[str, Json], name: str) -> int | None:
    return count_of(part_at(part_at(row, name), "summary").get("total_count"))


def _media(attachments: Iterable[Mapping[str, Json]]) -> tuple[str, ...]:
    links = (web_url(_image(one)) for one in attachments)
    return tuple(link for link in links if link)[:MAX_MEDIA]


def _image(attachment: Mapping[str, Json]) -> Json:
    return part_at(part_at(attachment, "media"), "image").get("src")


def _records(rows: Iterable[Json]) -> list[Mapping[str, Json]]:
    return [row for row in rows if isinstance(row, Mapping)]
