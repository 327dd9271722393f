"""Where a mention was said, and where else the same story was told, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Kind, Mention
from monitor.reporting.cleaning import one_line, safe_link, shorten
from monitor.reporting.phrases import Phrases

_OUTLETS_NAMED = 3
_SEARCHES = frozenset({"google_news", "google_alerts"})
"""Platforms that lead to other people's pages: where it was said is the outlet, not they."""


def place_of(mention: Mention, phrases: Phrases) -> str:
    """Say where it was said: the outlet, else the site, with the network's name."""
    platform = platform_name(mention.platform, phrases)
    author = one_line(mention.author or "")
    if mention.outlet and mention.platform in _SEARCHES:
        return phrases.words("digest.via", outlet=one_line(mention.outlet), platform=platform)
    if mention.outlet:
        return one_line(mention.outlet)
    link = safe_link(mention.url or mention.canonical_url)
    if mention.platform == "feed" and link:
        platform = link.host.removeprefix("www.")
    if author and mention.kind is not Kind.ARTICLE:
        return phrases.words("digest.author_on", author=shorten(author, 60), platform=platform)
    return platform


def channel_of(mention: Mention, phrases: Phrases) -> str:
    """Name the network, or the site of a feed: what "where it was said" is counted by."""
    link = safe_link(mention.url or mention.canonical_url)
    if mention.platform == "feed" and link:
        return link.host.removeprefix("www.")
    return platform_name(mention.platform, phrases)


def platform_name(platform: str, phrases: Phrases) -> str:
    """Name a platform as people do; one we have no name for is its type, readable."""
    try:
        return phrases.words(f"digest.platform_{platform}")
    except KeyError:  # a source type of another distribution
        return one_line(platform.replace("_", " ")).capitalize()


def others_of(story: Sequence[Mention], phrases: Phrases) -> str | None:
    """Name the other outlets that told the same, each once."""
    own = _outlet_key(story[0], phrases)
    names = {own: ""}
    for mention in story:
        names.setdefault(_outlet_key(mention, phrases), _outlet(mention, phrases))
        for place in mention.places:
            link = safe_link(place.url)
            # A search's own link says nothing of the outlet behind it, which the mention has told.
            if link and not link.host.endswith("google.com"):
                site = link.host.removeprefix("www.")
                names.setdefault(site, site)
    others = [name for key, name in names.items() if key != own]
    if not others:
        return None
    shown = others[:_OUTLETS_NAMED]
    if len(others) > len(shown):
        shown.append(phrases.counted("others_more", len(others) - len(shown)))
    return phrases.counted("retold", len(others), places=phrases.listed(shown))


def _outlet(mention: Mention, phrases: Phrases) -> str:
    return one_line(mention.outlet or "") or channel_of(mention, phrases)


def _outlet_key(mention: Mention, phrases: Phrases) -> str:
    link = safe_link(mention.canonical_url or mention.url)
    if link and not link.host.endswith("google.com"):
        return link.host.removeprefix("www.")
    return _outlet(mention, phrases)
