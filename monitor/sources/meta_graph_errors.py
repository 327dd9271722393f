"""What Meta's Graph APIs mean by a refusal: a token, a scope, a review, a limit, an end. Pure.

https://developers.facebook.com/docs/graph-api/guides/error-handling, read 2026-11 (stored copies).
Messages are never told on: that of a malformed token quotes the token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import Code, FetchError
from monitor.model import Health, Json
from monitor.sources.entry_parts import count_of
from monitor.sources.json_fields import part_at

HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LONGEST_MIN = 7 * 24 * 60

_TEMPORARY = frozenset({1, 2})
_LIMITED = frozenset({4, 17, 32, 613})
_USE_CASES = range(80_000, 80_015)  # a business use case's limit each: 80001 Pages, 80002 Instagram
_PERMISSIONS = range(200, 300)
_TOKENS = frozenset({102, 190})
_GONE, _NOT_ALLOWED, _HASHTAGS, _BAD_PARAMETER, _BLOCKED = 12, 10, 18, 100, 368
_NO_SUCH_OBJECT = 33
_UNKNOWN_ALIAS = 803

_SCOPE = re.compile(
    r"\b(?:pages|instagram|threads|business|ads)_[a-z]+(?:_[a-z]+)*\b(?<!_public_content_access)"
)
_FEATURE = re.compile(r"\b(?:Page|Instagram)s? Public (?:Content|Metadata) Access\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal as the body tells it; ``subcode`` is 0 without one."""

    code: int
    subcode: int
    message: str
    is_transient: bool

    @property
    def name(self) -> str:
        """Its number, as Meta's documentation lists it."""
        return f"{self.code}/{self.subcode}" if self.subcode else f"{self.code}"

    @property
    def is_no_such_object(self) -> bool:
        """Tell whether it says that what was asked by its identifier is not there (or hidden)."""
        return self.code == _BAD_PARAMETER and self.subcode == _NO_SUCH_OBJECT


def fault_in(answer: Json) -> Fault | None:
    """Return the refusal that a body holds, whatever its HTTP status was."""
    told = part_at(answer, "error") if isinstance(answer, Mapping) else {}
    code = count_of(told.get("code"))
    if code is None:
        return None
    return Fault(
        code=code,
        subcode=count_of(told.get("error_subcode")) or 0,
        message=str(told.get("message") or ""),
        is_transient=told.get("is_transient") is True,
    )


def fault_of(error: FetchError) -> Fault | None:
    """Return the refusal in an HTTP error's body."""
    try:
        return fault_in(json.loads(error.body))
    except (ValueError, RecursionError):
        return None


def told_error(error: FetchError, now: datetime, needs: str = "") -> FetchError:
    """Return what an HTTP error means; ``needs`` is the scope to name where Meta names none."""
    fault = fault_of(error)
    if fault is None:
        return error
    told = meaning(fault, now, needs=needs, status=error.http_status, headers=error.headers)
    if told.retry_at is not None and error.retry_at is not None:
        told.retry_at = error.retry_at
    return told


def meaning(
    fault: Fault,
    now: datetime,
    *,
    needs: str = "",
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> FetchError:
    """Return the error of the contract that a refusal stands for, with the state a person sees."""
    code, health, missing, retry_at = Code.API, None, "", None
    if fault.code in _TOKENS:
        code, health, missing = Code.AUTH, Health.TOKEN_EXPIRED, fault.name
    elif fault.code in _LIMITED or fault.code in _USE_CASES:
        code, health = Code.RATE_LIMITED, Health.RATE_LIMITED
        retry_at = now + (regain_in(headers or {}) or HOUR)
    elif fault.code == _HASHTAGS:
        code, health, retry_at = Code.RATE_LIMITED, Health.BUDGET_SPENT, now + _DAY
        missing = "30 hashtags"
    elif fault.code == _GONE:
        code, health = Code.GONE, Health.GONE
    elif fault.code == _BLOCKED:
        code, health = Code.AUTH, Health.TERMS_BLOCK
    elif fault.is_transient or fault.code in _TEMPORARY:
        code = Code.HTTP_STATUS
    elif _is_of_access(fault):
        code, health, missing = Code.AUTH, *_access(fault, needs)
    return FetchError(
        code,
        f"Graph error {fault.name}{_HINTS.get(fault.code, '')}",
        http_status=status,
        retry_at=retry_at,
        headers=headers,
        health=health,
        missing=missing,
        body=json.dumps({"error": {"code": fault.code, "error_subcode": fault.subcode}}).encode(),
    )


_HINTS = {
    _UNKNOWN_ALIAS: ": no such name; use the number",
    _BAD_PARAMETER: ": a parameter, or a right, is wrong",
    1: ": temporary",
    2: ": temporary",
}


def _is_of_access(fault: Fault) -> bool:
    if fault.code == _NOT_ALLOWED or fault.code in _PERMISSIONS:
        return True
    is_told = _SCOPE.search(fault.message) or _FEATURE.search(fault.message)
    return fault.code == _BAD_PARAMETER and is_told is not None


def _access(fault: Fault, needs: str) -> tuple[Health, str]:
    """Return whether a scope is missing or, with only a feature named, a review; and its name."""
    scopes = list(dict.fromkeys(_SCOPE.findall(fault.message)))
    features = list(dict.fromkeys(_FEATURE.findall(fault.message)))
    if "instagram_public_content_access" in fault.message:
        features = features or ["Instagram Public Content Access"]
    is_review = bool(features) and not scopes
    names = ", ".join([*scopes, *features]) or needs
    return Health.REVIEW_MISSING if is_review else Health.PERMISSION_MISSING, names


# --- usage ------------------------------------------------------------------------------------


def usage_of(headers: Mapping[str, str]) -> int:
    """Return how much of an allowance is used, in percent: the most that a header tells.

    >>> usage_of({"x-app-usage": '{"call_count": 12, "total_time": 76, "total_cputime": 3}'})
    76
    """
    rows = [_read(headers.get("x-app-usage", "")), *_use_cases(headers)]
    names = ("call_count", "total_time", "total_cputime")
    return max((count_of(row.get(name)) or 0 for row in rows for name in names), default=0)


def regain_in(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long until a spent allowance is there again, where a header tells (in minutes)."""
    name = "estimated_time_to_regain_access"
    minutes = max((count_of(row.get(name)) or 0 for row in _use_cases(headers)), default=0)
    return timedelta(minutes=min(minutes, _LONGEST_MIN)) if minutes else None


def _use_cases(headers: Mapping[str, str]) -> list[Mapping[str, Json]]:
    groups = _read(headers.get("x-business-use-case-usage", "")).values()
    rows = [row for group in groups if isinstance(group, list) for row in group]
    return [row for row in rows if isinstance(row, Mapping)]


def _read(header: str) -> Mapping[str, Json]:
    try:
        told = json.loads(header[:10_000])
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
