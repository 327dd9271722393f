"""Reads chats from their exports: what was exported is read, and once a day one is asked for.

An export is a task at IBM: it is asked for at one poll, and its file is there at a later one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from monitor.errors import FetchError
from monitor.model import Cursor, Health, Json, Page, Standing
from monitor.sources.entry_parts import count_of
from monitor.sources.ibm_video_api import CHAT_BENEFIT, IbmVideoApi
from monitor.sources.ibm_video_entries import Export, read_chat, read_exports
from monitor.sources.json_fields import list_at, part_at

FIRST_SPAN = timedelta(days=7)
EVERY = timedelta(days=1)
SITE = "https://video.ibm.com/channel"
_MOST_READ = 100
"""Identifiers of exports that are remembered as read: they live a day."""
_SLICE = 1_000
"""Messages of a page."""
_MOST_AT_ONCE = 4_000
"""Messages that one poll reads: fewer than a poll may; the rest comes at the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """The chats of channels; every message is ``about`` that business, if one is given."""

    api: IbmVideoApi
    about: str | None
    own_names: frozenset[str]

    async def read(self, channels: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the messages of the exports that are ready, and ask for what is not exported yet.

        The pages' cursors are those of the chats alone.
        """
        states = {channel: dict(part_at(cursor, channel)) for channel in channels}
        left = _MOST_AT_ONCE
        for channel, state in states.items():
            path = f"/channels/{channel}/chat/exports.json"
            try:
                exports = read_exports(await self.api.get(path, {"page": 1, "pagesize": 50}))
            except FetchError as error:
                if error.http_status != HTTPStatus.PAYMENT_REQUIRED:
                    raise
                standing = Standing(health=Health.PERMISSION_MISSING, missing=CHAT_BENEFIT)
                yield Page(entries=(), cursor=_copied(states), standing=standing)
                return
            read = [str(one) for one in list_at(state, "read")]
            for export in exports:
                if export.id in read or not export.is_ready or left <= 0:
                    continue
                async for page in self._read_export(channel, export, state, left):
                    left -= len(page.entries)
                    yield replace(page, cursor=_copied(states))
            if left > 0 and self._is_due(exports, state):
                await self._ask_for_one(path, state)
                yield Page(entries=(), cursor=_copied(states))

    async def _read_export(
        self, channel: str, export: Export, state: dict[str, Json], most: int
    ) -> AsyncGenerator[Page, None]:
        """Yield an export's messages from where its reading was cut; ``state`` notes how far."""
        answer = await self.api.download(export.url or "")
        entries, removed, problem = read_chat(answer, f"{SITE}/{channel}", self.own_names)
        start = count_of(part_at(state, "offsets").get(export.id)) or 0
        end = min(len(entries), start + most)
        for first in range(start, max(end, start + 1), _SLICE):
            last = min(first + _SLICE, end)
            is_done = last >= len(entries)
            state["offsets"] = {} if is_done else {export.id: last}
            if is_done:
                state["read"] = [*list_at(state, "read"), export.id][-_MOST_READ:]
                state["until"] = max(count_of(state.get("until")) or 0, export.until)
            yield Page(
                entries=tuple(replace(e, about=self.about) for e in entries[first:last]),
                cursor={},
                problem=problem if is_done else None,
                removed=removed if is_done else (),
            )

    def _is_due(self, exports: Sequence[Export], state: Mapping[str, Json]) -> bool:
        now = self.api.session.now.timestamp()
        asked_at = count_of(state.get("asked")) or 0
        is_recent = asked_at <= now < asked_at + EVERY.total_seconds()
        return not is_recent and not any(export.is_pending for export in exports)

    async def _ask_for_one(self, path: str, state: dict[str, Json]) -> None:
        """Ask for what was said since the end of the last export that was read."""
        now = int(self.api.session.now.timestamp())
        since = count_of(state.get("until")) or now - int(FIRST_SPAN.total_seconds())
        form = {
            "start_date": str(min(since, now - 1)),
            "end_date": str(now),
            "include_main": "true",
            "include_private": "false",
        }
        await self.api.post(path, form)
        state["asked"] = now


def _copied(states: Mapping[str, Mapping[str, Json]]) -> Cursor:
    return {channel: dict(state) for channel, state in states.items()}
