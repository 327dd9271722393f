"""The sign of life: asked, and its address nowhere told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import structlog
from servers import Answer, FeedServer

from monitor.fetching.client import Client
from monitor.operations.ping import Pinger

pytestmark = pytest.mark.anyio
KEY = "5f3a9c1e-canary"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pinger(web: FeedServer, *, allowed: bool = True) -> Pinger:
    def client() -> Client:
        hosts = frozenset([web.address] if allowed else [])
        return Client(user_agent="Ecoute", allow_private_hosts=hosts)

    return Pinger(url=web.url(f"/{KEY}"), every=timedelta(minutes=5), client=client)


async def test_it_asks_the_address_once() -> None:
    with FeedServer({f"/{KEY}": b"OK"}) as web:
        assert await pinger(web)()
        assert [request.method for request in web.requests] == ["GET"]


async def test_a_failure_is_logged_once_without_the_address_and_its_end_too() -> None:
    with FeedServer({"*": Answer(status=500)}) as web, structlog.testing.capture_logs() as logs:
        ping = pinger(web)
        assert not await ping()
        assert not await ping()
        web["*"] = b"OK"
        assert await ping()
    told = [line for line in logs if line["log_level"] != "debug"]
    assert [line["event"] for line in told] == ["ping not heard", "ping heard again"]
    assert told[0]["code"] == "http_status"
    assert KEY not in str(told)


async def test_an_address_that_is_not_public_is_not_asked() -> None:
    with FeedServer({"*": b"OK"}) as web, structlog.testing.capture_logs() as logs:
        assert not await pinger(web, allowed=False)()
        assert web.requests == []
    assert [line["code"] for line in logs if line["log_level"] == "warning"] == ["blocked"]
