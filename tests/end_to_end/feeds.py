"""Small feeds for the end-to-end tests, made from titles."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

GOOD = ("bon", "Fleurs Bougamont, un accueil excellent", "Un bouquet superbe, merci beaucoup.")
BAD = ("mauvais", "Fleurs Bougamont : très déçu", "Service horrible et roses fanées, à éviter.")
OTHER = ("autre", "Handball : défaite à domicile", "Valenciennes s’incline.")


def rss(items: Iterable[tuple[str, str, str]], host: str = "echo.example") -> bytes:
    """Return an RSS feed of (id, title, text)."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{escape(title)}</title>"
        f"<link>https://{host}/{guid}</link><description>{escape(text)}</description>"
        "<pubDate>Sun, 22 Nov 2026 10:00:00 +0100</pubDate></item>"
        for guid, title, text in items
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>"
        f"<title>L’Écho</title><link>https://{host}/</link>{entries}</channel></rss>"
    ).encode()
