"""YouTube: the feeds of channels without an account; search and comments with a key.

https://developers.google.com/youtube/v3/docs, read 2026-11. Quota: see ``youtube_api``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr, model_validator

from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Json, Kind, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.json_fields import list_at
from monitor.sources.one_by_one import look_again
from monitor.sources.search_turns import Found, Search, newest_first
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.youtube_api import YoutubeApi
from monitor.sources.youtube_entries import SITE
from monitor.sources.youtube_feeds import read_feeds
from monitor.sources.youtube_searches import (
    ask_comments,
    ask_videos,
    comment_searches,
    video_searches,
)

API = "https://www.googleapis.com"
MAX_FOLLOWED = 20
"""Found videos whose comments are read: one unit each at each poll."""

_CHANNEL = re.compile(r"(?:https?://(?:www\.|m\.)?youtube\.com/channel/)?(UC[\w-]{4,40})/?")
_PLAYLIST = re.compile(
    r"(?:https?://(?:www\.|m\.)?youtube\.com/playlist\?list=)?((?:PL|UU|FL|OL)[\w-]{4,60})"
)
_COMMENT_ID = 20
"""Signs of a comment's identifier, at least; a video's has 11."""


def _check_channel(value: str) -> str:
    """Take a channel's or playlist's identifier out of what a person copies."""
    found = _CHANNEL.fullmatch(value.strip()) or _PLAYLIST.fullmatch(value.strip())
    if found is None:
        raise ValueError(
            f'"{value}" is no identifier: on the channel\'s page, More › Share › Copy channel ID'
        )
    return found[1]


class YoutubeOptions(PagedOptions):
    """Channels to follow, a key to search with, or both."""

    channels: tuple[Annotated[str, AfterValidator(_check_channel)], ...] = Field(
        default=(),
        max_length=50,
        description="Channels (UC…) or playlists (PL…) whose new videos are read; no key needed.",
        examples=[["UCxxxxxxxxxxxxxxxxxxxxxx"]],
    )
    key: SecretStr | None = Field(
        default=None,
        description="A key of the YouTube Data API: adds the search for each business.",
        examples=["${YOUTUBE_KEY}"],
    )
    comments: bool = Field(
        default=False,
        description=(
            "Read comments too (needs the key): those under the channels that name a business, "
            "all of them with `about`, and those under the videos that the search found."
        ),
        examples=[True],
    )
    country: str | None = Field(
        default="FR",
        pattern=r"^[A-Z]{2}$",
        description="Search videos that can be seen in this country.",
        examples=["FR", "BE"],
    )
    language: str | None = Field(
        default="fr",
        pattern=r"^[a-z]{2}$",
        description="Prefer, not only find, videos in this language.",
        examples=["fr"],
    )

    @model_validator(mode="after")
    def _has_something_to_read(self) -> YoutubeOptions:
        if not self.channels and self.key is None:
            raise ValueError("give channels to follow, or a key to search with")
        if self.comments and self.key is None:
            raise ValueError("comments need a key")
        return self


class Youtube(Source[YoutubeOptions]):
    """Reads channels' feeds and, with a key, searches for each business and reads comments.

    The cursor holds the channels that cannot be found and since when, how far each search was
    read, and the found videos whose comments are followed.
    """

    type: ClassVar[str] = "youtube"
    platform: ClassVar[str] = "youtube"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = YoutubeOptions
    credentials: ClassVar[str | None] = (
        "None for `channels`. For the search, a key: console.cloud.google.com › new project › "
        "enable “YouTube Data API v3” › Credentials › Create credentials › API key, restricted to "
        "that API. Free, no card asked."
    )
    limits: ClassVar[str] = (
        "A channel's feed holds its 15 newest videos and at times cannot be found for days: a "
        "channel counts as lost after 7. With a key: 100 searches a day, whatever the number of "
        "businesses, each page one search (hourly polls leave room for four businesses), and "
        "10,000 units for all else; both are renewed at midnight Pacific time. The search sees "
        "titles and descriptions, not what is said; no estimate of how many there are. Comments "
        "under the 20 newest videos of those found last; replies that come after the first "
        "reading are seen while they are among the newest of a thread. With a key, deletions, and "
        "counts and edits of videos, are followed for a week. `base_url` stands for "
        "www.youtube.com and www.googleapis.com. YouTube's terms and Google's privacy policy "
        "(policies.google.com/privacy) apply."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The site, or its API."""
        return server_root(SITE if self.options.key is None else API, self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """The searches, with a key."""
        if self.options.key is None:
            return ()
        return tuple(search.text for search in video_searches(self.businesses))

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield all channels' videos, with the first page of what is found with the key."""
        root = server_root(SITE, self.options.base_url)
        feeds = await read_feeds(session, root, self.options.channels, cursor)
        kept = {name: value for name, value in cursor.items() if name != "lost"}
        kept |= {"lost": dict(feeds.lost)} if feeds.lost else {}
        waiting: Page | None = None
        if feeds.entries or feeds.problems or kept != cursor:
            problem = "; ".join(feeds.problems) or None
            waiting = Page(entries=tuple(feeds.entries), cursor=kept, problem=problem)
        try:
            async for page in self._read_api(session, kept):
                # One page of both: a limit of one would leave the second unread for ever.
                yield page if waiting is None else _joined(waiting, page)
                waiting = None
        except SourceError:
            if waiting is not None:
                yield waiting
            raise
        if waiting is not None:
            yield waiting
        if (loss := feeds.told_loss(session.now)) is not None:
            raise _unless_gone(loss, has_key=self.options.key is not None)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield videos as they are now, and what is no longer public; needs the key.

        Of comments only which are gone: asked for by itself, one does not say under which video.
        """
        api = self._api(session)
        if api is None:
            return
        ids = [i for i in external_ids if len(i) < _COMMENT_ID]
        async for batch, found in api.videos(ids):
            there = {entry.external_id for entry in found.entries}
            yield Page(
                entries=await api.with_followers(found.entries),
                cursor={},
                problem=found.problem,
                removed=tuple(i for i in batch if i not in there) if not found.problem else (),
            )
        comments = [i for i in external_ids if len(i) >= _COMMENT_ID]
        async for page in look_again(comments, api.check_comment, now=session.now):
            yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what the searches find since an instant; without a key, what the feeds hold."""
        api = self._api(session)
        if api is None:
            async for page in self.pages(session, {}):
                yield page
            return
        reader = self._reader(api, session.now, since, is_history=True)
        async for page in reader.read(video_searches(self.businesses), cursor):
            yield replace(page, entries=await api.complete(page.entries))

    async def _read_api(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is found with the key; the cursor keeps what the feeds left in it."""
        api = self._api(session)
        if api is None:
            return
        followed = [i for i in list_at(cursor, "videos") if isinstance(i, str)]
        known = tuple(followed)
        met: list[Entry] = []
        searches = [*video_searches(self.businesses), *self._comment_searches(followed)]
        reader = self._reader(api, session.now, session.now - FIRST_SPAN)
        async for page in reader.read(searches, cursor):
            videos = [entry for entry in page.entries if entry.kind is Kind.VIDEO]
            comments = [entry for entry in page.entries if entry.kind is Kind.COMMENT]
            if self.options.comments:
                met += videos
                new = (video.external_id for video in newest_first(met))
                followed = list(dict.fromkeys((*new, *known)))[:MAX_FOLLOWED]
            yield replace(
                page,
                entries=(*await api.complete(videos), *await api.with_replies(comments)),
                cursor={**cursor, **page.cursor, "videos": list(followed)},
            )

    def _api(self, session: Session) -> YoutubeApi | None:
        if self.options.key is None:
            return None
        root = server_root(API, self.options.base_url)
        return YoutubeApi(session=session, root=root, key=self.options.key)

    def _reader(
        self, api: YoutubeApi, now: datetime, since: datetime, *, is_history: bool = False
    ) -> Reader:
        country, language = self.options.country, self.options.language
        more = {"regionCode": country} if country else {}
        more |= {"relevanceLanguage": language} if language else {}

        async def ask(search: Search, after: datetime, following: Json) -> Found:
            if search.by_date:
                return await ask_comments(api, search, following)
            return await ask_videos(api, search, after, following, more)

        return Reader(
            ask=ask,
            now=now,
            since=since,
            max_pages=self.options.max_pages,
            is_history=is_history,
        )

    def _comment_searches(self, followed: Sequence[str]) -> list[Search]:
        if not self.options.comments:
            return []
        names = () if self.options.about else [business.name for business in self.businesses]
        return comment_searches(self.options.channels, followed, names)


def _joined(feeds: Page, found: Page) -> Page:
    problems = [problem for problem in (feeds.problem, found.problem) if problem]
    return replace(
        found, entries=(*feeds.entries, *found.entries), problem="; ".join(problems) or None
    )


def _unless_gone(loss: SourceError, *, has_key: bool) -> SourceError:
    """Return the loss, but not so that it would pause the search, too."""
    if not has_key or loss.code is not Code.GONE:
        return loss
    return FetchError(Code.HTTP_STATUS, loss.detail, http_status=loss.http_status)
