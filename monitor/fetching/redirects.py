"""What a redirect leads to, and what of it is remembered. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import httpx

from monitor.errors import Code, FetchError
from monitor.model import Moved

MAX_HOPS = 5
PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}

TRUSTED_AFTER = 2
"""A permanent redirect is believed once two polls in a row saw it (promise 5)."""

_SCHEMES = frozenset({"http", "https"})
_SAME_QUERY = "{query}"  # httpx writes braces as %7B: no address holds this by itself
_DIGEST_CHARS = 16


def read_address(text: str) -> httpx.URL:
    """Read an address to ask; raises ``blocked`` for what is none or not http(s)."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(Code.BLOCKED, "not an address") from error
    if url.scheme not in _SCHEMES or not url.host:
        raise FetchError(Code.BLOCKED, "not an http or https address")
    return url.copy_with(fragment=None)


def next_hop(url: httpx.URL, location: str | None, visited: AbstractSet[httpx.URL]) -> httpx.URL:
    """Return where a redirect from ``url`` leads; raises ``redirect`` or ``blocked``."""
    if not location:
        raise FetchError(Code.REDIRECT, "a redirect to nowhere")
    try:
        target = url.join(location).copy_with(fragment=None, username=None, password=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(Code.REDIRECT, "a redirect to what is no address") from error
    if target.scheme not in _SCHEMES:
        raise FetchError(Code.BLOCKED, "a redirect to another scheme than http and https")
    if not target.host:
        raise FetchError(Code.REDIRECT, "a redirect to nowhere")
    if url.scheme == "https" and target.scheme == "http":
        raise FetchError(Code.REDIRECT, "a redirect from https down to http")
    if target in visited:
        raise FetchError(Code.REDIRECT, "redirects in a circle")
    return target


def origin(url: httpx.URL) -> tuple[str, str, int]:
    """Return scheme, host and port: what a header of a source is meant for (RFC 9110 §4.3.1)."""
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def host_and_port(url: httpx.URL) -> str:
    """Return ``host:port``, by which requests are paced."""
    _, host, port = origin(url)
    return f"{host}:{port}"


def address_key(url: httpx.URL) -> str:
    """Return what an address is remembered under.

    Queries hold tokens on some networks, and memory is stored: a query stands as its digest.
    """
    bare = str(url.copy_with(query=None))
    if not url.query:
        return bare
    return f"{bare}#{hashlib.sha256(url.query).hexdigest()[:_DIGEST_CHARS]}"


def follow_moves(asked: httpx.URL, moved: Mapping[str, Moved]) -> list[httpx.URL]:
    """Return the address and those it has moved to, by what is believed; ask the last."""
    route = [asked]
    while (move := moved.get(address_key(route[-1]))) and move.seen >= TRUSTED_AFTER:
        target = httpx.URL(move.target.replace(_SAME_QUERY, route[-1].query.decode("ascii")))
        if target in route:
            break
        route.append(target)
    return route


def learn_move(
    moved: Mapping[str, Moved],
    before: Mapping[str, Moved],
    route: Sequence[httpx.URL],
    target: httpx.URL | None,
) -> dict[str, Moved]:
    """Return what is to be remembered once the last address of ``route`` was asked with success.

    ``target`` is where it moved for good, ``None``: it did not. ``before`` is the memory from
    before this poll, so that asking twice in one poll counts once.
    """
    learnt = dict(moved)
    if target is not None and target in route:
        # It moved back: what led away from there is forgotten.
        for url in route[route.index(target) :]:
            learnt.pop(address_key(url), None)
        return learnt
    key = address_key(route[-1])
    written = None if target is None else _written_target(route[-1], target)
    learnt.pop(key, None)
    if written is not None:
        earlier = before.get(key)
        seen = earlier.seen if earlier and earlier.target == written else 0
        learnt[key] = Moved(target=written, seen=seen + 1)
    return learnt


def _written_target(asked: httpx.URL, target: httpx.URL) -> str | None:
    """Return a target without the query it took over; ``None`` if it took over parts of one."""
    if asked.query and asked.query in target.query:
        bare, query = target.copy_with(query=None), target.query.decode("ascii")
        return f"{bare}?{query.replace(asked.query.decode('ascii'), _SAME_QUERY)}"
    # A value that reappears may be a token: such a move is followed each time, never stored.
    took_over = set(asked.params.values()) & set(target.params.values())
    return None if took_over else str(target)
