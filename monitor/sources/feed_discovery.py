"""The feeds that a page announces (https://www.rssboard.org/rss-autodiscovery), or links to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import etree

from monitor.markup import in_eight_bits, with_few_attributes
from monitor.model import Response
from monitor.sources.addresses import web_url
from monitor.urls import site_of

_MAX_HTML = 1_000_000
"""Bytes of a page that are looked at: the links stand in its head."""
# WordPress announces its pages' API as plain JSON, so that type comes last.
_TYPES = {
    "application/rss+xml": 0,
    "application/atom+xml": 0,
    "application/feed+json": 0,
    "application/rdf+xml": 0,
    "application/json": 2,
}
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
# In addresses that people are given under "RSS": /feed/, /rss.xml, /spip.php?page=backend.
_FEED_LINK = re.compile(
    r"(?:\b|_)(?:rss2?|atom|feeds?|flux|backend)(?:\b|_)|\.rdf$|/index\.xml$", re.IGNORECASE
)


def discover_feed(page: Response) -> str | None:
    """Return the address of the site's main feed; ``None`` when the page announces none."""
    return next(iter(discover_feeds(page)), None)


def discover_feeds(page: Response) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page announces, the main one first.

    Feeds of comments come after those of what is commented on.
    """
    root = _root_of(page)
    if root is None:
        return ()
    base = _base_of(root, page.url)
    ranked = [
        (rank, index, url)
        for index, link in enumerate(root.iter("link"))
        if (rank := _rank(link)) is not None and (url := web_url(link.get("href"), base))
    ]
    return tuple(dict.fromkeys(url for _, _, url in sorted(ranked)))


def linked_feeds(page: Response) -> tuple[str, ...]:
    """Return the addresses on the same site that a page's links have and that look like feeds.

    They may be no feeds; comments come last.
    """
    root = _root_of(page)
    if root is None:
        return ()
    base = _base_of(root, page.url)
    urls = (web_url(link.get("href"), base) for link in root.iter("a"))
    own = [url for url in urls if url and site_of(url) == site_of(page.url)]
    found = [url for url in own if _FEED_LINK.search(urlsplit(url)._replace(netloc="").geturl())]
    return tuple(dict.fromkeys(sorted(found, key=lambda url: bool(_COMMENTS.search(url)))))


def _root_of(page: Response) -> etree._Element | None:
    parser = etree.HTMLParser(no_network=True)
    try:
        html = with_few_attributes(in_eight_bits(page.body[:_MAX_HTML]))
        return etree.fromstring(html, parser)
    except etree.LxmlError:
        return None


def _rank(link: etree._Element) -> int | None:
    """Return how far down a link is among its like; ``None`` when it announces no feed."""
    mime_type = (link.get("type") or "").partition(";")[0].strip().lower()
    rank = _TYPES.get(mime_type)
    if rank is None or "alternate" not in (link.get("rel") or "").lower().split():
        return None
    about = f"{link.get('href') or ''} {link.get('title') or ''}"
    return rank + 1 if _COMMENTS.search(about) else rank


def _base_of(root: etree._Element, url: str) -> str:
    base = root.find(".//base[@href]")
    return url if base is None else (web_url(base.get("href"), url) or url)
