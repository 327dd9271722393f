"""Flickr: photos that its public feed or, with a key, its search finds for each business.

https://www.flickr.com/services/api/flickr.photos.search.html and
https://www.flickr.com/services/feeds/docs/photos_public/, read 2026-11. A search gives 4,000 photos
at most; a key may ask 3,600 times an hour.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.errors import Code, Malformed, SourceError
from monitor.fetching.base import Session
from monitor.fetching.json_answers import read_json
from monitor.matching.queries import PHRASES, hashtags
from monitor.model import Cursor, Entry, Json, Page, Response
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import count_of
from monitor.sources.flickr_photos import (
    SITE,
    read_answer,
    read_comment,
    read_feed_item,
    read_photo,
)
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of
from monitor.sources.one_by_one import gone, look_again
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

API = "https://api.flickr.com"
PAGE_SIZE = 250  # up to 500 are allowed; a reading remembers 300 photos
MOST_RESULTS = 4_000
MOST_CALLS = 3_600  # an hour
MOST_TAGS = 20  # "Too many tags" is the search's error beyond that; the feed names no limit
_EXTRAS = (
    "description,date_upload,date_taken,owner_name,path_alias,tags,views,media,url_m,count_comments"
    ",count_faves"
)
# https://www.flickr.com/services/api/flickr.photos.getInfo.html: not found, permission denied.
_NO_PHOTO = ("1 ", "2 ")
_LOOKED_AT_AGAIN = timedelta(days=7)


class FlickrOptions(PagedOptions):
    """How to look for photos."""

    key: SecretStr | None = Field(
        default=None,
        description="An API key: searches titles, texts and tags instead of the feed's tags only.",
        examples=["${FLICKR_KEY}"],
    )
    comments: bool = Field(
        default=False,
        description="With a key, read the comments on what is found too: a request a photo.",
        examples=[True],
    )


class Flickr(Source[FlickrOptions]):
    """Searches photos, or reads the feed of tags. ``base_url`` stands for both servers."""

    type: ClassVar[str] = "flickr"
    platform: ClassVar[str] = "flickr"
    every: ClassVar[timedelta] = timedelta(hours=2)
    options_type: ClassVar = FlickrOptions
    credentials: ClassVar[str | None] = (
        "None for the newest photos under tags. For searches, a Flickr account: ask for a "
        "non-commercial key at https://www.flickr.com/services/apps/create/ and copy it."
    )
    limits: ClassVar[str] = (
        "Public photos and videos. Without a key, the newest 20 under tags made from the names and "
        "aliases; with one, up to 4,000 a search, found by title, text or tag, and edits, counts "
        "and deletions are followed for a week. Comments only with `comments`, on recent photos. "
        "3,600 calls an hour. Commercial use needs Flickr's consent."
    )
    rechecks: ClassVar[timedelta | None] = _LOOKED_AT_AGAIN
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The server that is asked."""
        return server_root(SITE if self.options.key is None else API, self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """The searches, or the tags of each feed."""
        return tuple(search.text for search in self._searches())

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is new of each search, from the one that the last poll did not reach."""
        reader = self._reader(session, session.now - FIRST_SPAN)
        found = reader.read(self._searches(), cursor)
        async for page in self._with_comments(session, found, cursor):
            yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what each search finds since an instant; the feed reaches no further back."""
        reader = self._reader(session, since, is_history=True)
        found = reader.read(self._searches(), cursor)
        async for page in self._with_comments(session, found, cursor):
            yield page

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which photos are gone, or shown to friends only; a request each, needs the key.

        What has changed of those that are there, the search tells.
        """
        if self.options.key is None:
            return

        async def look(photo_id: str) -> None:
            try:
                await self._call(session, "flickr.photos.getInfo", {"photo_id": photo_id})
            except Malformed as refusal:
                if refusal.detail.startswith(_NO_PHOTO):
                    raise gone(refusal.detail) from None
                raise

        # A comment's number has hyphens: nothing tells of one.
        photos = [photo_id for photo_id in external_ids if photo_id.isdigit()]
        async for page in look_again(photos, look, now=session.now):
            yield page

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(search: Search, after: datetime, following: Json) -> Found:
            if self.options.key is None:
                return await self._read_feed(session, search.text)
            return await self._search(session, search.text, after, following)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            overlap=_LOOKED_AT_AGAIN,
            bounded=self.options.key is not None,
            is_history=is_history,
        )

    def _searches(self) -> list[Search]:
        if self.options.key is None:
            return [
                Search(text=tags, business=b.name)
                for b in self.businesses
                if (tags := ",".join(tag.lower() for tag in hashtags(b)[:MOST_TAGS]))
            ]
        return [*searches_for(self.businesses, PHRASES)]

    async def _read_feed(self, session: Session, tags: str) -> Found:
        response = await session.get(
            f"{self.address}/services/feeds/photos_public.gne",
            params={"tags": tags, "tagmode": "any", "format": "json", "nojsoncallback": 1},
        )
        return Found(entries=(), rows=0) if response.not_modified else read_feed(response)

    async def _search(self, session: Session, text: str, after: datetime, following: Json) -> Found:
        number = following if isinstance(following, int) else 1
        params: dict[str, str | int] = {
            "text": text,
            "sort": "date-posted-desc",
            "min_upload_date": int(after.timestamp()),
            "extras": _EXTRAS,
            "per_page": PAGE_SIZE,
            "page": number,
        }
        answer = await self._call(session, "flickr.photos.search", params)
        return read_photos(answer, number=number)

    async def _with_comments(
        self, session: Session, pages: AsyncGenerator[Page, None], cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield the pages, each with the comments on its photos where they are wanted.

        A comment is said of the photo, and no search found it: it must name the business itself.
        """
        async for page in pages:
            comments: list[Entry] = []
            try:
                for photo in page.entries if self.options.comments and self.options.key else ():
                    if photo.comments != 0:
                        comments += await self._comments(session, photo)
            except SourceError:
                # From where it stood before: these photos are met again, for their comments.
                yield replace(page, cursor=cursor)
                raise
            cursor = page.cursor
            yield replace(page, entries=(*page.entries, *comments))

    async def _comments(self, session: Session, photo: Entry) -> tuple[Entry, ...]:
        method = "flickr.photos.comments.getList"
        answer = await self._call(session, method, {"photo_id": photo.external_id})
        rows = list_at(part_at(answer, "comments"), "comment")
        return read_each(rows, read_comment, "comment")[0]

    async def _call(
        self, session: Session, method: str, params: Mapping[str, str | int]
    ) -> Mapping[str, Json]:
        key = self.options.key
        renews_at = session.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        whose = "" if key is None else key.get_secret_value()
        session.spend("flickr, an hour", 1, limit=MOST_CALLS, renews_at=renews_at, key=whose)
        response = await session.get(
            f"{self.address}/services/rest/",
            params={
                "method": method,
                **params,
                "format": "json",
                "nojsoncallback": 1,
                "api_key": key.get_secret_value() if key else "",
            },
            conditional=False,
        )
        return await read_aside(read_answer, response)


def read_photos(answer: Mapping[str, Json], *, number: int) -> Found:
    """Read one page of a search. Raises Malformed(api), naming what is not there."""
    photos = record_of(answer.get("photos"), "photos")
    rows = list_at(photos, "photo") if photos.get("total") in (0, "0") else photos.get("photo")
    rows = rows_of(rows, "photo")
    entries, problem = read_each(rows, read_photo, "photo")
    pages, size = count_of(photos.get("pages")) or 0, count_of(photos.get("perpage")) or PAGE_SIZE
    # Beyond its limit Flickr gives the last page again and again.
    has_more = number < pages and number * size < MOST_RESULTS
    following = number + 1 if has_more else None
    return Found(entries=entries, rows=len(rows), following=following, problem=problem)


def read_feed(response: Response) -> Found:
    """Read the public feed. Raises Malformed(api), naming what is not there."""
    try:
        # Apostrophes are escaped as JavaScript, not JSON, has it.
        answer = read_json(response.body.replace(rb"\'", b"'"))
    except ValueError as error:
        raise Malformed(Code.API, "not JSON") from error
    rows = rows_of(record_of(answer, "the answer").get("items"), "items")
    entries, problem = read_each(rows, read_feed_item, "items")
    return Found(entries=entries, rows=len(rows), problem=problem)
