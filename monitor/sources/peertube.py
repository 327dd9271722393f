"""PeerTube: the videos that Sepia Search, or one instance, finds for each business; comments.

https://docs.joinpeertube.org/api-rest-reference.html, read 2026-11. No account.
Quota: 50 requests in 10 seconds.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote, urlsplit

from pydantic import Field, HttpUrl

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.matching.queries import WORDS
from monitor.model import Business, Cursor, Entry, Json, Kind, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.json_fields import part_at
from monitor.sources.one_by_one import look_again
from monitor.sources.peertube_entries import read_comments, read_videos
from monitor.sources.search_turns import Found, Search, newest_first, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

SEPIA = "https://sepiasearch.org"
PAGE_SIZE = 50
MAX_FOLLOWED = 20
"""Found videos whose comments are read: one request each at each poll."""

MOST_REMEMBERED = 100
"""Videos of which the cursor says where they live: only there is known that one is gone."""

_LOOKED_AT_AGAIN = timedelta(days=7)  # a search tells the counts anew for nothing
_LOST = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class PeertubeOptions(PagedOptions):
    """Where to search."""

    instance: HttpUrl = Field(
        default=HttpUrl(SEPIA),
        description="The instance to ask. Default: Sepia Search, which knows about 1,000 of them.",
        examples=["https://peertube.fr"],
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}$",
        description="Only videos said to be in this language. Default: all; many say none.",
        examples=["fr"],
    )
    comments: bool = Field(
        default=False,
        description="Read the comments under the 20 videos found last, on their own instances.",
        examples=[True],
    )


class Peertube(Source[PeertubeOptions]):
    """Searches for each name of each business, newest first.

    The cursor holds how far each search was read, the servers of the newest found videos, and those
    whose comments are followed: their addresses; all by their identifiers.
    """

    type: ClassVar[str] = "peertube"
    platform: ClassVar[str] = "peertube"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = PeertubeOptions
    limits: ClassVar[str] = (
        "Sees the titles and the first 250 signs of descriptions of videos on the instances that "
        "Sepia Search knows, or that one instance knows. The search is loose: what it finds "
        "without the name is dropped here. Edits, counts and deletions are followed for a week. "
        "Comments without the replies to them. 50 requests in 10 seconds. `base_url` stands for "
        "the search and for the videos' own instances."
    )
    rechecks: ClassVar[timedelta | None] = _LOOKED_AT_AGAIN
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    def __init__(self, options: PeertubeOptions, businesses: tuple[Business, ...]) -> None:
        """Take options and businesses; where the newest videos live is read with them."""
        super().__init__(options, businesses)
        self._home_of: Mapping[str, str] = {}

    @property
    def address(self) -> str:
        """The server that is searched."""
        return server_root(str(self.options.instance), self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name."""
        return tuple(search.text for search in _searches(self.businesses))

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what each search finds that is new, edited or counted anew."""
        followed = _texts_at(cursor, "videos") if self.options.comments else {}
        known, homes, met = dict(followed), _texts_at(cursor, "homes"), list[Entry]()
        self._home_of = homes
        searches = [*_searches(self.businesses), *map(_comments_of, followed.values(), followed)]
        reader = self._reader(session, session.now - FIRST_SPAN)
        async for page in reader.read(searches, cursor):
            met += [e for e in page.entries if e.kind is Kind.VIDEO]
            new = {e.external_id: e.url for e in newest_first(met) if e.url is not None}
            self._home_of = _first({i: _home_in(url) for i, url in new.items()}, homes)
            kept: dict[str, Json] = {"homes": self._home_of} if self._home_of else {}
            if self.options.comments:
                followed = _first(new, known, MAX_FOLLOWED)
                kept |= {"videos": followed} if followed else {}
            yield replace(page, cursor={**page.cursor, **kept})

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which videos are gone from their own instances, a request each.

        Only of those that ``pages`` read or the cursor it began with told the instance of. What
        has changed of the others, the search tells, which cuts their texts.
        """

        async def look(uuid: str) -> None:
            root = server_root(self._home_of[uuid], self.options.base_url)
            try:
                await session.get_json(f"{root}/api/v1/videos/{quote(uuid, safe='')}")
            except FetchError as error:
                if not _is_unreachable(error):
                    raise

        known = [uuid for uuid in external_ids if uuid in self._home_of]
        async for page in look_again(known, look, now=session.now):
            yield page

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what each search finds since an instant."""
        return self._reader(session, since, is_history=True).read(
            _searches(self.businesses), cursor
        )

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(search: Search, after: datetime, following: Json) -> Found:
            start = following if isinstance(following, int) else 0
            read = self._ask_comments if search.by_date else self._ask_videos
            found = await read(session, search, after, start)
            end, total = start + found.rows, found.following
            is_more = end < total if isinstance(total, int) else found.rows >= PAGE_SIZE
            return replace(found, following=end if is_more else None)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            overlap=_LOOKED_AT_AGAIN,
            is_history=is_history,
        )

    async def _ask_videos(
        self, session: Session, search: Search, after: datetime, start: int
    ) -> Found:
        """Ask one page of videos. ``following`` of what comes is how many there are in all."""
        asked: dict[str, str | int] = {
            "search": search.text,
            "start": start,
            "count": PAGE_SIZE,
            "sort": "-publishedAt",
            "startDate": after.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "nsfw": "both",
        }
        if self.options.language:
            asked["languageOneOf[]"] = self.options.language
        answer, _ = await session.get_json(f"{self.address}/api/v1/search/videos", params=asked)
        return replace(read_videos(answer), following=_total_of(answer))

    async def _ask_comments(
        self, session: Session, search: Search, after: datetime, start: int
    ) -> Found:
        """Ask one page of a video's comments, none where the video or its instance is lost."""
        del after  # comments take no date
        url, _, uuid = search.text.rpartition(" ")
        root = server_root(_home_in(url), self.options.base_url)
        try:
            answer, _ = await session.get_json(
                f"{root}/api/v1/videos/{quote(uuid, safe='')}/comment-threads",
                params={"start": start, "count": PAGE_SIZE, "sort": "-createdAt"},
            )
        except FetchError as error:
            if error.http_status not in _LOST and not _is_unreachable(error):
                raise
            return Found(entries=(), rows=0)
        return replace(read_comments(answer, url), following=_total_of(answer))


def _searches(businesses: Sequence[Business]) -> tuple[Search, ...]:
    """Return one search a name. That it found a video proves nothing."""
    return searches_for(businesses, WORDS, is_loose=True)


def _texts_at(cursor: Cursor, name: str) -> dict[str, str]:
    return {key: text for key, text in part_at(cursor, name).items() if isinstance(text, str)}


def _first(
    new: Mapping[str, str], known: Mapping[str, str], most: int = MOST_REMEMBERED
) -> dict[str, str]:
    """Return the new rows, then the others that were known, so many."""
    rest = {key: text for key, text in known.items() if key not in new}
    return dict(list({**new, **rest}.items())[:most])


def _home_in(url: str) -> str:
    """Return the server of a video's address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _comments_of(url: str, uuid: str) -> Search:
    return Search(text=f"{url} {uuid}", by_date=True)


def _total_of(answer: Json) -> Json:
    return answer.get("total") if isinstance(answer, Mapping) else None


def _is_unreachable(error: FetchError) -> bool:
    """Tell whether one small instance is down, which costs nobody else."""
    return error.code in (Code.DNS, Code.CONNECT, Code.TLS, Code.TIMEOUT)
