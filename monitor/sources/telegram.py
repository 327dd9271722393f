"""Telegram: the messages of public channels, from the preview that each shows on the web.

Undocumented by Telegram; its form as JustAnotherArchivist/snscrape reads it. No account, no figure
of a quota: every 10 minutes at most.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from monitor.errors import SourceError
from monitor.fetching.base import Session
from monitor.model import Cursor, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.one_by_one import MOST_REQUESTS, ends_looking
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import Reader
from monitor.sources.telegram_preview import SITE, read_preview

_CHANNEL = re.compile(r"(?:(?:https?://)?(?:www\.)?t\.me/(?:s/)?|@)?(\w{4,64})/?", re.ASCII)
_FIRST_SPAN = timedelta(days=7)


def _check_channel(value: str) -> str:
    """Take a channel's name, however it is written."""
    found = _CHANNEL.fullmatch(value.strip())
    if found is None:
        raise ValueError(f'"{value}" names no public channel; write for instance ma_ville')
    return found[1]


class TelegramOptions(PagedOptions):
    """The channels to read."""

    channels: tuple[Annotated[str, AfterValidator(_check_channel)], ...] = Field(
        min_length=1,
        description="Public channels, by name or address.",
        examples=[["ma_ville", "https://t.me/s/journal_local"]],
    )


class Telegram(Source[TelegramOptions]):
    """Reads channels, each back to what was read before."""

    type: ClassVar[str] = "telegram"
    platform: ClassVar[str] = "telegram"
    every: ClassVar[timedelta] = timedelta(minutes=30)
    options_type: ClassVar = TelegramOptions
    limits: ClassVar[str] = (
        "Sees only the channels that are named: Telegram has no public search. Private channels, "
        "groups, and channels that are marked sensitive show nothing and are told as an error. "
        "Comments under messages are not seen. Views, edits and deletions are followed for a week."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The server, and the channel when there is one."""
        channels = self.options.channels
        return f"{self._root}/s/{channels[0]}" if len(channels) == 1 else self._root

    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each channel's new messages."""
        return self._reader(session, session.now - _FIRST_SPAN).read(self._channels(), cursor)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each channel's messages since an instant."""
        return self._reader(session, since, is_history=True).read(self._channels(), cursor)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield messages as they are now, page by page; those missing between others are removed.

        The oldest of a page bounds what it tells: a channel that shows nothing tells nothing. Each
        channel has its share of the requests; one that cannot be read costs itself only.
        """
        channels = _by_channel(external_ids)
        for channel, numbers in channels.items():
            left = set(numbers)
            try:
                for _ in range(max(1, MOST_REQUESTS // len(channels))):
                    page, asked = await self._look(session, channel, left)
                    if asked:
                        yield page
                    left -= asked
                    if not (asked and left):
                        break
            except SourceError as error:
                if ends_looking(error):
                    raise
                yield Page(entries=(), cursor={}, problem=f"{channel}: {error}")

    async def _look(
        self, session: Session, channel: str, wanted: set[int]
    ) -> tuple[Page, set[int]]:
        """Ask for the newest of the messages; return them, and which the page tells of."""
        found = await self._ask(session, channel, max(wanted) + 1)
        there = _by_channel([e.external_id for e in found.entries]).get(channel, set())
        asked = {number for number in wanted if there and number >= min(there)}
        page = Page(
            entries=tuple(e for e in found.entries if _number_of(e.external_id) in asked),
            cursor={},
            removed=tuple(f"{channel}/{n}" for n in sorted(asked - there)),
        )
        return page, asked

    @property
    def _root(self) -> str:
        return server_root(SITE, self.options.base_url)

    def _reader(self, session: Session, since: datetime, *, is_history: bool = False) -> Reader:
        async def ask(channel: Search, _: datetime, following: Json) -> Found:
            # Pages are of a number of messages, whatever their age.
            return await self._ask(session, channel.text, following)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            is_history=is_history,
        )

    def _channels(self) -> list[Search]:
        return [Search(text=channel) for channel in self.options.channels]

    async def _ask(self, session: Session, channel: str, before: Json) -> Found:
        older = {} if before is None else {"before": str(before)}
        url = f"{self._root}/s/{channel}"
        # Unconditionally: a page that has not changed may still have older ones to read.
        response = await session.get(url, params=older, conditional=False)
        # A channel without a preview redirects to its card, which the reader tells.
        return await read_aside(read_preview, response)


def _by_channel(external_ids: Iterable[str]) -> dict[str, set[int]]:
    """Return the numbers of messages, by channel."""
    found: dict[str, set[int]] = {}
    for one in external_ids:
        found.setdefault(one.partition("/")[0], set()).add(_number_of(one))
    return found


def _number_of(external_id: str) -> int:
    return int(external_id.rpartition("/")[2])
