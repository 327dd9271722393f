"""Videos and comments of YouTube: what the Data API and the channel feeds give, as entries. Pure.

https://developers.google.com/youtube/v3/docs, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from html import escape

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind, Page, Response
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    count_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    text_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import ParsedFeed, Record, is_page, parse_feed
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at
from monitor.sources.search_turns import Found

SITE = "https://www.youtube.com"

_THUMBNAILS = ("maxres", "standard", "high", "medium", "default")
_LIKES_ONLY = "5.00"  # the average of a "rating" that counts likes and nothing else


def watch_url(video_id: str, comment_id: str | None = None) -> str:
    """Return the address of a video, or of a comment under it."""
    return f"{SITE}/watch?v={video_id}" + (f"&lc={comment_id}" if comment_id else "")


# --- the Data API -----------------------------------------------------------------------------


def read_search(answer: Json) -> Found:
    """Read an answer of ``search.list``: videos, their descriptions cut. Raises Malformed(api)."""
    return _read(answer, read_found_video)


def read_videos(answer: Json) -> Found:
    """Read an answer of ``videos.list``. Raises Malformed(api)."""
    return _read(answer, read_video)


def read_found_video(row: Mapping[str, Json]) -> Entry | None:
    """Read one video of a search, whose title is escaped; ``None`` for a channel or playlist."""
    if part_at(row, "id").get("kind") in ("youtube#channel", "youtube#playlist"):
        return None
    return replace(read_video(row), title=title_of(part_at(row, "snippet").get("title")))


def read_video(row: Mapping[str, Json]) -> Entry:
    """Read one video. Raises Malformed naming what must be there."""
    own = row.get("id")
    video_id = id_of(own) or id_of(part_at(row, "id").get("videoId"))
    if video_id is None:
        raise Malformed(Code.API, "id is missing")
    snippet = record_of(row.get("snippet"), "snippet")
    statistics = part_at(row, "statistics")
    spoken = language_of(snippet.get("defaultAudioLanguage"))
    return Entry(
        external_id=video_id,
        url=watch_url(video_id),
        title=_plain_title_of(snippet.get("title")),
        text=verbatim_text_of(snippet.get("description")),
        kind=Kind.VIDEO,
        author=_plain_name_of(snippet.get("channelTitle")),
        author_url=_channel_url(snippet.get("channelId")),
        published_at=instant_of(snippet.get("publishedAt")),
        language=spoken or language_of(snippet.get("defaultLanguage")),
        likes=count_of(statistics.get("likeCount")),
        comments=count_of(statistics.get("commentCount")),
        views=count_of(statistics.get("viewCount")),
        media=_thumbnail(part_at(snippet, "thumbnails")),
    )


def read_followers(answer: Json) -> dict[str, int]:
    """Read an answer of ``channels.list``: subscribers by the channel's address."""
    followers: dict[str, int] = {}
    for row in list_at(record_of(answer, "the answer"), "items"):
        channel = row if isinstance(row, Mapping) else {}
        statistics = part_at(channel, "statistics")
        count = count_of(statistics.get("subscriberCount"))
        url = _channel_url(channel.get("id"))
        if url and count is not None and statistics.get("hiddenSubscriberCount") is not True:
            followers[url] = count
    return followers


def read_threads(answer: Json) -> Found:
    """Read an answer of ``commentThreads.list``: comments with the replies that stand beside.

    Raises Malformed(api).
    """
    found = _read(answer, read_thread)
    threads = [row for row in list_at(record_of(answer, ""), "items") if isinstance(row, Mapping)]
    replies: list[Entry] = []
    for row in threads:
        rows = list_at(part_at(row, "replies"), "comments")
        parent = part_at(part_at(row, "snippet"), "topLevelComment")
        if rows and id_of(parent.get("id")):
            replies += read_each(rows, partial(read_reply, parent=parent), "replies")[0]
    return replace(found, entries=(*found.entries, *replies), reached=found.oldest)


def read_thread(row: Mapping[str, Json]) -> Entry:
    """Read a comment that begins a thread. Raises Malformed naming what must be there."""
    snippet = record_of(row.get("snippet"), "snippet")
    comment = record_of(snippet.get("topLevelComment"), "snippet.topLevelComment")
    video_id = _video_of(comment) or id_of(snippet.get("videoId"))
    entry = _read_comment(comment, video_id, watch_url(video_id) if video_id else None)
    return replace(entry, comments=count_of(snippet.get("totalReplyCount")))


def read_reply(row: Mapping[str, Json], parent: Mapping[str, Json]) -> Entry:
    """Read a reply to ``parent``. Raises Malformed naming what must be there."""
    video_id = _video_of(row) or _video_of(parent)
    parent_url = watch_url(video_id, text_at(parent, "id")) if video_id else None
    return _read_comment(row, video_id, parent_url)


def read_replies(answer: Json, top: Entry) -> Found:
    """Read an answer of ``comments.list``: the replies to a comment read before."""
    video_id = (top.parent_url or "").rpartition("=")[2] or None
    return _read(answer, lambda row: _read_comment(row, video_id, top.url))


def _read_comment(
    comment: Mapping[str, Json], video_id: str | None, parent_url: str | None
) -> Entry:
    comment_id = text_at(comment, "id")
    snippet = record_of(comment.get("snippet"), "snippet")
    original = snippet.get("textOriginal")
    return Entry(
        external_id=comment_id,
        url=watch_url(video_id, comment_id) if video_id else None,
        # textDisplay is HTML unless plain text was asked for; textOriginal may be kept from us.
        text=verbatim_text_of(original) or text_of(snippet.get("textDisplay")),
        kind=Kind.COMMENT,
        author=_plain_name_of(snippet.get("authorDisplayName")),
        author_url=web_url(snippet.get("authorChannelUrl")),
        published_at=instant_of(snippet.get("publishedAt")),
        likes=count_of(snippet.get("likeCount")),
        parent_url=parent_url,
    )


def _video_of(comment: Mapping[str, Json]) -> str | None:
    return id_of(part_at(comment, "snippet").get("videoId"))


def _read(answer: Json, read: Callable[[Mapping[str, Json]], Entry | None]) -> Found:
    record = record_of(answer, "the answer")
    rows = rows_of(record.get("items"), "items")
    entries, problem = read_each(rows, read, "items")
    following = record.get("nextPageToken")
    return Found(
        entries=entries,
        rows=len(rows),
        following=following if isinstance(following, str) and following else None,
        problem=problem,
    )


def _channel_url(channel_id: object) -> str | None:
    found = id_of(channel_id)
    return f"{SITE}/channel/{found}" if found else None


def _plain_title_of(title: object) -> str | None:
    return title_of(escape(title, quote=False)) if isinstance(title, str) else None


def _plain_name_of(name: object) -> str | None:
    return name_of(escape(name, quote=False)) if isinstance(name, str) else None


def _thumbnail(thumbnails: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the largest picture there is."""
    urls = (web_url(part_at(thumbnails, name).get("url")) for name in _THUMBNAILS)
    return tuple(url for url in urls if url)[:1]


# --- the channel feeds ------------------------------------------------------------------------


def read_channel(response: Response) -> Page:
    """Read a channel's feed. Raises ``Malformed``: ``not_a_feed`` for a page of refusal."""
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where a channel's feed was due")
    feed = parse_feed(response)
    entries = tuple(read_feed_video(record, feed, response.url) for record in feed.entries)
    return Page(entries=entries, cursor={}, problem=feed.problem)


def read_feed_video(record: Record, feed: ParsedFeed, base: str) -> Entry:
    """Read one video of a feed, by the identifier that the API gives it too.

    What the feed calls a rating is none: its count is that of the likes.
    """
    entry = read_entry(record, feed, base)
    video_id = id_of(record.get("yt_videoid")) or entry.external_id.removeprefix("yt:video:")
    likes = _part(record, "media_starrating")
    return replace(
        entry,
        external_id=video_id,
        url=entry.url or watch_url(video_id),
        title=_plain_title_of(record.get("title")),
        text=verbatim_text_of(record.get("summary")),
        kind=Kind.VIDEO,
        author=entry.author or name_of(_part(feed.about, "author_detail").get("name")),
        author_url=_channel_url(record.get("yt_channelid")) or entry.author_url,
        likes=count_of(likes.get("count")) if likes.get("average") == _LIKES_ONLY else None,
        views=count_of(_part(record, "media_statistics").get("views")),
        media=tuple(
            url
            for part in record.get("media_thumbnail", ())
            if (url := web_url(part.get("url"), base))
        )[:1],
    )


def _part(record: Record, name: str) -> Record:
    part = record.get(name)
    return part if isinstance(part, dict) else {}
