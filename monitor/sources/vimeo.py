"""Vimeo: the videos that its search finds for each business.

https://developer.vimeo.com/api/reference/videos and /api/guidelines/rate-limiting, read 2026-11.
Quota: by account and by how many fields are asked for, some 50 to 1,000 requests a minute.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import WORDS
from monitor.model import Business, Cursor, Entry, Json, Kind, Page, Response
from monitor.sources.addresses import server_root, web_url
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import (
    count_of,
    instant_of,
    language_of,
    name_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of, text_at
from monitor.sources.one_by_one import look_again
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

SERVER = "https://api.vimeo.com"
PAGE_SIZE = 100
RECHECKED_AT_ONCE = 50

_FIELDS = (
    "uri,name,description,link,created_time,language,user.name,user.link,"
    "user.metadata.connections.followers.total,stats.plays,metadata.connections.likes.total,"
    "metadata.connections.comments.total,pictures.base_link"
)


class VimeoOptions(PagedOptions):
    """The token to search with."""

    token: SecretStr = Field(
        description="An access token with the public scope.", examples=["${VIMEO_TOKEN}"]
    )


class Vimeo(Source[VimeoOptions]):
    """Searches Vimeo for each name of each business, newest first."""

    type: ClassVar[str] = "vimeo"
    platform: ClassVar[str] = "vimeo"
    every: ClassVar[timedelta] = timedelta(hours=3)
    options_type: ClassVar = VimeoOptions
    credentials: ClassVar[str | None] = (
        "A free access token: developer.vimeo.com/apps › Create an app › Generate an access token, "
        "unauthenticated (or public scope)."
    )
    limits: ClassVar[str] = (
        "Sees titles, descriptions and tags of public videos, not what is said in them, nor "
        "comments. The search is loose and takes no date: a first poll reads `max_pages` pages of "
        "100, however old. Counts, edits and deletions are followed for a week. Some 50 requests a "
        "minute, by account. Plays are unknown where the author hides them."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    def __init__(self, options: VimeoOptions, businesses: tuple[Business, ...]) -> None:
        """Take validated options and the businesses it is read for."""
        super().__init__(options, businesses)
        self._waits_until: datetime | None = None

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
        """Yield what each search finds, back to an instant."""
        reader = self._reader(session, since, is_history=True)
        return reader.read(_searches(self.businesses), cursor)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield videos as they are now, and those that are no longer there."""
        missing: list[str] = []
        for start in range(0, len(external_ids), RECHECKED_AT_ONCE):
            batch = external_ids[start : start + RECHECKED_AT_ONCE]
            found = await self._ask(session, {"uris": ",".join(f"/videos/{i}" for i in batch)})
            there = {entry.external_id for entry in found.entries}
            missing += [video_id for video_id in batch if video_id not in there]
            yield Page(entries=found.entries, cursor={}, problem=found.problem)

        async def look(video_id: str) -> None:
            # That it is missing from an answer does not say that it is gone.
            await self._get(session, f"/videos/{video_id}", {"fields": "uri"})

        async for page in look_again(missing, look, now=session.now):
            yield page

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(search: Search, after: datetime, following: Json) -> Found:
            del after  # the search takes no date
            page = following if isinstance(following, int) else 1
            found = await self._ask(
                session,
                {"query": search.text, "sort": "date", "direction": "desc", "page": page},
            )
            return replace(found, following=page + 1 if found.following else None)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            bounded=False,
            is_history=is_history,
        )

    async def _ask(self, session: Session, asked: Mapping[str, str | int]) -> Found:
        """Ask for videos. ``following`` of what comes says whether there are more."""
        answer = await self._get(
            session, "/videos", {**asked, "per_page": PAGE_SIZE, "fields": _FIELDS}
        )
        return read_list(answer)

    async def _get(self, session: Session, path: str, params: Mapping[str, str | int]) -> Json:
        """Ask, unless the last answer said that nothing is left to ask with for now."""
        if self._waits_until is not None and session.now < self._waits_until:
            raise FetchError(
                Code.RATE_LIMITED, "the minute's requests are spent", retry_at=self._waits_until
            )
        answer, response = await session.get_json(
            f"{self.address}{path}",
            params=params,
            headers={
                "Authorization": f"bearer {self.options.token.get_secret_value()}",
                "Accept": "application/vnd.vimeo.*+json;version=3.4",
            },
        )
        self._waits_until = _renewal_of(response)
        return answer


def read_list(answer: Json) -> Found:
    """Read one answer. Raises Malformed(api)."""
    record = record_of(answer, "the answer")
    rows = rows_of(record.get("data"), "data")
    entries, problem = read_each(rows, read_video, "data")
    following = part_at(record, "paging").get("next")
    return Found(entries=entries, rows=len(rows), following=bool(following), problem=problem)


def read_video(video: Mapping[str, Json]) -> Entry:
    """Read one video. Raises Malformed when it has no identifier."""
    # "/videos/123", or "/videos/123:abc" of what is not listed.
    video_id = text_at(video, "uri").rstrip("/").rpartition("/")[2].partition(":")[0]
    if not video_id:
        raise Malformed(Code.API, "uri is blank")
    user = part_at(video, "user")
    picture = web_url(part_at(video, "pictures").get("base_link"))
    return Entry(
        external_id=video_id,
        url=web_url(video.get("link")) or f"https://vimeo.com/{video_id}",
        title=title_of(video.get("name")),
        text=verbatim_text_of(video.get("description")),
        kind=Kind.VIDEO,
        author=name_of(user.get("name")),
        author_url=web_url(user.get("link")),
        author_followers=_total(user, "followers"),
        published_at=instant_of(video.get("created_time")),
        language=language_of(video.get("language")),
        likes=_total(video, "likes"),
        comments=_total(video, "comments"),
        views=count_of(part_at(video, "stats").get("plays")),
        media=(picture,) if picture else (),
    )


def _total(record: Mapping[str, Json], name: str) -> int | None:
    connections = part_at(part_at(record, "metadata"), "connections")
    return count_of(part_at(connections, name).get("total"))


def _searches(businesses: Sequence[Business]) -> tuple[Search, ...]:
    """Return one search a name. That it found a video proves nothing."""
    return searches_for(businesses, WORDS, is_loose=True)


def _renewal_of(response: Response) -> datetime | None:
    """Return when requests are given anew, if none is left."""
    if response.headers.get("x-ratelimit-remaining", "").strip() != "0":
        return None
    return instant_of(response.headers.get("x-ratelimit-reset"))
