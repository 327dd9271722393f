"""Dailymotion: the videos that its search finds for each business.

https://developers.dailymotion.com/v0/reference/api-video, read 2026-11. No account; no figure of
a quota, answers may be kept for 15 minutes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from monitor.errors import Code, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import WORDS
from monitor.model import Business, Cursor, Entry, Json, Kind, Page
from monitor.sources.addresses import server_root, web_url
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import count_of, id_of, language_of, name_of, text_of, title_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of
from monitor.sources.one_by_one import look_again
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

SERVER = "https://api.dailymotion.com"
PAGE_SIZE = 100
MOST_PAGES = 10
"""A query gives 1,000 videos and no more."""

# Without these only four are given; one that does not exist fails the whole call.
_FIELDS = (
    "id,title,description,created_time,url,views_total,likes_total,language,thumbnail_720_url,"
    "owner.screenname,owner.url,owner.followers_total"
)


class DailymotionOptions(PagedOptions):
    """Which videos to look among."""

    languages: tuple[str, ...] = Field(
        default=(),
        description="Only videos said to be in these languages. Default: all; many say none.",
        examples=[["fr", "nl"]],
    )
    country: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}$",
        description="Only videos from this country. Default: all.",
        examples=["fr"],
    )


class Dailymotion(Source[DailymotionOptions]):
    """Searches Dailymotion for each name of each business, newest first."""

    type: ClassVar[str] = "dailymotion"
    platform: ClassVar[str] = "dailymotion"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = DailymotionOptions
    limits: ClassVar[str] = (
        "Sees titles, descriptions and tags of public videos, not what is said in them. The search "
        "is loose: what it finds without the name is dropped here. 1,000 videos a search at most. "
        "No comments: the API has none. Counts, edits and deletions are followed for a week. No "
        "figure of a quota; an answer may be 15 minutes old."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The API."""
        return server_root(SERVER, self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name."""
        return tuple(search.text for search in _searches(self.businesses))

    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what each search finds that is new, edited or counted anew."""
        reader = self._reader(session, session.now - FIRST_SPAN)
        return reader.read(_searches(self.businesses), cursor)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what each search finds since an instant."""
        reader = self._reader(session, since, is_history=True)
        return reader.read(_searches(self.businesses), cursor)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield videos as they are now, and those that are no longer there."""
        missing: list[str] = []
        for start in range(0, len(external_ids), PAGE_SIZE):
            batch = external_ids[start : start + PAGE_SIZE]
            found = await self._ask(session, {"ids": ",".join(batch)})
            there = {entry.external_id for entry in found.entries}
            missing += [video_id for video_id in batch if video_id not in there]
            yield Page(entries=found.entries, cursor={}, problem=found.problem)

        async def look(video_id: str) -> None:
            # That it is missing from an answer does not say that it is gone.
            await session.get_json(f"{self.address}/video/{video_id}", params={"fields": "id"})

        async for page in look_again(missing, look, now=session.now):
            yield page

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(search: Search, after: datetime, following: Json) -> Found:
            page = following if isinstance(following, int) else 1
            asked: dict[str, str | int] = {
                "search": search.text,
                "sort": "recent",
                "created_after": int(after.timestamp()),
                "page": page,
            }
            if self.options.languages:
                asked["languages"] = ",".join(self.options.languages)
            if self.options.country:
                asked["country"] = self.options.country
            found = await self._ask(session, asked)
            is_more = found.following is True and page < MOST_PAGES
            return replace(found, following=page + 1 if is_more else None)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            is_history=is_history,
        )

    async def _ask(self, session: Session, asked: Mapping[str, str | int]) -> Found:
        """Ask for videos. ``following`` of what comes says whether there are more."""
        answer, _ = await session.get_json(
            f"{self.address}/videos",
            # Else what is meant for adults, or taken for it, is hidden from us.
            params={**asked, "fields": _FIELDS, "limit": PAGE_SIZE, "family_filter": "false"},
        )
        return read_list(answer)


def read_list(answer: Json) -> Found:
    """Read one answer. Raises Malformed(api), with the platform's word when it sends an error."""
    record = record_of(answer, "the answer")
    told = part_at(record, "error")
    if told:
        raise Malformed(Code.API, f"error {told.get('code')} {told.get('type')}")
    rows = rows_of(record.get("list"), "list")
    entries, problem = read_each(rows, read_video, "list")
    return Found(
        entries=entries, rows=len(rows), following=record.get("has_more") is True, problem=problem
    )


def read_video(video: Mapping[str, Json]) -> Entry:
    """Read one video; its owner's fields are flat. Raises Malformed when it has no identifier."""
    video_id = id_of(video.get("id"))
    if video_id is None:
        raise Malformed(Code.API, "id is missing")
    picture = web_url(video.get("thumbnail_720_url"))
    return Entry(
        external_id=video_id,
        url=web_url(video.get("url")) or f"https://www.dailymotion.com/video/{video_id}",
        title=title_of(video.get("title")),
        text=text_of(video.get("description")),
        kind=Kind.VIDEO,
        author=name_of(video.get("owner.screenname")),
        author_url=web_url(video.get("owner.url")),
        author_followers=count_of(video.get("owner.followers_total")),
        published_at=instant_at(video.get("created_time")),
        language=language_of(video.get("language")),
        likes=count_of(video.get("likes_total")),
        views=count_of(video.get("views_total")),
        media=(picture,) if picture else (),
    )


def _searches(businesses: Sequence[Business]) -> tuple[Search, ...]:
    """Return one search a name. That it found a video proves nothing."""
    return searches_for(businesses, WORDS, is_loose=True)
