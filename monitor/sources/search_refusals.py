"""What a search engine's refusal means: a key, a setting, a second or a month spent. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from monitor.errors import Code, FetchError
from monitor.model import Health

_WINDOWS = 2
_LONGEST_S = 31 * 86_400
_SHORTEST_S = 60


def told_refusal(error: FetchError, now: datetime, *, backend: str) -> FetchError:
    """Return what an engine's refusal means; what is none is returned as it is."""
    if error.http_status == HTTPStatus.TOO_MANY_REQUESTS:
        return _throttled(error, now)
    is_refused = error.http_status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if backend == "searxng" and is_refused:
        return _auth(error, Health.PERMISSION_MISSING, "settings.yml: search.formats: json")
    # Brave answers 422 to a token that it does not know.
    is_unknown = b"SUBSCRIPTION_TOKEN" in error.body
    if is_refused or is_unknown:
        return _auth(error, Health.NEEDS_TOKEN, f"{backend}: key")
    return error


def _auth(error: FetchError, health: Health, missing: str) -> FetchError:
    return FetchError(
        Code.AUTH, error.detail, http_status=error.http_status, health=health, missing=missing
    )


def _throttled(error: FetchError, now: datetime) -> FetchError:
    """Read Brave's two windows, a second and a month: ``Reset: 1, 1209600``."""
    remaining = _numbers(error.headers.get("x-ratelimit-remaining", ""))
    resets = _numbers(error.headers.get("x-ratelimit-reset", ""))
    if len(remaining) != _WINDOWS or len(resets) != _WINDOWS:
        return error
    is_month = remaining[1] == 0
    wait_s = resets[1] if is_month else max(resets[0], _SHORTEST_S)
    return FetchError(
        Code.RATE_LIMITED,
        error.detail,
        http_status=error.http_status,
        retry_at=now + timedelta(seconds=min(wait_s, _LONGEST_S)),
        health=Health.BUDGET_SPENT if is_month else Health.RATE_LIMITED,
    )


def _numbers(header: str) -> list[int]:
    parts = [part.strip() for part in header[:100].split(",")]
    return [int(part[:12]) for part in parts if part.isascii() and part.isdecimal()]
