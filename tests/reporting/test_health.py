"""Did we look everywhere? A webhook to which nothing was pushed is no place where we did not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from reporting.samples import NOW, SHOP, source

from monitor.model import WEBHOOK, Period, SourceState
from monitor.reporting.health import HealthStrip, is_silent, write_health
from monitor.reporting.material import Material
from monitor.reporting.phrases import Phrases

UNHEARD = source(
    "zapier", type=WEBHOOK, status=None, polled_at=None, last_ok_at=None, next_poll_at=None
)
LONG_AGO = NOW - timedelta(days=60)
HEARD_ONCE = source(
    "zapier", type=WEBHOOK, polled_at=LONG_AGO, last_ok_at=LONG_AGO, next_poll_at=None
)


def strip(*sources: SourceState) -> HealthStrip:
    period = Period(start=NOW - timedelta(days=7), end=NOW)
    material = Material(business=SHOP, period=period, now=NOW, mentions=(), sources=sources)
    return write_health(material, None, Phrases("fr", "Europe/Paris"))


@pytest.mark.parametrize("hook", [UNHEARD, HEARD_ONCE])
def test_a_webhook_without_a_push_is_neither_silent_nor_unread(hook: SourceState) -> None:
    health = strip(source("presse"), hook)
    assert not is_silent(hook, NOW)
    assert (health.sources, health.sources_read, health.silent) == (1, 1, 0)
    assert health.is_well


def test_a_webhook_that_was_pushed_to_was_read() -> None:
    health = strip(source("zapier", type=WEBHOOK, next_poll_at=None))
    assert (health.sources, health.sources_read) == (1, 1)


def test_a_webhook_is_silent_where_its_owner_said_how_long_is_too_long() -> None:
    due_at = LONG_AGO + timedelta(days=7)
    assert is_silent(source("zapier", type=WEBHOOK, last_ok_at=LONG_AGO, next_poll_at=due_at), NOW)
