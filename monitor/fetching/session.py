"""One poll's requests: moves and validators remembered, redirects followed by hand."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from json import dumps
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlencode

import httpx

from monitor.clock import Clock
from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.exchange import Answer, Deadline, Exchange
from monitor.fetching.files import read_local_file
from monitor.fetching.imap import Mailboxes, PolledFolder
from monitor.fetching.imap_account import ImapAccount
from monitor.fetching.json_answers import read_json
from monitor.fetching.ledger import Ledger, Purse
from monitor.fetching.redirects import (
    MAX_HOPS,
    PERMANENT,
    REDIRECTS,
    address_key,
    follow_moves,
    learn_move,
    next_hop,
    origin,
    read_address,
)
from monitor.fetching.validators import conditions, read_validators
from monitor.model import FetchMemory, Health, Json, Moved, Response, Spent, Validators
from monitor.urls import shown_url

# One source asks a few addresses; those whose query changes at each poll (since_id=…) would fill
# the store. The latest are kept.
_MOST_REMEMBERED = 100

# A remembered target that ends so may have been given up: the address as written is asked again.
_LOST = frozenset({Code.DNS, Code.CONNECT, Code.TLS, Code.BLOCKED, Code.REDIRECT, Code.GONE})

_Kept = TypeVar("_Kept", Validators, Moved)


class PollSession:
    """The requests of one poll of one source; see ``Session`` in ``base.py``."""

    def __init__(
        self,
        exchange: Exchange,
        memory: FetchMemory,
        *,
        timeout: timedelta,
        max_bytes: int,
        clock: Clock,
        elsewhere: Mapping[str, int],
        ledger: Ledger,
        purse: Purse,
        mailboxes: Mailboxes,
    ) -> None:
        self._exchange = exchange
        self._mailboxes = mailboxes
        self._before = memory
        self._validators = dict(memory.validators)
        self._moved = dict(memory.moved)
        self._spent = dict(memory.spent)
        self._elsewhere = elsewhere
        self._ledger, self._purse = ledger, purse
        self._clock = clock
        self._timeout_s = timeout.total_seconds()
        self._max_bytes = max_bytes
        self._notices: list[str] = []
        self._answers = 0
        self._unchanged_answers = 0

    @property
    def memory(self) -> FetchMemory:
        """What this poll learnt, with what it did not touch."""
        return FetchMemory(
            validators=_latest(self._validators), moved=_latest(self._moved), spent=self._spent
        )

    @property
    def requests(self) -> int:
        """How many answers were read."""
        return self._answers

    @property
    def unchanged(self) -> bool:
        """Whether every answer was "not modified", and there was at least one."""
        return 0 < self._answers == self._unchanged_answers

    @property
    def notice(self) -> str | None:
        """The permanent moves that are believed: ``old -> new``, without secrets."""
        return ", ".join(dict.fromkeys(self._notices)) or None

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        conditional: bool = True,
    ) -> Response:
        """Get an address, or the one it moved to. Raises ``FetchError``."""
        asked, own = _read_question(url, params, headers)
        deadline = Deadline(self._timeout_s)
        route = follow_moves(asked, self._moved)
        try:
            return await self._follow(route, own, deadline, conditional=conditional)
        except FetchError as error:
            if len(route) == 1 or not _is_lost(error):
                raise
            lost = error
        try:
            return await self._follow([asked], own, deadline, conditional=conditional)
        except FetchError:
            # What is said of the place it moved to counts: the old one is often only a shell.
            raise lost from None

    async def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Json, Response]:
        """Get and read a JSON answer. Raises ``FetchError``, and ``Malformed(api)`` if none."""
        response = await self.get(url, params=params, headers=headers, conditional=False)
        return _json_of(response), response

    async def post_json(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Json, Response]:
        """Post and read a JSON answer; a redirect is an error. Raises as ``get_json`` does."""
        asked, own = _read_question(url, None, headers)
        content = dumps(json) if form is None else urlencode(form)
        kind = "application/json" if form is None else "application/x-www-form-urlencoded"
        deadline = Deadline(self._timeout_s)
        answer = await self._exchange.ask(
            asked, {**own, "content-type": kind}, deadline, content.encode()
        )
        if answer.status in REDIRECTS:
            raise FetchError(Code.REDIRECT, "a post is not sent elsewhere")
        response = self._count(_response(asked, answer))
        return _json_of(response), response

    @property
    def now(self) -> datetime:
        """The instant, UTC."""
        return self._clock()

    def spend(
        self, allowance: str, units: int, *, limit: int, renews_at: datetime, key: str = ""
    ) -> None:
        """Count units of an allowance. Raises ``FetchError(rate_limited)`` past its limit."""
        whose = f" ({sha256(key.encode()).hexdigest()[:8]})" if key else ""
        name = f"{allowance}{whose}"
        before = self._spent.get(name)
        own = before.units if before is not None and before.renews_at > self._clock() else 0
        others = self._elsewhere.get(name, 0) + self._ledger.others(self._purse, name)
        used = own + others
        if used + units > limit:
            detail = f"{allowance}: {used} of {limit} units spent"
            raise FetchError(
                Code.RATE_LIMITED,
                detail,
                retry_at=renews_at,
                health=Health.BUDGET_SPENT,
                missing=f"{used}/{limit} {allowance}",
            )
        self._spent[name] = Spent(units=own + units, renews_at=renews_at)
        self._purse.spent[name] += units

    def mailbox(
        self, account: ImapAccount, folder: str, *, read_only: bool = True
    ) -> AbstractAsyncContextManager[PolledFolder]:
        """Open a mail folder; see ``Mailboxes``."""
        return self._mailboxes.open(account, folder, read_only=read_only)

    def read_file(self, path: Path) -> Response:
        """Read a local file; see ``read_local_file``."""
        key = path.absolute().as_uri()
        response = read_local_file(path, self._before.validators.get(key), self._max_bytes)
        return self._learn_answer(key, response)

    async def _follow(
        self,
        route: list[httpx.URL],
        own: Mapping[str, str],
        deadline: Deadline,
        *,
        conditional: bool,
    ) -> Response:
        """Ask the end of a route and go where it redirects; learn when it ends well."""
        url, moved_to = route[-1], None
        visited: set[httpx.URL] = set()
        is_home, is_permanent = True, True
        for _ in range(MAX_HOPS + 1):
            # Once away, the source's headers stay away, wherever the redirects lead.
            is_home = is_home and origin(url) == origin(route[0])
            visited.add(url)
            known = self._before.validators.get(address_key(url)) if conditional else None
            sent = {**(own if is_home else {}), **conditions(known)}
            answer = await self._exchange.ask(url, sent, deadline)
            if answer.status not in REDIRECTS:
                response = _response(url, answer)
                if not conditional:
                    return self._count(response)
                self._learn_move(route, moved_to)
                return self._learn_answer(address_key(url), response)
            url = next_hop(url, answer.headers.get("location"), visited)
            is_permanent = is_permanent and answer.status in PERMANENT
            moved_to = url if is_permanent else moved_to
        raise FetchError(Code.REDIRECT, f"more than {MAX_HOPS} redirects")

    def _learn_move(self, route: list[httpx.URL], target: httpx.URL | None) -> None:
        self._moved = learn_move(self._moved, self._before.moved, route, target)
        now_at = follow_moves(route[0], self._moved)[-1]
        if now_at != route[0]:
            self._notices.append(f"{shown_url(str(route[0]))} -> {shown_url(str(now_at))}")

    def _learn_answer(self, key: str, response: Response) -> Response:
        """Count an answer and keep its validators, under the address that gave them.

        Not under the one asked first: its redirect may lead elsewhere tomorrow, to a server that
        would say "not modified" of what we never read.
        """
        if not response.not_modified:
            self._validators.pop(key, None)
            if (found := read_validators(response.headers)) is not None:
                self._validators[key] = found
        return self._count(response)

    def _count(self, response: Response) -> Response:
        self._answers += 1
        self._unchanged_answers += response.not_modified
        return response


def _read_question(
    url: str, params: Mapping[str, str | int] | None, headers: Mapping[str, str] | None
) -> tuple[httpx.URL, dict[str, str]]:
    """Return the address to ask, without user and password, and the source's own headers."""
    asked = read_address(url)
    if params:
        asked = asked.copy_merge_params(dict(params))
    own = {name.lower(): value for name, value in (headers or {}).items()}
    if asked.userinfo:
        user = unquote(asked.userinfo.decode("ascii")).encode()
        own.setdefault("authorization", f"Basic {base64.b64encode(user).decode('ascii')}")
        asked = asked.copy_with(username=None, password=None)
    return asked, own


def _response(url: httpx.URL, answer: Answer) -> Response:
    return Response(
        url=str(url),
        status=answer.status,
        headers=dict(answer.headers),
        body=answer.body,
        not_modified=answer.status == HTTPStatus.NOT_MODIFIED,
    )


def _is_lost(error: FetchError) -> bool:
    return error.code in _LOST or error.http_status == HTTPStatus.NOT_FOUND


def _latest(kept: Mapping[str, _Kept]) -> dict[str, _Kept]:
    return dict(list(kept.items())[-_MOST_REMEMBERED:])


def _json_of(response: Response) -> Json:
    try:
        answer = read_json(response.body)
    except ValueError as error:
        raise Malformed(Code.API, "not JSON", http_status=response.status) from error
    return answer
