"""The links that answers hold, and the server that is asked in a platform's stead."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from pydantic import HttpUrl

from monitor.urls import unwrap_url

MAX_URL = 2_000
"""Characters of a link that is kept; longer ones are pictures in disguise or attacks."""

# Controls, spaces, marks that turn the direction of what is shown, halves of surrogate pairs.
NEVER_IN_LINKS = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def web_url(link: object, base: str = "") -> str | None:
    """Return a link as an absolute http(s) address, unwrapped; ``None`` for any other thing.

    >>> web_url("../b?x=1", "https://example.fr/a/feed.xml")
    'https://example.fr/b?x=1'
    >>> web_url("javascript:alert(1)") is None
    True
    """
    if not isinstance(link, str) or not link.strip() or len(link) > MAX_URL:
        return None
    try:
        absolute = urljoin(base, NEVER_IN_LINKS.sub("", link))
        parts = urlsplit(absolute)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return unwrap_url(absolute)


def without_fragment(url: str) -> str:
    """Return an address without what follows ``#``."""
    return url.partition("#")[0]


def server_root(default: str, base_url: HttpUrl | None) -> str:
    """Return the server to ask, without a slash at its end: ``base_url`` when it is set."""
    return str(base_url or default).rstrip("/")


def at_server(url: str, base_url: HttpUrl | None) -> str:
    """Return the same path and query on ``base_url``'s server, when it is set.

    >>> at_server("https://example.fr/rss.xml?a=1", HttpUrl("http://127.0.0.1:8080"))
    'http://127.0.0.1:8080/rss.xml?a=1'
    """
    if base_url is None:
        return url
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{server_root('', base_url)}{parts.path or '/'}{query}"
