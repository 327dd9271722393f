"""Posts and comments of WordPress's REST API: JSON in, Entry out. Pure.

https://developer.wordpress.org/rest-api/reference/posts/ and /comments/, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url, without_fragment
from monitor.sources.entry_parts import id_of, instant_of, name_of, text_of, title_of
from monitor.sources.json_fields import list_at, part_at, text_at

Read = Callable[[Mapping[str, Json]], Entry | None]

_POST_ID = re.compile(r"[?&]p=(\d+)$")
_COMMENT_ID = re.compile(r"#comment-(\d+)$")


def post_reader(site: str) -> Read:
    """Return what reads one post of a site. A post behind a password is left out.

    Identifiers are those that WordPress gives in its feeds: ``https://…/?p=12``.
    """

    def read(post: Mapping[str, Json]) -> Entry | None:
        content = part_at(post, "content")
        if content.get("protected") is True:
            return None
        author = _first(part_at(post, "_embedded"), "author")
        picture = _first(part_at(post, "_embedded"), "wp:featuredmedia")
        return Entry(
            external_id=f"{site}/?p={_number(post, 'id')}",
            url=web_url(text_at(post, "link")),
            title=title_of(part_at(post, "title").get("rendered")),
            text=text_of(content.get("rendered"))
            or text_of(part_at(post, "excerpt").get("rendered")),
            kind=Kind.ARTICLE,
            author=name_of(author.get("name")),
            author_url=web_url(author.get("link")),
            published_at=instant_of(post.get("date_gmt")),
            media=tuple(url for url in [web_url(picture.get("source_url"))] if url),
        )

    return read


def comment_reader(site: str) -> Read:
    """Return what reads one comment of a site."""

    def read(comment: Mapping[str, Json]) -> Entry:
        url = web_url(text_at(comment, "link"))
        post = _number(comment, "post")
        return Entry(
            external_id=f"{site}/?p={post}#comment-{_number(comment, 'id')}",
            url=url,
            text=text_of(part_at(comment, "content").get("rendered")),
            kind=Kind.COMMENT,
            author=name_of(comment.get("author_name")),
            author_url=web_url(comment.get("author_url")),
            published_at=instant_of(comment.get("date_gmt")),
            parent_url=without_fragment(url) if url else None,
        )

    return read


def numbers_of(external_ids: Sequence[str], *, comments: bool) -> dict[str, str]:
    """Return WordPress's own numbers of posts, or of comments, with the identifiers they are of.

    >>> ids = ["https://exemple.fr/?p=12", "https://exemple.fr/?p=12#comment-3", "x"]
    >>> numbers_of(ids, comments=False), numbers_of(ids, comments=True)
    ({'12': 'https://exemple.fr/?p=12'}, {'3': 'https://exemple.fr/?p=12#comment-3'})
    """
    pattern = _COMMENT_ID if comments else _POST_ID
    found = ((pattern.search(external_id), external_id) for external_id in external_ids)
    return {match[1]: external_id for match, external_id in found if match}


def _number(record: Mapping[str, Json], name: str) -> str:
    number = id_of(record.get(name))
    if number is None:
        raise Malformed(Code.API, f"{name} is missing")
    return number


def _first(embedded: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    rows = list_at(embedded, name)
    return rows[0] if rows and isinstance(rows[0], Mapping) else {}
