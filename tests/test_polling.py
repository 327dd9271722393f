"""Polls: what is due, what is remembered, what one source's trouble costs the others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fakes import NOW, SHOP, FakeSource, page, state, watched
from fixed_clock import FixedClock

from monitor.due import due_at, is_due, next_state
from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.base import Session
from monitor.fetching.client import Client
from monitor.matching.matcher import Matcher
from monitor.model import (
    FetchMemory,
    Figure,
    Health,
    MentionQuery,
    Page,
    Period,
    PollError,
    PollStatus,
    SourceReport,
    Standing,
)
from monitor.pipeline import Pipeline
from monitor.polling import Poller
from monitor.reading import MAX_ENTRIES, Reading
from monitor.sentiment.registry import make_scorer
from monitor.store.sqlite import SqliteStore
from monitor.wording import Wording

pytestmark = pytest.mark.anyio
EVERY = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# --- what is due ------------------------------------------------------------------------------


def test_a_source_never_polled_is_due() -> None:
    assert is_due(state(), EVERY, NOW)


def test_a_source_waits_for_its_next_poll() -> None:
    waiting = state(next_poll_at=NOW + MINUTE)
    assert not is_due(waiting, EVERY, NOW)
    assert is_due(waiting, EVERY, NOW + MINUTE)
    assert is_due(waiting, EVERY, NOW, force=True)


def test_force_respects_a_pause_and_a_retry_after() -> None:
    assert not is_due(state(paused=True), EVERY, NOW, force=True)
    assert not is_due(state(retry_at=NOW + MINUTE), EVERY, NOW, force=True)


def test_a_clock_set_back_by_years_holds_nothing() -> None:
    years_ahead = NOW + timedelta(days=900)
    held = state(next_poll_at=years_ahead, retry_at=years_ahead)
    assert due_at(held, EVERY, NOW) == NOW


def test_a_clock_set_back_by_hours_holds_nothing() -> None:
    hours_ahead = NOW + timedelta(hours=3)
    held = state(polled_at=hours_ahead, next_poll_at=hours_ahead + EVERY, retry_at=hours_ahead)
    assert due_at(held, EVERY, NOW) == NOW


# --- what is remembered -----------------------------------------------------------------------


def reading(error: SourceError | None = None, *, unchanged: bool = False) -> Reading:
    return Reading(
        entries=(), cursor={"last": 1}, memory=FetchMemory(), unchanged=unchanged, error=error
    )


def test_a_good_poll_clears_the_failure() -> None:
    failed = state(failures=4, error=PollError(code="dns", message="…"), retry_at=NOW)
    after = next_state(failed, reading(), None, every=EVERY, at=NOW, chance=0.5)
    assert (after.failures, after.error, after.retry_at) == (0, None, None)
    assert after.next_poll_at == NOW + EVERY
    assert after.last_ok_at == NOW


def test_failures_wait_longer_and_longer_and_at_most_a_day() -> None:
    now, waits, current = NOW, [], state()
    for _ in range(14):
        error = PollError(code="connect", message="…")
        current = next_state(current, reading(), error, every=EVERY, at=now, chance=0.5)
        assert current.next_poll_at is not None
        waits.append(current.next_poll_at - now)
    assert waits == sorted(waits)
    assert waits[0] >= EVERY
    assert waits[-1] <= timedelta(hours=24)


def test_a_retry_after_is_obeyed() -> None:
    later = NOW + timedelta(hours=5)
    error = PollError(code="rate_limited", message="…", retry_at=later)
    after = next_state(state(), reading(), error, every=EVERY, at=NOW, chance=0)
    assert (after.next_poll_at, after.retry_at) == (later, later)


def test_a_budget_spent_for_the_month_is_looked_at_once_a_day() -> None:
    next_month = NOW + timedelta(days=20)
    error = PollError(code="rate_limited", message="…", retry_at=next_month)
    after = next_state(state(), reading(), error, every=EVERY, at=NOW, chance=0)
    assert after.retry_at == next_month
    assert not is_due(after, EVERY, NOW + timedelta(hours=23))
    assert is_due(after, EVERY, NOW + timedelta(hours=24))


def test_a_refusal_is_a_block_where_no_token_would_help() -> None:
    error = PollError(code="auth", message="…", http_status=403)
    states = [
        next_state(state(), reading(), error, every=EVERY, at=NOW, chance=0, takes_token=takes)
        for takes in (True, False)
    ]
    assert [s.health for s in states] == ["needs_token", "terms_block"]


def test_what_a_platform_asks_of_a_person_is_remembered() -> None:
    told = PollError(code="auth", message="…", http_status=400)
    expired = reading(FetchError(Code.AUTH, health=Health.TOKEN_EXPIRED))
    after = next_state(state(), expired, told, every=EVERY, at=NOW, chance=0)
    assert after.health == "token_expired"
    thin = replace(reading(), standing=Standing(health=Health.REVIEW_MISSING))
    assert next_state(after, thin, None, every=EVERY, at=NOW, chance=0).health == "review_missing"
    assert next_state(after, reading(), None, every=EVERY, at=NOW, chance=0).health == "ok"


async def test_what_is_missing_is_said_in_words(tmp_path: Path, clock: FixedClock) -> None:
    scope = "pages_read_user_content"
    refused = FetchError(Code.AUTH, health=Health.PERMISSION_MISSING, missing=scope)
    soon = Standing(health=Health.TOKEN_EXPIRES_SOON, at=NOW + timedelta(days=3))
    async with poller(
        tmp_path,
        clock,
        refused=FakeSource(refused),
        soon=FakeSource(replace(page(1), standing=soon, figures=(Figure(name="fans", value=7),))),
    ) as polls:
        reports = await polls.poll_all(["refused", "soon"])
        states = polls.store.source_states()
        told = polls.store.figures(Period(start=NOW - timedelta(days=1), end=NOW + EVERY))
    assert [s.health for s in states] == ["permission_missing", "token_expires_soon"]
    assert reports[0].error is not None
    assert reports[0].error.message == f"The access token lacks a permission ({scope})."
    assert states[1].notice == (
        "The access token expires soon: renew it before (November 26, 2026)."
    )
    assert [(f.source, f.name, f.value) for f in told] == [("soon", "fans", 7)]


def test_gone_pauses() -> None:
    error = PollError(code="gone", message="…", http_status=410)
    after = next_state(state(), reading(), error, every=EVERY, at=NOW, chance=0)
    assert after.paused
    assert due_at(after, EVERY, NOW + timedelta(days=900)) is None


# --- polls --------------------------------------------------------------------------------------


@asynccontextmanager
async def poller(folder: Path, clock: FixedClock, **sources: FakeSource) -> AsyncIterator[Poller]:
    store = SqliteStore.open(folder / "mentions.db", clock=clock)
    store.register_sources([replace(state(), id=source_id) for source_id in sources])
    async with Client(user_agent="test") as client:
        yield Poller(
            store=store,
            client=client,
            pipeline=Pipeline(
                matcher=Matcher([SHOP]), scorer=make_scorer("textblob"), businesses=(SHOP,)
            ),
            watched={i: watched(source, i) for i, source in sources.items()},
            words=Wording("en"),
            clock=clock,
            chance=lambda: 0.5,
        )
    store.close()


async def test_pages_are_stored_and_the_cursor_moves(tmp_path: Path, clock: FixedClock) -> None:
    source = FakeSource(page(1, 2), page(3))
    async with poller(tmp_path, clock, a=source) as polls:
        report = await polls.poll("a")
        clock.advance(timedelta(hours=1))
        await polls.poll("a")
    assert (report.fetched, report.new) == (3, 3)
    assert source.asked == [{}, {"last": 3}]


async def test_a_source_not_due_is_skipped(tmp_path: Path, clock: FixedClock) -> None:
    source = FakeSource(page(1))
    async with poller(tmp_path, clock, a=source) as polls:
        await polls.poll("a")
        assert (await polls.poll("a")).status is PollStatus.SKIPPED
        assert (await polls.poll("a", force=True)).status is PollStatus.OK
    assert len(source.asked) == 2


async def test_what_came_before_an_error_is_kept(tmp_path: Path, clock: FixedClock) -> None:
    source = FakeSource(page(1), FetchError(Code.TIMEOUT), page(2))
    async with poller(tmp_path, clock, a=source) as polls:
        report = await polls.poll("a")
        clock.advance(timedelta(days=2))
        await polls.poll("a")
    assert (report.status, report.new) == (PollStatus.FAILED, 1)
    assert report.error is not None
    assert report.error.code == "timeout"
    assert source.asked[1] == {"last": 1}


async def test_a_surprise_in_one_source_costs_the_others_nothing(
    tmp_path: Path, clock: FixedClock
) -> None:
    broken, good = FakeSource(ZeroDivisionError()), FakeSource(page(1))
    async with poller(tmp_path, clock, a=broken, b=good) as polls:
        reports = await polls.poll_all(["a", "b"])
        stored = polls.store.find(MentionQuery())
    assert [r.error and r.error.code for r in reports] == ["internal", None]
    assert len(stored) == 1


async def test_a_poll_reads_at_most_its_pages(tmp_path: Path, clock: FixedClock) -> None:
    source = FakeSource(*(page(number) for number in range(1, 9)))
    async with poller(tmp_path, clock, a=source) as polls:
        assert (await polls.poll("a")).fetched == 5


async def test_a_search_for_each_of_many_shops_has_its_own_pages(
    tmp_path: Path, clock: FixedClock
) -> None:
    class Agency(FakeSource):
        @property
        def queries(self) -> tuple[str, ...]:
            return ("a shop", "another")

    source = Agency(*(page(number) for number in range(1, 12)))
    async with poller(tmp_path, clock, a=source) as polls:
        assert (await polls.poll("a")).fetched == 10


async def test_too_many_entries_are_an_error(tmp_path: Path, clock: FixedClock) -> None:
    flood = replace(page(1), entries=page(1).entries * (MAX_ENTRIES + 1))
    async with poller(tmp_path, clock, a=FakeSource(page(2), flood)) as polls:
        report = await polls.poll("a")
    assert report.error is not None
    assert (report.error.code, report.new) == ("too_large", 1)


async def test_a_dry_run_tells_and_stores_nothing(tmp_path: Path, clock: FixedClock) -> None:
    async with poller(tmp_path, clock, a=FakeSource(page(1))) as polls:
        assert (await polls.poll("a", dry_run=True)).new == 1
        assert polls.store.find(MentionQuery()) == []


async def test_one_source_is_not_polled_twice_at_once(tmp_path: Path, clock: FixedClock) -> None:
    source = FakeSource(page(1))
    async with poller(tmp_path, clock, a=source) as polls:
        with polls.store.hold("poll:a") as held:
            assert held
            assert (await polls.poll("a")).status is PollStatus.SKIPPED
    assert source.asked == []


async def test_a_year_of_polls_keeps_its_pace_over_both_clock_changes(
    tmp_path: Path, clock: FixedClock
) -> None:
    source = FakeSource(page(1))
    async with poller(tmp_path, clock, a=source) as polls:
        clock.at = start = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
        reports: list[SourceReport] = []
        while clock.at < start + timedelta(days=365):
            reports.append(await polls.poll("a"))
            clock.advance(timedelta(hours=6))
    assert {report.status for report in reports} == {PollStatus.OK}
    assert sum(report.new for report in reports) == 1


class _Forgetful(FakeSource):
    """Its second look at young mentions fails in a way nobody foresaw."""

    rechecks = timedelta(days=7)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        raise ZeroDivisionError
        yield


async def test_a_surprise_in_a_second_look_costs_no_news(tmp_path: Path, clock: FixedClock) -> None:
    broken, good = _Forgetful(page(1)), FakeSource(page(2))
    async with poller(tmp_path, clock, a=broken, b=good) as polls:
        await polls.poll_all(["a", "b"])
        clock.advance(timedelta(days=1))
        broken.script = (page(3),)
        reports = await polls.poll_all(["a", "b"])
    assert [(r.error, r.new) for r in reports] == [(None, 1), (None, 0)]


async def test_a_surprise_in_matching_stores_nothing_and_asks_again(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = FakeSource(page(1))
    async with poller(tmp_path, clock, a=source) as polls:
        with monkeypatch.context() as patch:
            patch.setattr(Pipeline, "_language", lambda *_: 1 / 0)
            report = await polls.poll("a")
        clock.advance(timedelta(days=1))
        again = await polls.poll("a")
    assert report.error is not None
    assert (report.error.code, report.new) == ("internal", 0)
    assert source.asked == [{}, {}]
    assert again.new == 1
