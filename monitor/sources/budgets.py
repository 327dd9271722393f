"""The money guard of platforms that are paid by the request: counted before each, by month."""

from __future__ import annotations

from monitor.clock import next_month
from monitor.fetching.base import Session


def spend_request(
    session: Session,
    name: str,
    *,
    monthly_requests: int,
    monthly_dollars: float | None,
    dollars_per_1000: float,
    key: str,
) -> None:
    """Count one request of a key, and what it costs where dollars are limited too.

    Raises ``FetchError(rate_limited)`` with the health ``budget_spent`` past either limit.
    """
    renews_at = next_month(session.now)
    session.spend(f"{name}, requests", 1, limit=monthly_requests, renews_at=renews_at, key=key)
    if monthly_dollars is not None:
        # In millionths: a request costs half a cent.
        session.spend(
            f"{name}, micro-dollars",
            round(dollars_per_1000 * 1_000),
            limit=round(monthly_dollars * 1_000_000),
            renews_at=renews_at,
            key=key,
        )
