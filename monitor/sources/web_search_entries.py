"""A web search's result as an entry: an excerpt of a page, of its site's kind. Pure."""

from __future__ import annotations

from monitor.model import Entry, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import id_of
from monitor.sources.search_backends import Hit
from monitor.urls import canonical_url, site_of

_KINDS = {
    "scribd.com": Kind.DOCUMENT,
    "slideshare.net": Kind.DOCUMENT,
    "tiktok.com": Kind.VIDEO,
    "video.ibm.com": Kind.VIDEO,
    "youtube.com": Kind.VIDEO,
    "vimeo.com": Kind.VIDEO,
    "dailymotion.com": Kind.VIDEO,
    "pinterest.com": Kind.IMAGE,
    "pinterest.fr": Kind.IMAGE,
    "linkedin.com": Kind.POST,
    "x.com": Kind.POST,
    "twitter.com": Kind.POST,
}


def entry_of(hit: Hit) -> Entry | None:
    """Return a result as an entry, known by its canonical address; ``None`` without one."""
    url = web_url(hit.url)
    external_id = id_of(canonical_url(url)) if url else None
    if url is None or external_id is None:
        return None
    return Entry(
        external_id=external_id,
        url=url,
        title=hit.title,
        text=hit.text,
        kind=Kind.ARTICLE if hit.is_news else _kind_of(url),
        outlet=site_of(url),
        published_at=hit.published_at,
    )


def _kind_of(url: str) -> Kind:
    site = f".{site_of(url)}"
    return next((kind for name, kind in _KINDS.items() if site.endswith(f".{name}")), Kind.PAGE)
