"""What an entry may hold at most, whoever made it: a type of ours or of another distribution.

Types bound what they read by themselves (``entry_parts``); what they forget is bounded here, so
that no answer fills the store, breaks a page or cannot be written as UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import replace
from math import isfinite

from monitor.model import Entry, Page
from monitor.sources.addresses import NEVER_IN_LINKS, web_url
from monitor.sources.entry_parts import MAX_ID, MAX_MEDIA, MAX_NAME, count_of, id_of
from monitor.text import MAX_TEXT, MAX_TITLE, clean, cut

_BAD_SIGNS = re.compile("[\x00\ud800-\udfff]")
_MAX_URL = 4_000
"""Characters; what a link unwraps to, or is joined to, is shorter than twice what is read."""


async def within_bounds(pages: AsyncIterable[Page]) -> AsyncIterator[Page]:
    """Yield pages as they come, their entries bounded."""
    async for page in pages:
        yield replace(
            page,
            entries=tuple(map(bounded, page.entries)),
            live=tuple(map(bounded, page.live)),
            removed=tuple(id_of(one) or one for one in page.removed),
        )


def bounded(entry: Entry) -> Entry:
    """Return an entry whose every part is within bounds: itself where all are."""
    changes: dict[str, object] = {
        "external_id": _id(entry.external_id),
        "url": _link(entry.url),
        "title": _text(entry.title, MAX_TITLE) or None,
        "text": _text(entry.text, MAX_TEXT),
        "author": _text(entry.author, MAX_NAME) or None,
        "author_url": _link(entry.author_url),
        "author_followers": count_of(entry.author_followers),
        "rating": _rating(entry.rating),
        "likes": count_of(entry.likes),
        "shares": count_of(entry.shares),
        "comments": count_of(entry.comments),
        "views": count_of(entry.views),
        "parent_url": _link(entry.parent_url),
        "media": tuple(filter(None, map(_link, entry.media[:MAX_MEDIA]))),
        "outlet": _text(entry.outlet, MAX_NAME) or None,
    }
    differing = {name: value for name, value in changes.items() if value != getattr(entry, name)}
    return replace(entry, **differing) if differing else entry  # type: ignore[arg-type] # by name


def _id(text: str) -> str:
    is_whole = len(text) <= MAX_ID and not _BAD_SIGNS.search(text)
    return text if is_whole else id_of(text) or text


def _link(url: str | None) -> str | None:
    if url is None or not (len(url) > _MAX_URL or NEVER_IN_LINKS.search(url)):
        return url
    return web_url(url)


def _text(text: str | None, limit: int) -> str:
    whole = text or ""
    return cut(clean(whole) if _BAD_SIGNS.search(whole) else whole, limit)


def _rating(rating: float | None) -> float | None:
    return rating if rating is not None and isfinite(rating) else None
