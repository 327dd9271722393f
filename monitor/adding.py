"""Adding sources: a site's feeds, or the press of a département, into ``sources.yaml``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from monitor.app import App, load_app
from monitor.config.editing import Addition, add_sources, name_id
from monitor.errors import SourceError
from monitor.fetching.client import Client
from monitor.model import FetchMemory
from monitor.packs import Departement, press_feeds
from monitor.sources.feed import read_feed
from monitor.sources.feed_discovery import discover_feeds, linked_feeds
from monitor.sources.feed_parsing import is_page
from monitor.urls import canonical_url

MOST_TRIED = 5
"""Links of a page that announces no feed that are tried, whether they lead to one."""


async def find_feeds(client: Client, url: str) -> tuple[str, ...]:
    """Return the address itself when it is a feed, else those that its page announces or links to.

    Raises SourceError when it cannot be read or is neither.
    """
    session = client.session(FetchMemory())
    response = await session.get(url, conditional=False)
    if is_page(response):
        if found := discover_feeds(response):
            return found
        for link in linked_feeds(response)[:MOST_TRIED]:
            with suppress(SourceError):
                read_feed(await session.get(link, conditional=False))
                return (link,)
    read_feed(response)
    return (url,)


def feed_additions(app: App, urls: Iterable[str]) -> list[Addition]:
    """Return the sources to add for feeds, each once, those already watched left out."""
    known = _watched_urls(app)
    additions = []
    for url in urls:
        if (key := canonical_url(url)) not in known:
            known.add(key)
            additions.append(Addition(options={"type": "feed", "url": url}))
    return additions


def press_additions(app: App, departement: Departement) -> list[Addition]:
    """Return the press of a département, what is already watched left out."""
    known, taken = _watched_urls(app), set(app.watched)
    additions = []
    for feed in press_feeds(departement):
        if canonical_url(feed.url) not in known:
            source_id = name_id(feed.name, taken)
            taken.add(source_id)
            options = {"type": "feed", "id": source_id, "url": feed.url}
            additions.append(Addition(options=options, remark=feed.name))
    return additions


def write_sources(file: Path, additions: Sequence[Addition], env: Mapping[str, str]) -> None:
    """Put sources into the file, whole or not at all.

    Raises ConfigError when they cannot be added, or the file would not be valid with them.
    """
    text = add_sources(file.read_text(encoding="utf-8"), additions, file.name)
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", suffix=".yaml", dir=file.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
            os.fchmod(out.fileno(), file.stat().st_mode & 0o7777)
            out.flush()
            os.fsync(out.fileno())
        load_app(part, env)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _watched_urls(app: App) -> set[str]:
    """Return what is watched, in the form to compare by: a slash more or less is no other feed."""
    return {canonical_url(str(getattr(source.options, "url", ""))) for source in app.config.sources}
