"""What a YouTube source asks of the Data API: videos by name, comments by channel and by video."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor.errors import FetchError
from monitor.matching.queries import YOUTUBE
from monitor.model import Business, Json
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.youtube_api import BATCH, YoutubeApi, is_closed
from monitor.sources.youtube_entries import read_search, read_threads

_OF_CHANNEL = "allThreadsRelatedToChannelId"
_OF_VIDEO = "videoId"


def video_searches(businesses: Iterable[Business]) -> list[Search]:
    """Return the searches that together find each business."""
    return [*searches_for(businesses, YOUTUBE)]


def comment_searches(
    channels: Sequence[str], videos: Sequence[str], names: Sequence[str]
) -> list[Search]:
    """Return what to ask of comments: by channel, those with each name or all, and by video."""
    ids = [channel for channel in channels if channel.startswith("UC")]
    named = [(f"{_OF_CHANNEL} {i} {name}", name) for i in ids for name in names]
    whole = [(f"{_OF_CHANNEL} {i}", None) for i in ids if not names]
    found = [(f"{_OF_VIDEO} {i}", None) for i in videos]
    return [
        Search(text=query, business=business, by_date=True)
        for query, business in (*named, *whole, *found)
    ]


async def ask_videos(
    api: YoutubeApi, search: Search, after: datetime, following: Json, more: dict[str, str]
) -> Found:
    """Ask one page of a search, newest first; ``more`` is added to what is asked."""
    asked: dict[str, str | int] = {
        "part": "snippet",
        "type": "video",
        "q": search.text,
        "order": "date",
        "publishedAfter": after.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "maxResults": BATCH,
    }
    return read_search(await api.ask("search", {**asked, **more, **_page(following)}))


async def ask_comments(api: YoutubeApi, search: Search, following: Json) -> Found:
    """Ask one page of threads, newest first; nothing where comments are off."""
    subject, subject_id, *terms = search.text.split(" ", 2)
    asked: dict[str, str | int] = {
        "part": "snippet,replies",
        subject: subject_id,
        "order": "time",
        "textFormat": "plainText",
        "maxResults": 100,
    }
    if terms:
        asked["searchTerms"] = terms[0]
    try:
        answer = await api.ask("commentThreads", {**asked, **_page(following)})
    except FetchError as error:
        if not is_closed(error):
            raise
        return Found(entries=(), rows=0)
    return read_threads(answer)


def _page(following: Json) -> dict[str, str]:
    return {"pageToken": following} if isinstance(following, str) else {}
