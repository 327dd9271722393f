"""What Google's APIs say when they refuse, as what a person has to do.

https://cloud.google.com/apis/design/errors, read 2026-11: ``{"error": {"code", "status", "message",
"details": [{"@type": "…ErrorInfo", "reason", "metadata"}]}}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus

from monitor.errors import Code, FetchError
from monitor.model import Health, Json
from monitor.sources.json_fields import list_at, part_at

_NO_QUOTA = re.compile(r"\b(?:limit|quota)\D{0,20}\b0\b", re.IGNORECASE)
_NO_KEY = {"API_KEY_INVALID", "CONSUMER_INVALID", "CREDENTIALS_MISSING"}
_BAD_TOKEN = {"ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"}


def told_refusal(
    error: FetchError, *, scope: str, review: str = "", is_known: bool = True
) -> FetchError:
    """Return an error as Google means it: ``error`` itself where it is nothing of these.

    ``scope`` is what is missing when a permission is, and nothing names another. ``review`` is the
    approval without which the quota is 0; not ``is_known``: it has never answered yet, so that a
    refusal for too many requests cannot be true.
    """
    told = _told(error.body)
    status, reason = str(told.get("status")), _detail(told, "reason")
    if status == "RESOURCE_EXHAUSTED" or error.code is Code.RATE_LIMITED:
        has_none = _detail(told, "quota_limit_value") == "0" or bool(
            _NO_QUOTA.search(str(told.get("message")))
        )
        if review and (has_none or not is_known):
            return _as(error, Code.RATE_LIMITED, Health.REVIEW_MISSING, review)
        return _as(error, Code.RATE_LIMITED, None, "")
    if reason in _NO_KEY:
        return _as(error, Code.AUTH, Health.NEEDS_TOKEN, "")
    if error.http_status == HTTPStatus.UNAUTHORIZED or reason in _BAD_TOKEN:
        return _as(error, Code.AUTH, Health.TOKEN_EXPIRED, "")
    if error.http_status == HTTPStatus.FORBIDDEN:
        missing = scope
        if reason == "SERVICE_DISABLED":
            missing = _detail(told, "service") or scope
        elif reason in {"BILLING_DISABLED", "API_KEY_SERVICE_BLOCKED"}:
            missing = reason
        return _as(error, Code.AUTH, Health.PERMISSION_MISSING, missing)
    return error


def _as(error: FetchError, code: Code, health: Health | None, missing: str) -> FetchError:
    return FetchError(
        code,
        error.detail,
        http_status=error.http_status,
        retry_at=error.retry_at,
        health=health,
        missing=missing,
    )


def _told(body: bytes) -> Mapping[str, Json]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    # Some of Google's fronts put their one answer in a list.
    answer = answer[0] if isinstance(answer, list) and answer else answer
    return part_at(answer, "error") if isinstance(answer, dict) else {}


def _detail(told: Mapping[str, Json], name: str) -> str:
    """Return what the details say under a name, beside the reason or among its metadata."""
    for detail in list_at(told, "details"):
        if isinstance(detail, Mapping):
            value = detail.get(name, part_at(detail, "metadata").get(name))
            if isinstance(value, str | int) and str(value).replace("_", "").isascii():
                return str(value)[:100]
    return ""
