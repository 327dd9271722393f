"""One request's way: whom we answer, does it know the secret, can it be read, is it stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from time import monotonic

import structlog

from monitor.callers import is_admitted
from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.errors import StoreError
from monitor.receiving.base import Busy, Hook, Push, Taken, Unreadable
from monitor.receiving.bodies import read_body
from monitor.receiving.forms import read_push
from monitor.receiving.intake import Intake
from monitor.receiving.proof import Asked, challenge, hooks_shown, is_signed, is_signed_well
from monitor.wording import Wording

log = structlog.get_logger(__name__)

MOST_BYTES = 1_000_000
"""Of one body."""
_A_MINUTE = 6_000
"""Requests of one hook: five times what a burst of 1,000 in ten seconds comes to."""
_AGAIN_S = 60
"""Seconds after which a sender may try again what could not be stored."""
_TOLD_EVERY = 100
"""Refusals of which one is logged: who guesses must not fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said back: an object becomes JSON."""

    status: HTTPStatus
    body: Mapping[str, object] | str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Door:
    """Answers requests; ``listening`` is our address, ``known_as`` the names of a proxy's."""

    hooks: Mapping[str, Hook]
    intake: Intake
    words: Wording
    listening: str
    known_as: frozenset[str] = frozenset()
    clock: Clock = wall_clock
    passing: Callable[[], float] = monotonic
    _used: dict[str, tuple[float, float]] = field(default_factory=dict)
    _refused: Counter[str] = field(default_factory=Counter)

    def at_first_sight(self, asked: Asked) -> Answer | None:
        """Answer what can be answered by a request's head; ``None``: its body is wanted."""
        if not is_admitted(self.listening, asked.headers.get("host"), self.known_as):
            return told(HTTPStatus.MISDIRECTED_REQUEST, "this is not the host that you asked for")
        if asked.hook is None:
            return told(HTTPStatus.NOT_FOUND, "there is /hooks/<id>")
        if asked.method == "GET" and {"hub.mode", "challengeCode"} & asked.query.keys():
            return self._challenged(asked)
        if asked.method != "POST":
            return told(HTTPStatus.METHOD_NOT_ALLOWED, "push with POST", Allow="POST")
        if too_long := _length_refused(asked.headers):
            return too_long
        return None if is_signed(asked) else self._refusal(asked)

    def _challenged(self, asked: Asked) -> Answer:
        said = challenge(asked, self.hooks)
        if said is None:
            return self._unknown(asked)
        log.info("challenge answered", source=asked.hook)
        return Answer(status=HTTPStatus.OK, body=said)

    def _refusal(self, asked: Asked) -> Answer | None:
        """Refuse who shows no token; ``None``: it is the right one."""
        shown = hooks_shown(asked, self.hooks)
        if asked.hook in shown:
            return None
        if shown and asked.hook not in self.hooks:  # who knows a secret may know what is wrong
            return told(HTTPStatus.NOT_FOUND, "there is no webhook of this name")
        return self._unknown(asked)

    def _unknown(self, asked: Asked) -> Answer:
        source = asked.hook if asked.hook in self.hooks else "unknown"
        self._refused[str(source)] += 1
        if self._refused[str(source)] % _TOLD_EVERY == 1:
            log.warning("push refused: wrong or no secret", source=source)
        return told(HTTPStatus.UNAUTHORIZED, "wrong or no secret")

    async def answer(self, asked: Asked, body: bytes) -> Answer:
        """Answer a request that ``at_first_sight`` let pass, with its body."""
        hook = self.hooks.get(asked.hook or "")
        if is_signed(asked) and not is_signed_well(hook, asked, body, self.clock()):
            refusal = self._refusal(asked)
            if refusal is not None:
                return refusal
        if hook is None:
            return self._unknown(asked)
        if wait := self._wait(hook.id):
            again = {"Retry-After": str(ceil(wait))}
            return told(HTTPStatus.TOO_MANY_REQUESTS, "too many requests", **again)
        try:
            return await self._take(hook, asked, body)
        except Unreadable as error:
            return told(HTTPStatus(error.status), error.reason)
        except (StoreError, Busy):
            # Which trouble it is, is not the sender's business; the log and /healthz tell.
            again = {"Retry-After": str(_AGAIN_S)}
            return told(HTTPStatus.SERVICE_UNAVAILABLE, "not stored, try again", **again)

    async def _take(self, hook: Hook, asked: Asked, body: bytes) -> Answer:
        if asked.headers.get("content-encoding", "identity").lower() != "identity":
            raise Unreadable(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send it unpacked")
        document = read_body(body, asked.headers.get("content-type"))
        push = read_push(hook.form, document, self.words)
        taken = await self.intake.take(hook, push)
        is_all_refused = push.rejected and len(push.rejected) == push.items
        if is_all_refused:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            # Meta takes only a 200 for taken: common knowledge of its webhooks, unconfirmed.
            status = HTTPStatus.OK if hook.form == "meta" else HTTPStatus.ACCEPTED
        return Answer(status=status, body=_said(push, taken))

    def _wait(self, hook_id: str) -> float:
        """Return how many seconds a sender has to wait; 0: it is one request within its measure."""
        at, rate = self.passing(), _A_MINUTE / 60
        left, since = self._used.get(hook_id, (float(_A_MINUTE), at))
        left = min(float(_A_MINUTE), left + (at - since) * rate)
        if left < 1:
            self._used[hook_id] = (left, at)
            return (1 - left) / rate
        self._used[hook_id] = (left - 1, at)
        return 0


def told(status: HTTPStatus, reason: str, **headers: str) -> Answer:
    """Return a refusal, with its reason."""
    return Answer(status=status, body={"error": reason}, headers=headers)


def _length_refused(headers: Mapping[str, str]) -> Answer | None:
    length = headers.get("content-length")
    if length is None and "transfer-encoding" not in headers:
        return told(HTTPStatus.LENGTH_REQUIRED, "say how long it is")
    if length is not None and length.isdecimal() and int(length[:20]) > MOST_BYTES:
        return too_large()
    return None


def too_large() -> Answer:
    """Return the refusal of a body over the measure."""
    return told(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send {MOST_BYTES} bytes at most")


def _said(push: Push, taken: Taken) -> Mapping[str, object]:
    """Tell a sender what became of a push; what is rare is told only when it happened."""
    rare = {
        "removed": len(push.removed),
        "skipped": push.skipped,
        "unmatched": taken.unmatched,
    }
    return {
        "accepted": taken.accepted,
        "duplicates": taken.duplicates,
        "rejected": [{"index": one.index, "reason": one.reason} for one in push.rejected],
    } | {name: count for name, count in rare.items() if count}
