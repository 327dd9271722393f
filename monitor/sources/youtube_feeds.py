"""The feeds of YouTube's channels, read side by side with what is lost of them. No key needed.

``https://www.youtube.com/feeds/videos.xml``: undocumented, its 15 newest videos; see
https://github.com/Ranchero-Software/NetNewsWire/issues/5212 for its long runs of 404.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from monitor.errors import Code, SourceError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry
from monitor.sources.entry_parts import instant_of
from monitor.sources.json_fields import part_at
from monitor.sources.readers import read_aside
from monitor.sources.youtube_entries import read_channel

GONE_AFTER = timedelta(days=7)
"""YouTube's feeds answer 404 for hours and days at a time; only after this is a channel lost."""

_OF_ONE_CHANNEL = frozenset((Code.HTTP_STATUS, Code.GONE, Code.AUTH, Code.NOT_A_FEED, Code.PARSE))
_LOST = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


@dataclass(slots=True)
class Feeds:
    """What the channels' feeds gave in one poll; ``lost`` since when those cannot be found."""

    lost: dict[str, str]
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    faults: dict[str, SourceError] = field(default_factory=dict)
    read: int = 0

    def told_loss(self, now: datetime) -> SourceError | None:
        """Return the first fault when no feed could be read; ``gone`` only after a week of it."""
        if self.read or not self.faults:
            return None
        channel, fault = next(iter(self.faults.items()))
        since = [instant_of(self.lost.get(c)) for c in self.faults]
        is_gone = all(at is not None and now - at >= GONE_AFTER for at in since)
        code = Code.HTTP_STATUS if fault.code is Code.GONE else fault.code
        return type(fault)(
            Code.GONE if is_gone else code,
            self.sentence(channel),
            http_status=fault.http_status,
            retry_at=fault.retry_at,
        )

    def sentence(self, channel: str) -> str:
        """Say what is wrong with a channel, and since when it cannot be found."""
        fault = self.faults[channel]
        since = f", not found since {self.lost[channel][:10]}" if channel in self.lost else ""
        return f"channel {channel}: {fault.detail or fault.code}{since}"


async def read_feeds(session: Session, root: str, channels: Sequence[str], cursor: Cursor) -> Feeds:
    """Read every channel's feed; one that fails does not cost the others."""
    lost = part_at(cursor, "lost")
    feeds = Feeds(lost={c: at for c in channels if isinstance(at := lost.get(c), str)})
    for channel in channels:
        try:
            await _read_feed(session, root, channel, feeds)
        except SourceError as fault:
            feeds.faults[channel] = fault
            if fault.http_status in _LOST:
                feeds.lost.setdefault(channel, session.now.isoformat())
            if fault.code not in _OF_ONE_CHANNEL:
                break  # it is the server, not the channel
        else:
            feeds.lost.pop(channel, None)
            feeds.read += 1
    if feeds.read:
        feeds.problems += [feeds.sentence(channel) for channel in feeds.faults]
    return feeds


async def _read_feed(session: Session, root: str, channel: str, feeds: Feeds) -> None:
    response = await session.get(
        f"{root}/feeds/videos.xml",
        params={"channel_id" if channel.startswith("UC") else "playlist_id": channel},
    )
    if not response.not_modified:
        page = await read_aside(read_channel, response)
        feeds.entries += page.entries
        feeds.problems += [page.problem] if page.problem else []
