"""A post of Tumblr, from its API (legacy format, every type) or a blog's feed: Entry out. Pure.

https://github.com/tumblr/docs/blob/master/api.md, "Posts", read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    count_of,
    id_of,
    instant_of,
    name_of,
    text_of,
    title_of,
)
from monitor.sources.epoch import instant_at
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import ParsedFeed, Record
from monitor.sources.json_fields import list_at, part_at, text_at
from monitor.text import MAX_TEXT, cut, fold

_KINDS = {"photo": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
_POST = re.compile(r"/post/(\d+)")
_PICTURE = re.compile(
    r"""<(?:img\b[^>]*?\ssrc|video\b[^>]*?\sposter)=["']([^"'>]+)""", re.IGNORECASE
)
_ROOT_LINK = re.compile(
    r"""<p>\s*<a\b(?=[^>]*\bclass=["']tumblr_blog["'])[^>]*?\bhref=["']([^"']+)["'][^>]*>([^<]*)</a>\s*:"""
)
# recordings tumblr/blog_rss.xml: what a post without words is called.
_NO_TITLES = frozenset({"photo", "photoset", "video", "audio", "quote", "link", "text", "chat"})
_GENERATOR = re.compile(r"@([\w-]+)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The post that a reblog repeats."""

    id: str
    url: str | None = None
    blog: str | None = None
    text: str = ""


def read_post(post: Mapping[str, Json]) -> Entry:
    """Read one post of the API. Raises Malformed naming a field that must be there.

    A reblog that adds nothing is the post it repeats, so that it counts once however often it is
    repeated; one that adds words is those words, under that post.
    """
    post_id = id_of(post.get("id_string")) or id_of(post.get("id"))
    if post_id is None:
        raise Malformed(Code.API, "id is missing")
    blog, kind = name_of(text_at(post, "blog_name")), text_at(post, "type")
    entry = Entry(
        external_id=post_id,
        url=web_url(post.get("post_url")),
        title=_title(post, kind),
        text=_with_tags(_body(post, kind), list_at(post, "tags")),
        kind=_KINDS.get(kind, Kind.POST),
        author=blog,
        author_url=_blog_url(blog),
        published_at=instant_at(post.get("timestamp")) or _date(post.get("date")),
        likes=count_of(post.get("note_count")),  # likes, reblogs and replies: not told apart
        views=count_of(post.get("plays")),
        media=_media(post),
    )
    root = _root_of(post, post_id)
    if root is None:
        return entry
    added = text_of(part_at(post, "reblog").get("comment"))
    if added:
        text = _with_tags(added, list_at(post, "tags"))
        return replace(entry, title=None, text=text, parent_url=root.url)
    return replace(
        entry,
        external_id=root.id,
        url=root.url or entry.url,
        text=root.text or _body(post, kind),  # without tags: they are not of the post repeated
        author=root.blog,
        author_url=_blog_url(root.blog),
        published_at=None,
    )


def each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return each post once: itself rather than a reblog of it, which has no date."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        known = kept.get(entry.external_id)
        if known is None or (known.published_at is None and entry.published_at is not None):
            kept[entry.external_id] = entry
    return tuple(kept.values())


def read_record(record: Record, feed: ParsedFeed, base: str) -> Entry:
    """Read one post of a blog's feed. The blog is its author, whom the feed does not name."""
    entry = read_entry(record, feed, base)
    html = str(record.get("summary") or "")
    number = _POST.search(entry.url or entry.external_id)
    named = _GENERATOR.search(str(feed.about.get("generator") or ""))
    home = web_url(feed.about.get("link"), base)
    entry = replace(
        entry,
        external_id=number[1] if number else entry.external_id,
        title=_own_title(entry),
        text=_with_tags(entry.text, [tag.get("term") for tag in record.get("tags", ())]),
        kind=Kind.POST,
        author=named[1] if named else name_of(feed.about.get("title")),
        author_url=home,
        media=tuple(dict.fromkeys([*entry.media, *_pictures(html, base)]))[:MAX_MEDIA],
    )
    links = _ROOT_LINK.findall(html)
    root = web_url(unescape(links[-1][0]), base) if links else None  # the innermost is the first
    return entry if root is None else replace(entry, title=None, parent_url=root)


# --- the parts of a post ------------------------------------------------------------------------


def _title(post: Mapping[str, Json], kind: str) -> str | None:
    if kind == "audio":
        parts = (name_of(post.get("artist")), name_of(post.get("track_name")))
        return title_of(" – ".join(part for part in parts if part))
    return title_of(post.get("title"))


def _body(post: Mapping[str, Json], kind: str) -> str:
    """Return the words of a post, by its type; for a type unknown to us, what there is of them."""
    parts: tuple[Json, ...]
    if kind == "quote":
        parts = (post.get("text"), post.get("source"))
    elif kind == "link":
        parts = (post.get("description") or post.get("excerpt"),)
    elif kind == "answer":
        parts = (post.get("question"), post.get("answer"))
    elif kind == "chat":
        parts = (post.get("body") or _dialogue(post),)
    else:
        parts = (post.get("body") or post.get("caption"),)
    texts = [text_of(part) for part in parts]
    return cut("\n".join(text for text in texts if text), MAX_TEXT) or text_of(post.get("summary"))


def _dialogue(post: Mapping[str, Json]) -> str:
    lines = [line for line in list_at(post, "dialogue") if isinstance(line, Mapping)]
    return "\n".join(f"{line.get('label') or ''} {line.get('phrase') or ''}" for line in lines)


def _with_tags(text: str, tags: Sequence[object]) -> str:
    """Return a text with the tags below it, as Tumblr shows them, those left out that it holds."""
    said = fold(text)
    named = (name_of(tag) for tag in tags)
    missing = " ".join(f"#{tag}" for tag in named if tag and fold(f"#{tag}") not in said)
    return cut("\n".join(part for part in (text, missing) if part), MAX_TEXT)


def _root_of(post: Mapping[str, Json], post_id: str) -> Root | None:
    """Return the post that this one reblogs; ``None`` when it is an original."""
    told = id_of(post.get("reblogged_root_id"))
    root = (
        None
        if told is None
        else Root(
            id=told,
            url=web_url(post.get("reblogged_root_url")),
            blog=name_of(post.get("reblogged_root_name")),
        )
    )
    for item in list_at(post, "trail"):
        if isinstance(item, Mapping) and item.get("is_root_item") is True:
            root = _root_in(item, root)
    return None if root is None or root.id == post_id else root


def _root_in(item: Mapping[str, Json], told: Root | None) -> Root | None:
    """Return the post that a trail begins with, completed by what its reblog tells of it."""
    root_id = id_of(part_at(item, "post").get("id"))
    blog = name_of(part_at(item, "blog").get("name"))
    home = _blog_url(blog)
    if root_id is None:
        return told
    return Root(
        id=root_id,
        url=(told.url if told else None) or (home and f"{home}post/{root_id}"),
        blog=blog,
        text=text_of(item.get("content") or item.get("content_raw")),
    )


def _media(post: Mapping[str, Json]) -> tuple[str, ...]:
    photos = [photo for photo in list_at(post, "photos") if isinstance(photo, Mapping)]
    links = [
        *(_largest(photo) for photo in photos),
        post.get("video_url"),
        post.get("thumbnail_url"),
        post.get("album_art"),
        *_pictures(str(post.get("body") or "")),
    ]
    urls = (web_url(link) for link in links)
    return tuple(dict.fromkeys(url for url in urls if url))[:MAX_MEDIA]


def _largest(photo: Mapping[str, Json]) -> Json:
    original = part_at(photo, "original_size").get("url")
    sizes = (size for size in list_at(photo, "alt_sizes") if isinstance(size, Mapping))
    return original or next((size.get("url") for size in sizes), None)


def _pictures(html: str, base: str = "") -> Iterator[str]:
    for link in _PICTURE.findall(html):
        if url := web_url(unescape(link), base):
            yield url


def _own_title(entry: Entry) -> str | None:
    """Return a title that the blogger wrote: feeds make one of the type or the first words."""
    if not entry.title or entry.title.lower() in _NO_TITLES:
        return None
    start = _SPACES.sub("", entry.title.removesuffix("..."))
    return None if _SPACES.sub("", entry.text).startswith(start) else entry.title


def _blog_url(blog: str | None) -> str | None:
    return web_url(f"https://{blog}.tumblr.com/") if blog else None


def _date(date: Json) -> datetime | None:
    return instant_of(date.removesuffix(" GMT")) if isinstance(date, str) else None


def blog_host(blog: str) -> str:
    """Return the host of a blog given by its name, its host or its address.

    >>> blog_host("fleuristes"), blog_host("https://www.exemple.fr/"), blog_host("a.tumblr.com")
    ('fleuristes.tumblr.com', 'www.exemple.fr', 'a.tumblr.com')
    """
    host = (urlsplit(blog).hostname or "") if "://" in blog else blog.strip().strip("/@")
    return host.lower() if "." in host else f"{host.lower()}.tumblr.com"
