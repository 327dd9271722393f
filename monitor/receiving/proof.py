"""Does who pushes know the secret? Compared in constant time; which names exist is not told.

A token is looked for among the secrets of all hooks, whatever the name asked for, and a signature
is computed even for a name that there is not: the answers, and their times, are the same.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.receiving.base import Hook

FRESH = timedelta(minutes=5)
"""How far a signed instant may be from ours."""
_SIGNATURES = ("x-signature", "x-hub-signature-256", "x-li-signature")
_BY_TOKEN = {"mentions", "trustpilot"}
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOST_CHALLENGE = 200
_NOBODYS = secrets.token_hex(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request's head: header names in lower case, the first value of each; likewise the query."""

    method: str
    path: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @property
    def hook(self) -> str | None:
        """The name that it asks for; ``None``: it asks for another thing."""
        found = re.fullmatch(r"/hooks/([^/]+)/?", self.path)
        return found[1] if found else None


def is_signed(asked: Asked) -> bool:
    """Tell whether it bears a signature, so that its body has to be read first."""
    return any(name in asked.headers for name in _SIGNATURES)


def hooks_shown(asked: Asked, hooks: Mapping[str, Hook]) -> frozenset[str]:
    """Return the names of the hooks whose token a request shows."""
    shown = _digest(_token(asked))
    alike = [
        hook.id
        for hook in hooks.values()
        if hmac.compare_digest(shown, _digest(hook.secret)) and hook.form in _BY_TOKEN
    ]
    return frozenset(alike)


def _token(asked: Asked) -> str:
    """Return the token: of its header, of ``Authorization``, else of the address."""
    told = asked.headers.get("x-ecoute-token") or _authorization(asked.headers)
    return told or asked.query.get("token") or ""


def _authorization(headers: Mapping[str, str]) -> str | None:
    scheme, _, told = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return told.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(told.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return None


def is_signed_well(hook: Hook | None, asked: Asked, body: bytes, at: datetime) -> bool:
    """Tell whether a body is signed with the hook's secret; ``None``: there is no such hook."""
    form, secret = (hook.form, hook.secret) if hook else ("mentions", _NOBODYS)
    if form == "meta":
        return _agree(asked.headers.get("x-hub-signature-256"), "sha256=", _hmac(secret, body))
    if form == "linkedin":
        signed = _hmac(secret, b"hmacsha256=" + body)
        return _agree(asked.headers.get("x-li-signature"), "hmacsha256=", signed)
    stamp = asked.headers.get("x-timestamp", "")
    told = asked.headers.get("x-signature")
    with_stamp = _hmac(secret, stamp.encode() + b"." + body)
    agrees = [_agree(told, "sha256=", one) for one in (_hmac(secret, body), with_stamp)]
    return any(agrees) and _is_fresh(stamp, at) and hook is not None


def challenge(asked: Asked, hooks: Mapping[str, Hook]) -> str | Mapping[str, str] | None:
    """Return what a platform wants to hear before it pushes; ``None``: it may not.

    Meta gets back what it sent, if it knows the verify token. LinkedIn gets its code signed: only
    a UUID is, for whoever has any text signed here could sign pushes of their own.
    """
    hook = hooks.get(asked.hook or "")
    is_meta, is_linkedin = (hook is not None and hook.form == f for f in ("meta", "linkedin"))
    known = hook.verify_token if hook is not None and hook.verify_token else _NOBODYS
    told = asked.query.get("hub.verify_token", "")
    knows = hmac.compare_digest(_digest(told), _digest(known))
    text = asked.query.get("hub.challenge", "")
    if is_meta and knows and asked.query.get("hub.mode") == "subscribe":
        return text if text.isascii() and text.isprintable() and _is_short(text) else None
    code = asked.query.get("challengeCode", "")
    if is_linkedin and hook is not None and _UUID.fullmatch(code):
        return {"challengeCode": code, "challengeResponse": _hmac(hook.secret, code.encode())}
    return None


def _is_short(text: str) -> bool:
    return 0 < len(text) <= _MOST_CHALLENGE


def _is_fresh(stamp: str, at: datetime) -> bool:
    """Tell whether seconds (or thousandths) since 1970 are near enough to now."""
    if not re.fullmatch(r"[0-9]{1,13}(?:\.[0-9]{1,6})?", stamp):
        return False
    seconds = float(stamp)
    if seconds > 1e11:  # noqa: PLR2004 - seconds of the year 5138: thousandths
        seconds /= 1000
    return abs(seconds - at.timestamp()) <= FRESH.total_seconds()


def _agree(told: str | None, prefix: str, expected: str) -> bool:
    return hmac.compare_digest(
        _digest((told or "").removeprefix(prefix).lower()), _digest(expected)
    )


def _hmac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def _digest(text: str) -> bytes:
    """Digest, so that texts of any length and signs are compared in one time."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
