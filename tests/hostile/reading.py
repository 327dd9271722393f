"""Polls of one source with answers out of memory, as polling.py makes them, errors not caught."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

from sources.conformance import Case
from sources.fake_session import NOW, FakeSession

from monitor.errors import Code, Malformed, SourceError
from monitor.fetching.json_answers import read_json
from monitor.model import Cursor, Entry, Json, Page, Response
from monitor.reading import MAX_ENTRIES, MAX_PAGES
from monitor.sources.bounds import within_bounds

MOST_REQUESTS = 3_000
"""Of one poll, its history and its second look: what asks more than this asks for ever."""


class EndlessRequests(AssertionError):
    """A source that would never stop asking."""


@dataclass
class HostileSession(FakeSession):
    """Answers all requests alike, reading JSON as the real session does."""

    async def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Json, Response]:
        response = await self.get(url, params=params, headers=headers, conditional=False)
        if len(self.asked) > MOST_REQUESTS:
            raise EndlessRequests(url[:80])
        try:
            return read_json(response.body), response
        except ValueError as error:
            raise Malformed(Code.API, "not JSON", http_status=response.status) from error


def poll(case: Case, body: bytes) -> list[Page]:
    """Read what a poll would of a source whose server says this; raises what it raises."""
    session = HostileSession(lambda url: replace(case.response(body), url=url))
    return asyncio.run(_pages(case, session, {}))


def poll_and_look_again(case: Case, body: bytes, status: int = 200) -> list[Entry]:
    """Poll, look into the past and look again at what was found; errors of the contract end it."""
    session = HostileSession(lambda url: replace(case.response(body), url=url, status=status))
    return asyncio.run(_all(case, session))


async def _pages(case: Case, session: HostileSession, cursor: Cursor) -> list[Page]:
    pages: list[Page] = []
    entries = 0
    async with aclosing(case.source().pages(session, cursor)) as coming:
        async for page in within_bounds(coming):
            pages.append(page)
            entries += len(page.entries)
            if len(pages) >= MAX_PAGES or entries > MAX_ENTRIES:
                break
    return pages


async def _all(case: Case, session: HostileSession) -> list[Entry]:
    source = case.source()
    entries: list[Entry] = []
    cursor: Cursor = {}
    for start in range(2):  # the second poll goes on from the cursor that the first one left
        try:
            pages = await _pages(case, session, cursor if start else {})
        except SourceError:
            break
        entries += [entry for page in pages for entry in page.entries]
        cursor = pages[-1].cursor if pages else cursor
    ids = [entry.external_id for entry in entries[:20]] or ["1", "https://x.example/1"]
    looks = (
        source.recheck(session, ids),
        source.history(session, NOW - timedelta(days=30), {}),
        source.history(session, NOW - timedelta(days=30), cursor),
    )
    for look in looks:
        count = 0
        try:
            async with aclosing(look) as coming:
                async for page in within_bounds(coming):
                    entries += page.entries
                    count += 1
                    if count >= MAX_PAGES:
                        break
        except SourceError:
            continue
    return entries
