"""An entry of an XML feed: feedparser's record in, our Entry out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from time import struct_time

from monitor.model import Entry, Kind
from monitor.sources.addresses import web_url, without_fragment
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    count_of,
    hash_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    text_of,
    title_of,
)
from monitor.sources.feed_parsing import ParsedFeed, Record
from monitor.urls import canonical_url, site_of

_NO_TEXT = re.compile(r"(?:image|audio|video|font|model|multipart)/", re.IGNORECASE)
_VIDEO_SITES = frozenset(("youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "dai.ly"))
# Addresses of one comment: WordPress's, Blogger's and Dotclear's, SPIP's, Isso's.
_COMMENT_LINK = re.compile(r"#(?:comment-?|c|forum|isso-)\d+$", re.IGNORECASE)
# The titles of WordPress's comment feeds, in French and English.
_COMMENT_TITLE = re.compile(
    r"(?:Par|By)\s?: \S|Commentaires? sur .+ par \S|Comment on .+ by \S", re.IGNORECASE
)
# How DokuWiki's feed links a page it tells of as changed: https://www.dokuwiki.org/syndication.
_CHANGE = re.compile(r"[?&]rev=\d+&do=diff$")
_LAST_SECOND = 59


def read_entries(feed: ParsedFeed, base: str) -> tuple[Entry, ...]:
    """Read every entry of a feed; relative links are joined to ``base``."""
    return tuple(read_entry(record, feed, base) for record in feed.entries)


def read_entry(record: Record, feed: ParsedFeed, base: str) -> Entry:
    """Read one entry; every field may be missing.

    The identifier is the feed's own, else made from the link, else from title and text. A wiki's
    page stays one, however often it is changed.
    """
    url = _without_change(_link(record, base))
    title = title_of(record.get("title"))
    text = _text(record)
    kind = _kind(record, url, title)
    published_at = _published_at(record)
    return Entry(
        external_id=_without_change(id_of(record.get("id")))
        or (canonical_url(url) if url else hash_of(title or "", str(published_at), text)),
        url=url,
        title=title,
        text=text,
        kind=kind,
        author=_author(record, feed),
        author_url=web_url(_part(record, "author_detail").get("href"), base),
        published_at=published_at,
        language=_language(record, feed),
        comments=_first_count(record, "slash_comments", "thr_total"),
        views=count_of(_part(record, "media_statistics").get("views")),
        parent_url=without_fragment(url) if url and kind is Kind.COMMENT else None,
        media=_media(record, base),
    )


def _link(record: Record, base: str) -> str | None:
    """Return what the entry leads to: FeedBurner's true link, its page, else any link it has.

    feedparser takes a guid for a link unless it says that it is none; most then are no address.
    """
    others = (
        link.get("href")
        for link in record.get("links", ())
        if link.get("rel") in ("alternate", "related", "via", None)
    )
    own = record.get("link")
    if record.get("guidislink") and own == record.get("id") and "/" not in (own or ""):
        own = None
    candidates = (record.get("feedburner_origlink"), own, *others)
    urls = (web_url(link, base) for link in candidates if link)
    return next((url for url in urls if url), None)


def _without_change(link: str | None) -> str | None:
    return None if link is None else _CHANGE.sub("", link)


def _text(record: Record) -> str:
    """Return the body: the whole content, else the summary."""
    for content in record.get("content", ()):
        if not _NO_TEXT.match(content.get("type", "")):
            text = text_of(content.get("value"))
            if text:
                return text
    return text_of(record.get("summary"))


def _author(record: Record, feed: ParsedFeed) -> str | None:
    own = name_of(_part(record, "author_detail").get("name")) or name_of(record.get("author"))
    if own or not feed.version.startswith("atom"):
        return own
    # RFC 4287 §4.2.1: a feed's author is that of its entries that name none.
    return name_of(_part(feed.about, "author_detail").get("name"))


def _published_at(record: Record) -> datetime | None:
    """Return when it was published, else when it was changed; ``None`` if unreadable."""
    for name in ("published", "updated", "created"):
        # dict.get: feedparser's own warns that "updated" may stand for "published".
        parsed = dict.get(record, f"{name}_parsed")
        at = _instant(parsed) or instant_of(dict.get(record, name))
        if at is not None:
            return at
    return None


def _instant(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        return datetime(year, month, day, hour, minute, min(second, _LAST_SECOND), tzinfo=UTC)
    except ValueError:
        return None


def _language(record: Record, feed: ParsedFeed) -> str | None:
    own = (_part(record, name).get("language") for name in ("title_detail", "summary_detail"))
    tags = (*own, record.get("language"), feed.about.get("language"))
    return next((code for code in map(language_of, tags) if code), None)


def _kind(record: Record, url: str | None, title: str | None) -> Kind:
    if (url and _COMMENT_LINK.search(url)) or (title and _COMMENT_TITLE.match(title)):
        return Kind.COMMENT
    types = [str(link.get("type", "")) for link in _enclosures(record)]
    if any(kind.startswith("audio/") for kind in types):
        return Kind.AUDIO
    is_video = any(kind.startswith("video/") for kind in types)
    return Kind.VIDEO if is_video or (url and site_of(url) in _VIDEO_SITES) else Kind.ARTICLE


def _enclosures(record: Record) -> Iterator[Record]:
    yield from (link for link in record.get("links", ()) if link.get("rel") == "enclosure")


def _media(record: Record, base: str) -> tuple[str, ...]:
    links = [
        *(link.get("href") for link in _enclosures(record)),
        *(part.get("url") for part in record.get("media_content", ())),
        *(part.get("url") for part in record.get("media_thumbnail", ())),
    ]
    urls = (web_url(link, base) for link in links)
    return tuple(dict.fromkeys(url for url in urls if url))[:MAX_MEDIA]


def _first_count(record: Record, *names: str) -> int | None:
    counts = (count_of(record.get(name)) for name in names)
    return next((count for count in counts if count is not None), None)


def _part(record: Record, name: str) -> Record:
    part = record.get(name)
    return part if isinstance(part, dict) else {}
