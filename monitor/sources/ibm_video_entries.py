"""Videos and chat messages of IBM Video Streaming: JSON in, Entry out. Pure.

Videos and exports: github.com/IBM/video-streaming-developer-docs (channel-api-video-management,
channel-api-chat-2-0), read 2026-11. What stands in the file of an export is not documented: its
messages are looked for under the names that chats use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    count_of,
    hash_of,
    id_of,
    instant_of,
    name_of,
    text_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of
from monitor.sources.search_turns import Found
from monitor.text import MAX_TEXT, cut

PAGE_SIZE = 50
_DEEPEST = 6
_MOST_CAPTIONS = 20
_MS = 10_000_000_000
"""Seconds since 1970 are fewer until the year 2286; milliseconds are more since April 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One export of a channel's chat; ``until`` is the end of its span, in seconds since 1970."""

    id: str
    is_ready: bool
    is_pending: bool
    until: int
    url: str | None


def read_videos(answer: Json, number: int) -> Found:
    """Read page ``number`` of a search. Raises Malformed(api)."""
    told = record_of(answer, "the answer")
    rows = rows_of(told.get("videos"), "videos")
    entries, problem = read_each(rows, read_video, "videos")
    has_link = bool(part_at(told, "paging").get("next"))
    return Found(
        entries=entries,
        rows=len(rows) or has_link,
        # The link itself is not followed: the number is enough.
        following=number + 1 if has_link or len(rows) >= PAGE_SIZE else None,
        problem=problem,
    )


def read_video(video: Mapping[str, Json]) -> Entry:
    """Read one video, with the captions that the search found. Raises Malformed without an id."""
    external_id = id_of(video.get("id"))
    if external_id is None:
        raise Malformed(Code.API, "id is missing")
    picture = web_url(part_at(video, "thumbnail").get("default"))
    said = [text_of(video.get("description")), *_captions(video)]
    return Entry(
        external_id=external_id,
        url=web_url(video.get("url")),
        title=title_of(video.get("title")),
        text=cut("\n".join(part for part in said if part), MAX_TEXT),
        kind=Kind.VIDEO,
        published_at=instant_at(video.get("created_at")),
        views=count_of(video.get("views")),
        media=(picture,) if picture else (),
    )


def read_exports(answer: Json) -> tuple[Export, ...]:
    """Read the exports of a channel. Raises Malformed(api)."""
    rows = rows_of(record_of(answer, "the answer").get("exports"), "exports")
    exports = []
    for row in rows:
        told = record_of(row, "an export")
        number, url, status = id_of(told.get("id")), told.get("download_url"), told.get("status")
        if number is None:
            raise Malformed(Code.API, "the id of an export is missing")
        is_live = told.get("is_expired") is not True
        # As it is, signature included: it is asked once and never kept.
        link = url if isinstance(url, str) and urlsplit(url).scheme in {"http", "https"} else None
        exports.append(
            Export(
                id=number,
                is_ready=status == "completed" and is_live and link is not None,
                is_pending=status in {"init", "pending"} and is_live,
                until=count_of(told.get("end_date")) or 0,
                url=link,
            )
        )
    return tuple(exports)


def read_chat(
    answer: Json, channel_url: str, own_names: frozenset[str] = frozenset()
) -> tuple[tuple[Entry, ...], tuple[str, ...], str | None]:
    """Read an exported chat: its messages, the identifiers of deleted ones, what is unreadable.

    Raises Malformed(api) when nothing in it looks like messages.
    """
    lists = list(_lists_of_messages(answer, 0))
    if not lists and answer not in ([], {}):
        raise Malformed(Code.API, "no messages in the export")
    rows = [row for rows in lists for row in rows]
    removed = [id_of(row.get("id")) for row in rows if isinstance(row, Mapping) and _is_gone(row)]
    entries, problem = read_each(
        rows,
        lambda row: None if _is_gone(row) else _message(row, channel_url, own_names),
        "messages",
    )
    return entries, tuple(one for one in removed if one), problem


def _captions(video: Mapping[str, Json]) -> Iterator[str]:
    """Yield what was spoken, each after its moment: ``[0:31] …``."""
    for match in list_at(video, "caption_matches")[:_MOST_CAPTIONS]:
        if isinstance(match, Mapping) and (said := text_of(match.get("caption"))):
            start = match.get("start_sec")
            second = int(start) if isinstance(start, int | float) and 0 <= start < _MS else None
            yield said if second is None else f"[{second // 60}:{second % 60:02}] {said}"


def _lists_of_messages(value: Json, depth: int) -> Iterator[Sequence[Json]]:
    """Yield every list that stands under ``messages``, and the whole where it is one itself."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name == "messages" and isinstance(part, Sequence) and not isinstance(part, str):
                yield part
            else:
                yield from _lists_of_messages(part, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if depth == 0 and any(isinstance(row, Mapping) and _text(row) for row in value):
            yield value
            return
        for part in value:
            yield from _lists_of_messages(part, depth + 1)


def _message(row: Mapping[str, Json], channel_url: str, own: frozenset[str]) -> Entry | None:
    text = _text(row)
    author = _author(row)
    if not text or (author or "").casefold() in own:
        return None
    at = _instant(row)
    return Entry(
        external_id=id_of(row.get("id")) or hash_of(channel_url, str(at), author or "", text),
        url=None,
        text=text,
        kind=Kind.COMMENT,
        author=author,
        published_at=at,
        parent_url=channel_url,
    )


def _text(row: Mapping[str, Json]) -> str:
    said = (row.get(name) for name in ("text", "message", "body", "content"))
    return next((text for one in said if (text := verbatim_text_of(one))), "")


def _author(row: Mapping[str, Json]) -> str | None:
    for name in ("user", "author", "sender"):
        person = part_at(row, name)
        called = name_of(person.get("name")) or name_of(person.get("username"))
        if called := called or name_of(row.get(name)):
            return called
    return name_of(row.get("username")) or name_of(row.get("nick"))


def _instant(row: Mapping[str, Json]) -> datetime | None:
    for name in ("created_at", "sent_at", "timestamp", "date"):
        value = row.get(name)
        counted = count_of(value)
        at = instant_of(value) if counted is None else None
        if counted is not None:
            at = instant_at(counted // 1_000 if counted > _MS else counted)
        if at is not None:
            return at
    return None


def _is_gone(row: Mapping[str, Json]) -> bool:
    return bool(row.get("deleted_at")) or row.get("type") == "deleted"
