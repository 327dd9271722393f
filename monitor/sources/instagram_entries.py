"""What Instagram's API tells of media and comments, as entries. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    count_of,
    instant_of,
    name_of,
    verbatim_text_of,
)
from monitor.sources.json_fields import identifier_at, list_at, part_at, read_each

SITE = "https://www.instagram.com"
_KINDS = {"IMAGE": Kind.IMAGE, "CAROUSEL_ALBUM": Kind.IMAGE, "VIDEO": Kind.VIDEO}


@dataclass(frozen=True, slots=True)
class Own:
    """Whose account it is, and the business that what is said there is about.

    ``username`` is ``None`` where Meta does not tell it: then nothing is known to be the account's.
    """

    username: str | None
    business: str | None

    def wrote(self, row: Mapping[str, Json]) -> bool:
        """Tell whether the account itself wrote it; Instagram may not say who did."""
        name = row.get("username")
        is_named = isinstance(name, str) and self.username is not None
        return is_named and str(name).casefold() == str(self.username).casefold()


def read_media(row: Mapping[str, Json], own: Own) -> Entry | None:
    """Read a medium that tags or mentions the account; ``None`` for the account's own.

    Raises Malformed when it has no identifier.
    """
    return None if own.wrote(row) else _media(row, about=own.business)


def read_tagged_with(row: Mapping[str, Json]) -> Entry:
    """Read a medium that bears a hashtag: Instagram never tells whose it is."""
    return _media(row, about=None)


def read_comments(
    rows: Sequence[Json], permalink: str | None, own: Own
) -> tuple[tuple[Entry, ...], str | None]:
    """Read a page of comments below a medium with their replies; the account's own are left out."""
    flat: list[Json] = []
    answered: set[str] = set()
    for row in rows:
        flat.append(row)
        replies = list_at(part_at(row, "replies"), "data") if isinstance(row, Mapping) else ()
        flat += replies
        if any(own.wrote(reply) for reply in replies if isinstance(reply, Mapping)):
            answered.add(str(part_at({"row": row}, "row").get("id")))

    def read(row: Mapping[str, Json]) -> Entry | None:
        return None if own.wrote(row) else read_comment(row, permalink, own.business, answered)

    return read_each(flat, read, "data")


def read_comment(
    row: Mapping[str, Json],
    permalink: str | None,
    business: str | None,
    answered: set[str] | frozenset[str] = frozenset(),
) -> Entry:
    """Read a comment. Raises Malformed when it has no identifier.

    Instagram gives it no address: it gets that of the medium, told apart by its identifier.
    """
    comment_id = identifier_at(row, "id")
    return Entry(
        external_id=comment_id,
        url=None if permalink is None else f"{permalink}?comment_id={comment_id}",
        text=verbatim_text_of(row.get("text")),
        kind=Kind.COMMENT,
        author=name_of(row.get("username")),
        author_url=_profile(row),
        published_at=instant_of(row.get("timestamp")),
        likes=count_of(row.get("like_count")),
        parent_url=permalink,
        about=business,
        answered=comment_id in answered,
    )


def read_mentioned(answer: Mapping[str, Json], own: Own) -> Entry | None:
    """Read what was asked for because a webhook told of it: a medium or a comment."""
    if comment := part_at(answer, "mentioned_comment"):
        link = web_url(part_at(comment, "media").get("permalink"))
        return None if own.wrote(comment) else read_comment(comment, link, own.business)
    medium = part_at(answer, "mentioned_media")
    return read_media(medium, own)


def _media(row: Mapping[str, Json], about: str | None) -> Entry:
    children = list_at(part_at(row, "children"), "data")
    links = [row.get("media_url")]
    links += [child.get("media_url") for child in children if isinstance(child, Mapping)]
    media = [link for told in links if (link := web_url(told))]
    return Entry(
        external_id=identifier_at(row, "id"),
        url=web_url(row.get("permalink")),
        text=verbatim_text_of(row.get("caption")),
        kind=_KINDS.get(str(row.get("media_type")), Kind.POST),
        author=name_of(row.get("username")),
        author_url=_profile(row),
        published_at=instant_of(row.get("timestamp")),
        likes=count_of(row.get("like_count")),
        comments=count_of(row.get("comments_count")),
        media=tuple(dict.fromkeys(media))[:MAX_MEDIA],
        about=about,
    )


def _profile(row: Mapping[str, Json]) -> str | None:
    username = row.get("username")
    return web_url(f"{SITE}/{username}/") if isinstance(username, str) and username else None
