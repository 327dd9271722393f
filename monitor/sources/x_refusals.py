"""What a refusal of X's API means: a key, a right, a window of 15 minutes, or money spent. Pure.

docs.x.com, "Response codes and errors", read 2026-11; what credit that ran out answers (402, 403 or
429, with these titles) is reported by developers only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from monitor.errors import Code, FetchError
from monitor.model import Health, Json
from monitor.sources.entry_parts import in_utc, instant_of, name_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import list_at

WINDOW = timedelta(minutes=15)
_LONGEST = timedelta(hours=24)
_CREDIT_AGAIN = timedelta(hours=6)
"""How long until we look whether credit was bought."""
_SPENT = ("usage-capped", "usagecap", "credits", "spendcap")


def told_refusal(error: FetchError, now: datetime) -> FetchError:
    """Return what a refusal means; what is none is returned as it is."""
    told = _problem_of(error.body)
    kind = str(told.get("type") or "").rpartition("/")[2]
    title = name_of(told.get("title")) or ""
    is_refused = error.http_status in (
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.PAYMENT_REQUIRED,
    )
    said = f"{kind} {title}".lower()
    if error.http_status == HTTPStatus.PAYMENT_REQUIRED or (
        is_refused and any(word in said for word in _SPENT)
    ):
        return _spent(error, told, title, now)
    if error.http_status == HTTPStatus.TOO_MANY_REQUESTS:
        return _throttled(error, now)
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        return _refused(error, Health.TOKEN_EXPIRED, "Bearer token")
    if error.http_status == HTTPStatus.FORBIDDEN:
        reason = name_of(told.get("reason")) or kind or title or "access"
        return _refused(error, Health.PERMISSION_MISSING, reason)
    return _explained(error, told)


def is_too_old(error: FetchError) -> bool:
    """Tell whether X refuses the post that a reading was to go on from: it is older than a week."""
    is_bad = error.http_status == HTTPStatus.BAD_REQUEST
    return is_bad and (b"since_id" in error.body or b"until_id" in error.body)


def _problem_of(body: bytes) -> Mapping[str, Json]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _refused(error: FetchError, health: Health, missing: str) -> FetchError:
    return FetchError(
        Code.AUTH, error.detail, http_status=error.http_status, health=health, missing=missing
    )


def _spent(error: FetchError, told: Mapping[str, Json], title: str, now: datetime) -> FetchError:
    resets_at = instant_of(told.get("reset_date"))
    wait_until = now + _CREDIT_AGAIN
    if resets_at is not None and in_utc(resets_at) > now:
        wait_until = min(in_utc(resets_at), now + _LONGEST)
    return FetchError(
        Code.RATE_LIMITED,
        error.detail,
        http_status=error.http_status,
        retry_at=wait_until,
        health=Health.BUDGET_SPENT,
        missing=title or "X credits",
    )


def _throttled(error: FetchError, now: datetime) -> FetchError:
    """Read when the window ends; ``error.retry_at`` is what the client read of other headers."""
    resets_at = instant_at(error.headers.get("x-rate-limit-reset"))
    wishes = [at for at in (resets_at, error.retry_at) if at is not None and at > now]
    return FetchError(
        Code.RATE_LIMITED,
        error.detail,
        http_status=error.http_status,
        retry_at=min(max(wishes, default=now + WINDOW), now + _LONGEST),
        health=Health.RATE_LIMITED,
    )


def _explained(error: FetchError, told: Mapping[str, Json]) -> FetchError:
    """Add what X says of a question it does not understand."""
    rows = (row.get("message") for row in list_at(told, "errors") if isinstance(row, Mapping))
    said = next((text for row in rows if (text := name_of(row))), name_of(told.get("detail")))
    if said is None:
        return error
    return FetchError(
        error.code,
        f"{error.detail}: {said}",
        http_status=error.http_status,
        retry_at=error.retry_at,
        body=error.body,
        headers=error.headers,
    )
