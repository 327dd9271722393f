"""Addresses: canonical form, unwrapped redirects, hosts, and what of one may be shown."""

from __future__ import annotations


def unwrap_url(url: str) -> str:
    """Return the target of a redirect link that carries it in its query, else the link itself."""
    raise NotImplementedError


def canonical_url(url: str) -> str:
    """Return the one form of an address, whatever tracking or spelling it came with."""
    raise NotImplementedError


def site_of(url: str) -> str | None:
    """Return the host without ``www.``/``m.``/``amp.``, lower case; ``None`` if there is none."""
    raise NotImplementedError


def shown_url(url: str) -> str:
    """Return an address fit for logs and errors: no user, password, query or fragment."""
    raise NotImplementedError
