"""Looking into the past: what is read, where it goes on, and what of it is news."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fakes import NOW, FakeSource, page
from fixed_clock import FixedClock
from test_polling import poller

from monitor.backfilling import backfill
from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Cursor, MentionQuery, Page

pytestmark = pytest.mark.anyio
SINCE = NOW - timedelta(days=90)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Archive(FakeSource):
    """A source whose past is told one script a call."""

    def __init__(self, *scripts: tuple[Page | Exception, ...]) -> None:
        super().__init__(page(99))
        self.scripts = list(scripts)
        self.resumed: list[Cursor] = []

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        self.resumed.append(cursor)
        for step in self.scripts.pop(0):
            if isinstance(step, Exception):
                raise step
            yield step


async def test_what_it_finds_is_no_news(tmp_path: Path, clock: FixedClock) -> None:
    async with poller(tmp_path, clock, a=Archive((page(1), page(2)))) as polls:
        report = await backfill(polls, "a", SINCE)
        assert len(polls.store.find(MentionQuery())) == report.new == 2
        assert polls.store.find(MentionQuery(news_only=True)) == []
        assert (await polls.poll("a")).new == 1


async def test_a_cut_one_goes_on_where_it_ended(tmp_path: Path, clock: FixedClock) -> None:
    archive = Archive((page(1), FetchError(Code.TIMEOUT)), (page(2),))
    async with poller(tmp_path, clock, a=archive) as polls:
        first = await backfill(polls, "a", SINCE)
        second = await backfill(polls, "a", SINCE)
    assert first.error is not None
    assert (first.error.code, second.error) == ("timeout", None)
    assert archive.resumed == [{}, {"last": 1}]


async def test_a_short_wait_is_waited_for_and_a_long_one_is_not(
    tmp_path: Path, clock: FixedClock
) -> None:
    soon = FetchError(Code.RATE_LIMITED, retry_at=clock.at)
    late = FetchError(Code.RATE_LIMITED, retry_at=clock.at + timedelta(hours=1))
    archive = Archive((page(1), soon), (page(2), late))
    async with poller(tmp_path, clock, a=archive) as polls:
        report = await backfill(polls, "a", SINCE)
    assert (report.new, len(archive.resumed)) == (2, 2)


async def test_what_is_older_than_asked_is_left(tmp_path: Path, clock: FixedClock) -> None:
    [entry] = page(1).entries
    old = replace(page(1), entries=(replace(entry, published_at=SINCE - timedelta(days=1)),))
    async with poller(tmp_path, clock, a=Archive((old,))) as polls:
        assert (await backfill(polls, "a", SINCE)).fetched == 0
