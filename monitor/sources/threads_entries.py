"""What the Threads API tells of posts, as entries. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import MAX_MEDIA, instant_of, name_of, verbatim_text_of
from monitor.sources.json_fields import identifier_at, list_at, part_at

SITE = "https://www.threads.net"

_SAME_SITE = re.compile(r"^https?://(?:www\.)?threads\.(?:net|com)(?=/)")
_KINDS = {"VIDEO": Kind.VIDEO, "IMAGE": Kind.IMAGE, "CAROUSEL_ALBUM": Kind.IMAGE}


def read_post(row: Mapping[str, Json], *, about: str | None = None) -> Entry:
    """Read a post. Raises Malformed when it has no identifier.

    Nobody else's likes or replies are told; one that is a reply is a comment.
    """
    text = verbatim_text_of(row.get("text"))
    is_reply = row.get("is_reply") is True or bool(part_at(row, "replied_to"))
    kind = Kind.COMMENT if is_reply else Kind.POST
    if not text and not is_reply:
        kind = _KINDS.get(str(row.get("media_type")), Kind.POST)
    children = list_at(part_at(row, "children"), "data")
    links = [row.get("media_url"), row.get("gif_url")]
    links += [child.get("media_url") for child in children if isinstance(child, Mapping)]
    media = [link for told in links if (link := web_url(told))]
    username = row.get("username")
    is_named = isinstance(username, str) and username
    return Entry(
        external_id=identifier_at(row, "id"),
        url=one_site(row.get("permalink")),
        text=text,
        kind=kind,
        author=name_of(username),
        author_url=web_url(f"{SITE}/@{username}") if is_named else None,
        published_at=instant_of(row.get("timestamp")),
        parent_url=one_site(part_at(row, "replied_to").get("permalink")),
        media=tuple(dict.fromkeys(media))[:MAX_MEDIA],
        about=about,
    )


def is_of(row: Json, username: str | None) -> bool:
    """Tell whether an account wrote a post; nothing is known to be of an account without a name."""
    name = row.get("username") if isinstance(row, Mapping) else None
    is_told = isinstance(name, str) and username is not None
    return is_told and str(name).casefold() == str(username).casefold()


def one_site(link: Json) -> str | None:
    """Return a link at the one address of Threads: the same post is told at two.

    >>> one_site("https://www.threads.com/@lea/post/abc")
    'https://www.threads.net/@lea/post/abc'
    """
    url = web_url(link)
    return None if url is None else _SAME_SITE.sub(SITE, url)
