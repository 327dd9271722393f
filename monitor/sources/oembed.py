"""What platforms tell of one public address of theirs: title and author (https://oembed.com).

Endpoints: the registry iamcal/oembed (MIT), read 2026-11. None wants a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from pydantic import HttpUrl

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Entry
from monitor.sources.addresses import at_server, web_url
from monitor.sources.entry_parts import name_of, title_of
from monitor.sources.json_fields import record_of

_ITEMS: Mapping[str, str] = {
    "scribd.com": r"/(?:document|doc|presentation|book|audiobook|article|podcast)/\d+",
    "slideshare.net": r"/(?:slideshow/)?[^/]+/[^/]+",
    "pinterest.com": r"/pin/[^/]+",
    "pinterest.fr": r"/pin/[^/]+",
    "tiktok.com": r"/@[^/]+/(?:video|photo)/\d+",
    "x.com": r"/[^/]+/status/\d+",
    "twitter.com": r"/[^/]+/status/\d+",
    "vimeo.com": r"/(?:[^/]+/)*\d+",
    "dailymotion.com": r"/video/[^/]+",
    "youtube.com": r"/(?:watch|shorts/[^/]+|live/[^/]+)",
}
"""Of which addresses a platform tells: a profile, a channel or a list of results is none."""
_ENDPOINTS: Mapping[str, str] = {
    "scribd.com": "https://www.scribd.com/services/oembed/",
    "slideshare.net": "https://www.slideshare.net/api/oembed/2",
    "pinterest.com": "https://www.pinterest.com/oembed.json",
    "pinterest.fr": "https://www.pinterest.com/oembed.json",
    "tiktok.com": "https://www.tiktok.com/oembed",
    "x.com": "https://publish.x.com/oembed",
    "twitter.com": "https://publish.x.com/oembed",
    "vimeo.com": "https://vimeo.com/api/oembed.json",
    "dailymotion.com": "https://www.dailymotion.com/services/oembed",
    "youtube.com": "https://www.youtube.com/oembed",
}


def oembed_endpoint(url: str) -> str | None:
    """Return where its platform tells of an address; ``None`` where it does not.

    >>> oembed_endpoint("https://fr.scribd.com/document/1/Carte")
    'https://www.scribd.com/services/oembed/'
    >>> oembed_endpoint("https://notscribd.com/document/1") is None
    True
    >>> oembed_endpoint("https://www.youtube.com/@fleurs") is None
    True
    """
    parts = urlsplit(url)
    site = ".".join((parts.hostname or "").lower().split(".")[-2:])
    is_item = site in _ENDPOINTS and re.match(_ITEMS[site], parts.path) is not None
    return _ENDPOINTS[site] if is_item else None


async def enriched(session: Session, entry: Entry, base_url: HttpUrl | None) -> Entry:
    """Return an entry with the title and author that its platform tells.

    Raises ``FetchError(gone)`` when the platform says that there is no such address, and what the
    session raises.
    """
    endpoint = None if entry.url is None else oembed_endpoint(entry.url)
    if endpoint is None or entry.url is None:
        return entry
    try:
        answer, _ = await session.get_json(
            at_server(endpoint, base_url), params={"url": entry.url, "format": "json"}
        )
    except FetchError as error:
        if error.http_status == HTTPStatus.NOT_FOUND:
            raise FetchError(Code.GONE, "its platform knows it no more") from error
        raise
    told = record_of(answer, "the answer")
    title = title_of(told.get("title")) or entry.title
    # What the engine called it may hold the name, where the platform's title does not.
    before = [entry.title] if entry.title and entry.title != title else []
    return replace(
        entry,
        title=title,
        text="\n".join(filter(None, [*before, entry.text])),
        author=name_of(told.get("author_name")) or entry.author,
        author_url=web_url(told.get("author_url")) or entry.author_url,
    )
