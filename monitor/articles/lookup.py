"""Reading the articles behind search results whose extract does not name the business."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog

from monitor.articles.extract import article_text, passage_of
from monitor.errors import SourceError
from monitor.fetching.base import Session
from monitor.model import Entry, Kind
from monitor.text import MAX_TEXT, cut
from monitor.urls import site_of

log = structlog.get_logger(__name__)

MOST = 50
"""Articles read in one poll; those beyond are kept as the search told them."""
_OPAQUE = frozenset({"news.google.com"})
"""Sites whose links do not lead to the article without a browser."""

IsNamed = Callable[[Entry], bool]


async def look_up(
    entries: Iterable[Entry], session: Session, is_named: IsNamed
) -> tuple[Entry, ...]:
    """Return the entries, those found by a search with the sentence that names the business.

    ``is_named`` tells whether an entry names the business it was searched for. An article that
    cannot be read, or does not show the name, stays as it was.
    """
    completed, left = [], MOST
    for entry in entries:
        if left and is_worth_reading(entry) and not is_named(entry):
            left -= 1
            completed.append(await _complete(entry, session, is_named))
        else:
            completed.append(entry)
    return tuple(completed)


def is_worth_reading(entry: Entry) -> bool:
    """Tell whether an entry is an article that a search found, behind a link that leads to it."""
    is_article = entry.searched_for is not None and entry.kind is Kind.ARTICLE
    return is_article and entry.url is not None and site_of(entry.url) not in _OPAQUE


async def _complete(entry: Entry, session: Session, is_named: IsNamed) -> Entry:
    try:
        response = await session.get(entry.url or "", conditional=False)
    except SourceError as error:
        log.debug("article not read", error=str(error))
        return entry

    def is_meant(sentence: str) -> bool:
        return is_named(replace(entry, title=None, text=sentence))

    text = await asyncio.to_thread(article_text, response)
    passage = passage_of(text, is_meant)
    if passage is None:
        return entry
    return replace(entry, text=cut(f"{entry.text}\n{passage}".lstrip(), MAX_TEXT))
