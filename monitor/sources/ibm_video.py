"""IBM Video Streaming, formerly Ustream: the owner's own videos and the chat of their channels.

https://developers.video.ibm.com (github.com/IBM/video-streaming-developer-docs), read 2026-11.
Quota: by address, told in ``X-RateLimit-*``.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, ClassVar, Self

from pydantic import Field, SecretStr, model_validator

from monitor.fetching.base import Session
from monitor.matching.queries import WORDS
from monitor.model import Cursor, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.ibm_video_api import API, TOKENS, IbmVideoApi
from monitor.sources.ibm_video_chat import Chat
from monitor.sources.ibm_video_entries import PAGE_SIZE, read_videos
from monitor.sources.json_fields import part_at
from monitor.sources.oauth import Grant
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader


class IbmVideoOptions(PagedOptions):
    """Whose videos to search, and which chats to read."""

    client_id: str = Field(
        description="The API client's identifier.", examples=["057ce944b015ec9fdf546dfb"]
    )
    client_secret: SecretStr = Field(
        description="The API client's secret.", examples=["${IBM_VIDEO_SECRET}"]
    )
    videos: bool = Field(
        default=True,
        description="Search titles, descriptions and captions of the own videos for each name.",
        examples=[False],
    )
    channels: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,20}$")], ...] = Field(
        default=(),
        max_length=20,
        description="Search only these channels; whose chat to read, with `chat`.",
        examples=[["13091307"]],
    )
    chat: bool = Field(
        default=False,
        description="Read what viewers write in the channels' chat: an export a day is asked for.",
        examples=[True],
    )
    own_names: tuple[str, ...] = Field(
        default=(),
        description="Names under which the owner writes in the chat: those are left out.",
        examples=[["Fleurs Bougamont"]],
    )

    @model_validator(mode="after")
    def _has_something_to_read(self) -> Self:
        if not self.videos and not self.chat:
            raise ValueError("give `videos: true` or `chat: true`")
        if self.chat and not self.channels:
            raise ValueError("`chat` wants `channels`, whose chat is read")
        return self


class IbmVideo(Source[IbmVideoOptions]):
    """Searches the owner's videos for each business, then reads the chats' exports."""

    type: ClassVar[str] = "ibm_video"
    platform: ClassVar[str] = "ibm_video"
    every: ClassVar[timedelta] = timedelta(hours=3)
    options_type: ClassVar = IbmVideoOptions
    credentials: ClassVar[str | None] = (
        "An API client of the owner's own IBM Video Streaming account: video.ibm.com › Dashboard › "
        "API/SDK access › Create new credentials. The chat needs the plan's benefit `streamchat`."
    )
    limits: ClassVar[str] = (
        "Form A: reads the owner's own account only; the public search of Ustream is gone (for "
        "others' videos: `web_search` with `sites: [video.ibm.com]`). A search sees titles, "
        "descriptions and captions of public videos, 100 matching captions a video. A chat is "
        "read once a day, from an export that the source asks for and that lives 24 hours; the "
        "form of its file is not documented. What is said in a chat concerns the one business "
        "watched, or `about`. `base_url` stands for all hosts, that of exports too."
    )
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The API."""
        return server_root(API, self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name, and channel where some are chosen."""
        told = (search.text.partition(" ") for search in self._searches())
        return tuple(
            dict.fromkeys(
                f"{name} ({path})" if self.options.channels else name for path, _, name in told
            )
        )

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is new of the videos, then of the chats."""
        api = IbmVideoApi(session=session, grant=self._grant, base_url=self.options.base_url)
        kept = cursor
        if self.options.videos:
            reader = self._reader(api, session.now - FIRST_SPAN)
            async for page in reader.read(self._searches(), cursor):
                kept = {**page.cursor, "chat": part_at(cursor, "chat")}
                yield replace(page, cursor=kept)
        if self.options.chat:
            about = self.options.about
            if about is None and len(self.businesses) == 1:
                about = self.businesses[0].name
            own = frozenset(name.casefold() for name in self.options.own_names)
            chat = Chat(api=api, about=about, own_names=own)
            async for page in chat.read(self.options.channels, part_at(cursor, "chat")):
                yield replace(page, cursor={**kept, "chat": page.cursor})

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield the videos since an instant; chats have no past that can be asked for here."""
        api = IbmVideoApi(session=session, grant=self._grant, base_url=self.options.base_url)
        return self._reader(api, since, is_history=True).read(self._searches(), cursor)

    @cached_property
    def _grant(self) -> Grant:
        secret = self.options.client_secret
        pair = f"{self.options.client_id}:{secret.get_secret_value()}"
        return Grant(
            token_url=f"{server_root(TOKENS, self.options.base_url)}/oauth2/token",
            client_id=self.options.client_id,
            client_secret=secret,
            refresh_token=SecretStr(""),
            further={"grant_type": "client_credentials", "device_name": "Ecoute"},
            headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
        )

    def _searches(self) -> tuple[Search, ...]:
        if not self.options.videos:
            return ()
        # One a name and channel; the key in the cursor tells them apart by the space.
        searches = searches_for(self.businesses, WORDS, is_loose=True)
        paths = [f"channels/{channel}" for channel in self.options.channels] or ["users/self"]
        return tuple(replace(s, text=f"{path} {s.text}") for path in paths for s in searches)

    def _reader(self, api: IbmVideoApi, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(search: Search, after: datetime, following: Json) -> Found:
            del after  # no date to begin at
            number = following if isinstance(following, int) else 1
            path, _, name = search.text.partition(" ")
            params: Mapping[str, str | int] = {
                "q": name,
                "sort": "recent",
                "page": number,
                "pagesize": PAGE_SIZE,
            }
            return read_videos(await api.get(f"/{path}/videos.json", params), number)

        return Reader(
            ask=ask,
            now=api.session.now,
            since=since,
            max_pages=self.options.max_pages,
            is_whole=True,
            is_history=is_history,
        )
