"""Posts (``t3_``) and comments (``t1_``) of Reddit, from its feeds and its JSON listings. Pure.

https://support.reddithelp.com, "Reddit Data API Wiki", as of 2026-11. Feeds hold no counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind, Response
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import count_of, name_of, text_of, title_of
from monitor.sources.epoch import instant_at
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import ParsedFeed, is_page, parse_feed
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of, text_at
from monitor.sources.markdown import markdown_text
from monitor.sources.search_turns import Found

SITE = "https://www.reddit.com"

_ID = re.compile(r"t[13]_[0-9a-z]+")
_PLACE = re.compile(r"/comments/([0-9a-z]+)(?:/[^/]*(?:/([0-9a-z]+))?)?")
# What Reddit's feeds put around a body; a post without one has only its tail.
_BODY = re.compile(r"<!-- SC_OFF -->(.*)<!-- SC_ON -->", re.DOTALL)
_TAIL = re.compile(r"(?:&#32;|\s)*submitted by(?:&#32;|\s)*<a\b.*\Z", re.DOTALL)
_AUTHOR = re.compile(r"submitted by(?:&#32;|\s)*<a href=\"[^\"]*/user/([\w-]+)")
_COMMENT_TITLE = re.compile(r"/u/\S+ on ")
_GONE = ("[deleted]", "[removed]")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp)\Z", re.IGNORECASE)
_STEP = 25
"""Full feeds hold a multiple of it, up to the 100 that are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A JSON listing, and the identifiers of what stands in it as removed."""

    found: Found
    there: frozenset[str]


def read_feed(response: Response) -> Found:
    """Read one answer of a search's or a subreddit's feed.

    Raises ``Malformed``: ``not_a_feed`` for the page that blocks us.
    """
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where a feed was due: Reddit blocks us")
    feed = parse_feed(response)
    entries = tuple(_read_record(record, feed, response.url) for record in feed.entries)
    is_full = entries and len(entries) % _STEP == 0
    return Found(
        entries=tuple(entry for entry in entries if entry.text not in _GONE),
        rows=len(entries),
        reached=entries[-1].published_at if entries else None,
        following=entries[-1].external_id if is_full else None,
        problem=feed.problem,
    )


def read_listing(answer: Json) -> Listing:
    """Read one JSON listing. Raises Malformed(api)."""
    whole = record_of(record_of(answer, "the answer").get("data"), "data")
    rows = rows_of(whole.get("children"), "children")
    entries, problem = read_each(rows, read_thing, "children")
    following = whole.get("after")
    last = part_at(rows[-1], "data") if rows and isinstance(rows[-1], Mapping) else {}
    return Listing(
        found=Found(
            entries=entries,
            rows=len(rows),
            reached=instant_at(last.get("created_utc")),
            following=following if isinstance(following, str) and following else None,
            problem=problem,
        ),
        there=frozenset(entry.external_id for entry in entries),
    )


def read_thing(thing: Mapping[str, Json]) -> Entry | None:
    """Read a post or comment; ``None`` for one that was removed. Raises Malformed naming a field.

    Texts must have been asked for unescaped (``raw_json=1``).
    """
    told = part_at(thing, "data")
    name = text_at(told, "name")
    is_comment = name.startswith("t1_")
    written = told.get("body" if is_comment else "selftext")
    if told.get("removed_by_category") or written in _GONE:
        return None
    link = _permalink(told, is_comment=is_comment)
    author = told.get("author") if told.get("author") not in _GONE else None
    return Entry(
        external_id=name,
        url=link,
        title=title_of(told.get("link_title" if is_comment else "title")),
        text=markdown_text(written),
        kind=Kind.COMMENT if is_comment else Kind.POST,
        author=name_of(author),
        author_url=f"{SITE}/user/{author}" if isinstance(author, str) and author else None,
        published_at=instant_at(told.get("created_utc")),
        likes=None if told.get("score_hidden") is True else count_of(told.get("score")),
        comments=count_of(told.get("num_comments")),
        parent_url=_parent_url(told, link) if is_comment else None,
        media=_media(told),
    )


def _read_record(record: dict[str, Any], feed: ParsedFeed, base: str) -> Entry:
    entry = read_entry(record, feed, base)
    body = next((part.get("value", "") for part in record.get("content", ())), "")
    body = body or record.get("summary", "")
    marked, signed = _BODY.search(body), _AUTHOR.search(body)
    link = entry.url or ""
    name = _name_of(entry.external_id, link)
    is_comment = name.startswith("t1_")
    title = _COMMENT_TITLE.sub("", entry.title or "") if is_comment else entry.title
    # Feeds before 2016 name the author in the body only.
    author = (entry.author or "").removeprefix("/u/") or (signed[1] if signed else None)
    return replace(
        entry,
        external_id=name,
        title=title or None,
        text=text_of(marked[1] if marked else _TAIL.sub("", body)),
        kind=Kind.COMMENT if is_comment else Kind.POST,
        author=author,
        author_url=entry.author_url or (f"{SITE}/user/{author}" if author else None),
        parent_url=_thread_of(link) if is_comment else None,
        media=() if is_comment else entry.media,
    )


def _name_of(feed_id: str, link: str) -> str:
    """Return Reddit's own name of a thing; old feeds give only its address."""
    if _ID.fullmatch(feed_id):
        return feed_id
    place = _PLACE.search(urlsplit(link).path)
    if place is None:
        return feed_id
    return f"t1_{place[2]}" if place[2] else f"t3_{place[1]}"


def _thread_of(link: str) -> str | None:
    """Return the address of the post that a comment's address is below."""
    place = _PLACE.search(link)
    return link.rstrip("/").rpartition("/")[0] + "/" if place and place[2] else None


def _permalink(told: Mapping[str, Json], *, is_comment: bool) -> str | None:
    path = told.get("permalink")
    if isinstance(path, str) and path.startswith("/"):
        return web_url(path.partition("?")[0].partition("#")[0], SITE)
    link_id, own_id = str(told.get("link_id", "")), told.get("id")
    if not (is_comment and _ID.fullmatch(link_id) and isinstance(own_id, str)):
        return None
    return web_url(f"/r/{told.get('subreddit')}/comments/{link_id[3:]}/_/{own_id}/", SITE)


def _parent_url(told: Mapping[str, Json], link: str | None) -> str | None:
    parent = told.get("parent_id")
    thread = _thread_of(link) if link else None
    if thread and isinstance(parent, str) and parent.startswith("t1_"):
        return f"{thread}{parent[3:]}/"
    return thread


def _media(told: Mapping[str, Json]) -> tuple[str, ...]:
    own = web_url(told.get("url"))
    is_picture = own is not None and _PICTURE.search(urlsplit(own).path)
    links = (own if is_picture else None, told.get("thumbnail"))
    return tuple(dict.fromkeys(url for url in map(web_url, links) if url))
