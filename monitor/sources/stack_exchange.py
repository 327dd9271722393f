"""Stack Exchange: questions and answers that one site's search finds for each name of a business.

https://api.stackexchange.com/docs/excerpt-search and /docs/throttle, read 2026-11. Quota: 300
requests a day without a key, 10,000 with one, counted by address.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from pydantic import Field, SecretStr

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.fetching.backoff import LONGEST
from monitor.fetching.base import Session
from monitor.fetching.json_answers import read_json
from monitor.matching.queries import PHRASES
from monitor.model import Cursor, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import count_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import record_of
from monitor.sources.search_progress import seconds_of
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.stack_exchange_excerpts import Excerpts, read_excerpts, read_post_numbers

SERVER = "https://api.stackexchange.com"
PAGE_SIZE = 100
ANONYMOUS_QUOTA, KEY_QUOTA = 300, 10_000
"""Requests a day."""

_LOOKED_AT_AGAIN = timedelta(days=7)
_THROTTLED = 502  # https://api.stackexchange.com/docs/error-handling
_BUSY = 503
_NOT_ALLOWED = (401, 402, 403, 405, 406)
_WAIT = re.compile(r"available in (\d{1,6}) seconds")


class StackExchangeOptions(PagedOptions):
    """Which site to search."""

    site: str = Field(
        default="stackoverflow",
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$",
        description="The site, by its short name or its domain.",
        examples=["stackoverflow", "french.stackexchange.com"],
    )
    key: SecretStr | None = Field(
        default=None,
        description="A key of stackapps.com: 10,000 requests a day instead of 300.",
        examples=["${STACK_EXCHANGE_KEY}"],
    )


class StackExchange(Source[StackExchangeOptions]):
    """Searches one site, once for each name."""

    type: ClassVar[str] = "stack_exchange"
    platform: ClassVar[str] = "stack_exchange"
    every: ClassVar[timedelta] = timedelta(hours=6)
    options_type: ClassVar = StackExchangeOptions
    rechecks: ClassVar[timedelta | None] = _LOOKED_AT_AGAIN
    reaches_back: ClassVar[timedelta | None] = timedelta(days=365 * 20)
    credentials: ClassVar[str | None] = (
        "None. With a free key, from https://stackapps.com › Register an application, the quota "
        "of a day is 10,000 requests instead of 300."
    )
    limits: ClassVar[str] = (
        "Questions and answers of one site, no comments; there is no French site where shops are "
        "spoken of. One request a name. Authors are told only where the site tells them. Counts, "
        "edits of the extracts and deletions are followed for a week. Texts are CC BY-SA: name "
        "the author where you quote them."
    )

    @property
    def address(self) -> str:
        """The site."""
        return f"{self._root} ({self.options.site})"

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name."""
        return tuple(search.text for search in searches_for(self.businesses, PHRASES))

    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each search's new results, newest first."""
        return self._walk(session, cursor, session.now - FIRST_SPAN)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each search's results since an instant."""
        return self._walk(session, cursor, since, is_history=True)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which of these posts are no longer there; the search tells what has changed."""
        numbers = [
            i.rpartition(":")[2] for i in external_ids if i.startswith(f"{self.options.site}:")
        ]
        for start in range(0, len(numbers), PAGE_SIZE):
            batch = numbers[start : start + PAGE_SIZE]
            answer = await self._get(session, f"posts/{';'.join(batch)}", {})
            left = read_post_numbers(answer)
            gone = tuple(f"{self.options.site}:{number}" for number in batch if number not in left)
            yield Page(entries=(), cursor={}, removed=gone)

    @property
    def _root(self) -> str:
        return server_root(SERVER, self.options.base_url)

    async def _walk(
        self, session: Session, cursor: Cursor, since: datetime, *, is_history: bool = False
    ) -> AsyncGenerator[Page, None]:
        now = seconds_of(session.now)
        wait_until = count_of(cursor.get("wait_until")) or 0

        async def ask(search: Search, after: datetime, until: Json) -> Found:
            nonlocal wait_until
            if wait_until > now:
                retry_at = instant_at(wait_until)
                raise FetchError(Code.RATE_LIMITED, "asked to wait", retry_at=retry_at)
            answer = await self._ask(session, search.text, after, until)
            wait_until = now + answer.backoff if answer.backoff else 0
            if answer.quota_remaining == 0:
                wait_until = seconds_of(_midnight_after(session.now))
            return answer.found

        reader = Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            overlap=_LOOKED_AT_AGAIN,
            is_history=is_history,
        )
        told = cursor
        async for page in reader.read(searches_for(self.businesses, PHRASES), cursor):
            told = {**page.cursor, "wait_until": wait_until}
            yield replace(page, cursor=told)
        if wait_until > now and told.get("wait_until") != wait_until:
            # Nothing was new, but the server's wish holds.
            yield Page(entries=(), cursor={**told, "wait_until": wait_until})

    async def _ask(self, session: Session, text: str, after: datetime, until: Json) -> Excerpts:
        params: dict[str, str | int] = {
            "q": text,
            "sort": "creation",
            "order": "desc",
            "fromdate": seconds_of(after),
        }
        if isinstance(until, int):
            params["todate"] = until
        answer = await self._get(session, "search/excerpts", params)
        return read_excerpts(answer, self.options.site, until=until)

    async def _get(
        self, session: Session, method: str, params: Mapping[str, str | int]
    ) -> Mapping[str, Json]:
        """Ask one method within the day's quota. Raises what its answer tells."""
        key = self.options.key
        session.spend(
            self.type,
            1,
            limit=ANONYMOUS_QUOTA if key is None else KEY_QUOTA,
            renews_at=_midnight_after(session.now),
            key="" if key is None else key.get_secret_value(),
        )
        common: dict[str, str | int] = {"site": self.options.site, "pagesize": PAGE_SIZE}
        if key is not None:
            common["key"] = key.get_secret_value()
        try:
            answer, _ = await session.get_json(
                f"{self._root}/2.3/{method}", params={**common, **params}
            )
        except FetchError as error:
            raise _told_by(error, session.now) or error from None
        record = record_of(answer, "the answer")
        if (refusal := refusal_in(record, session.now)) is not None:
            raise refusal
        return record


def refusal_in(record: Mapping[str, Json], now: datetime) -> SourceError | None:
    """Return the error that an answer tells of, ``None`` when it tells of none.

    https://api.stackexchange.com/docs/error-handling
    """
    number = count_of(record.get("error_id"))
    if number is None:
        return None
    message = str(record.get("error_message") or record.get("error_name") or "")[:200]
    if number in (_THROTTLED, _BUSY):
        wait = _WAIT.search(message)
        seconds = int(wait[1]) if wait else count_of(record.get("backoff"))
        again_at = (
            now + timedelta(seconds=min(seconds, LONGEST.total_seconds())) if seconds else None
        )
        return FetchError(Code.RATE_LIMITED, f"error {number}", retry_at=again_at)
    if number in _NOT_ALLOWED or message.startswith("`key`"):
        return FetchError(Code.AUTH, f"error {number}")
    return Malformed(Code.API, f"error {number}: {message}")


def _told_by(error: FetchError, now: datetime) -> SourceError | None:
    """Return what the JSON of an HTTP error says, ``None`` when there is none."""
    try:
        body = read_json(error.body)
    except ValueError:
        return None
    return refusal_in(body, now) if isinstance(body, Mapping) else None


def _midnight_after(now: datetime) -> datetime:
    """Return when the day's quota is renewed."""
    return datetime.combine(now.date() + timedelta(days=1), time(), UTC)
