"""YouTube's Data API asked with a key: two daily allowances, and errors told apart by their reason.

https://developers.google.com/youtube/v3/determine_quota_cost, read 2026-11: 100 calls of
``search.list`` a day, and 10,000 units for the rest; bad requests cost too.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Entry, Json
from monitor.sources.json_fields import record_of, rows_of
from monitor.sources.one_by_one import gone
from monitor.sources.search_turns import Found
from monitor.sources.youtube_entries import read_followers, read_replies, read_videos

BATCH = 50
"""Identifiers that one call takes."""
SEARCHES_A_DAY = 100
UNITS_A_DAY = 10_000

_PACIFIC = ZoneInfo("America/Los_Angeles")
_MOST_REPLY_PAGES = 5
_REASON = re.compile(rb'"reason"\s*:\s*"(\w+)"')
_A_DAY = re.compile(rb"per day|daily", re.IGNORECASE)
_SPENT = frozenset((b"quotaExceeded", b"dailyLimitExceeded"))
_TOO_FAST = frozenset((b"rateLimitExceeded", b"userRateLimitExceeded", b"RATE_LIMIT_EXCEEDED"))
_BAD_KEY = frozenset((b"keyInvalid", b"API_KEY_INVALID", b"keyExpired"))
_CLOSED = frozenset((b"commentsDisabled", b"videoNotFound", b"channelNotFound"))


def next_renewal(now: datetime) -> datetime:
    """Return the next midnight of Pacific time, when the allowances are renewed, in UTC.

    >>> next_renewal(datetime(2026, 11, 23, 7, 0, tzinfo=UTC)).isoformat()
    '2026-11-23T08:00:00+00:00'
    """
    tomorrow = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, _PACIFIC).astimezone(UTC)


def is_closed(error: FetchError) -> bool:
    """Tell whether an error is of that one video: its comments are off, or it is gone."""
    return not _CLOSED.isdisjoint(_REASON.findall(error.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class YoutubeApi:
    """The calls of one poll."""

    session: Session
    root: str
    key: SecretStr

    async def ask(self, resource: str, params: Mapping[str, str | int]) -> Json:
        """Ask one page of a resource, counted first. Raises ``FetchError`` and ``Malformed``."""
        name = "searches" if resource == "search" else "units"
        limit = SEARCHES_A_DAY if resource == "search" else UNITS_A_DAY
        renews_at = next_renewal(self.session.now)
        key = self.key.get_secret_value()
        self.session.spend(f"youtube {name}", 1, limit=limit, renews_at=renews_at, key=key)
        try:
            answer, _ = await self.session.get_json(
                f"{self.root}/youtube/v3/{resource}",
                params=params,
                # https://cloud.google.com/apis/docs/system-parameters: as good as ``key=``.
                headers={"X-Goog-Api-Key": self.key.get_secret_value()},
            )
        except FetchError as error:
            raise _told(error, renews_at) from error
        return answer

    async def videos(self, ids: Sequence[str]) -> AsyncIterator[tuple[Sequence[str], Found]]:
        """Yield each batch of identifiers with those videos that there are."""
        for batch in _batches(ids):
            answer = await self.ask(
                "videos", {"part": "snippet,statistics", "id": ",".join(batch), "maxResults": BATCH}
            )
            yield batch, read_videos(answer)

    async def check_comment(self, comment_id: str) -> None:
        """Take a comment that is answered for there. Raises ``FetchError(gone)`` without one."""
        # By itself: the answer to several may be that one of them cannot be found.
        answer = await self.ask("comments", {"part": "id", "id": comment_id})
        if not rows_of(record_of(answer, "the answer").get("items"), "items"):
            raise gone("no such comment")

    async def complete(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return found videos with whole texts, counts and their channels' subscribers."""
        whole: dict[str, Entry] = {}
        async for _, found in self.videos([entry.external_id for entry in entries]):
            whole |= {entry.external_id: entry for entry in found.entries}
        return await self.with_followers(
            [replace(whole.get(e.external_id, e), searched_for=e.searched_for) for e in entries]
        )

    async def with_followers(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return videos with their channels' subscribers, where these are shown."""
        urls = dict.fromkeys(entry.author_url for entry in entries if entry.author_url)
        followers: dict[str, int] = {}
        for batch in _batches([url.rpartition("/")[2] for url in urls]):
            answer = await self.ask(
                "channels", {"part": "statistics", "id": ",".join(batch), "maxResults": BATCH}
            )
            followers |= read_followers(answer)
        return tuple(
            replace(entry, author_followers=followers.get(entry.author_url or ""))
            for entry in entries
        )

    async def with_replies(self, comments: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return comments with all the replies to those that stand beside fewer than they have."""
        known = {comment.external_id: comment for comment in comments}
        for top in comments:
            beside = sum(1 for comment in comments if comment.parent_url == top.url)
            if top.url is None or (top.comments or 0) <= beside:
                continue
            async for found in self._replies(top):
                known |= {entry.external_id: entry for entry in found.entries}
        return tuple(known.values())

    async def _replies(self, top: Entry) -> AsyncIterator[Found]:
        params = {"part": "snippet", "parentId": top.external_id, "textFormat": "plainText"}
        following: Json = None
        for _ in range(_MOST_REPLY_PAGES):
            token = {"pageToken": following} if isinstance(following, str) else {}
            found = read_replies(
                await self.ask("comments", {**params, "maxResults": 100, **token}), top
            )
            yield found
            if found.following in (None, following):
                return
            following = found.following


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _told(error: FetchError, renews_at: datetime) -> FetchError:
    """Return the error that an answer's reason stands for: a 403 may be a spent allowance."""
    reasons = frozenset(_REASON.findall(error.body))
    is_too_fast = error.code == Code.RATE_LIMITED or not reasons.isdisjoint(_TOO_FAST)
    if not reasons.isdisjoint(_SPENT) or (is_too_fast and _A_DAY.search(error.body)):
        return _as(error, Code.RATE_LIMITED, "the day's allowance is spent", renews_at)
    if is_too_fast:
        return _as(error, Code.RATE_LIMITED, "too many requests", error.retry_at)
    if not reasons.isdisjoint(_BAD_KEY):
        return _as(error, Code.AUTH, "the key is not accepted", None)
    if error.http_status == HTTPStatus.FORBIDDEN and reasons:
        detail = b", ".join(sorted(reasons)).decode("ascii", "replace")
        return _as(error, error.code, detail, error.retry_at)
    return error


def _as(error: FetchError, code: Code, detail: str, retry_at: datetime | None) -> FetchError:
    return FetchError(
        code, detail, http_status=error.http_status, retry_at=retry_at, body=error.body
    )
