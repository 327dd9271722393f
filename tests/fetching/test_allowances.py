"""Allowances of a platform: counted before use, kept between polls, shared by who shares a key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fixed_clock import FixedClock

from monitor.errors import FetchError
from monitor.fetching.client import Client
from monitor.fetching.session import PollSession
from monitor.model import FetchMemory


def spend(session: PollSession, clock: FixedClock, key: str = "k1") -> None:
    renews_at = clock().replace(hour=23)
    session.spend("searches", 1, limit=3, renews_at=renews_at, key=key)


def session_of(
    clock: FixedClock, memory: FetchMemory | None = None, elsewhere: dict[str, int] | None = None
) -> PollSession:
    client = Client(user_agent="test", clock=clock)
    return client.session(memory or FetchMemory(), elsewhere or {})


def test_what_is_spent_is_kept_and_renewed(clock: FixedClock) -> None:
    first = session_of(clock)
    for _ in range(3):
        spend(first, clock)
    later = session_of(clock, first.memory)
    with pytest.raises(FetchError) as refused:
        spend(later, clock)
    assert refused.value.code == "rate_limited"
    assert refused.value.retry_at == clock().replace(hour=23)
    clock.advance(timedelta(days=1))
    spend(session_of(clock, first.memory), clock)


def test_sources_with_one_key_share_its_allowance_and_others_do_not(clock: FixedClock) -> None:
    first = session_of(clock)
    for _ in range(2):
        spend(first, clock)
    elsewhere = {name: spent.units for name, spent in first.memory.spent.items()}
    second = session_of(clock, elsewhere=elsewhere)
    spend(second, clock)
    with pytest.raises(FetchError):
        spend(second, clock)
    spend(second, clock, key="k2")


def test_no_key_is_kept(clock: FixedClock) -> None:
    session = session_of(clock)
    spend(session, clock, key="canary-key")
    assert "canary" not in repr(session.memory)


def test_polls_under_way_at_once_share_it_before_anything_is_stored(clock: FixedClock) -> None:
    client = Client(user_agent="test", clock=clock)
    purse = client.ledger.open()
    first, second = client.session(FetchMemory(), {}, purse), client.session(FetchMemory())
    spend(first, clock)
    spend(second, clock)
    client.ledger.close(purse)  # and what it spent is stored, unseen by the second
    spend(second, clock)
    with pytest.raises(FetchError):
        spend(second, clock)
    elsewhere = {name: spent.units for name, spent in first.memory.spent.items()}
    third = client.session(second.memory, elsewhere)
    with pytest.raises(FetchError):
        spend(third, clock)
