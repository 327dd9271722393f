"""The payloads of feeds, Google and Mastodon for the conformance suite."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.registry import source_types

CASES: dict[str, Case] = {
    "feed": Case(
        kind=source_types()["feed"],
        options={"url": "https://gazette.example/rss.xml?token=secret"},
        full=(DATA / "feed" / "press.xml").read_bytes(),
        empty=(DATA / "feed" / "empty.xml").read_bytes(),
    ),
    "feed, as JSON": Case(
        kind=source_types()["feed"],
        options={"url": "https://gazette.example/feed.json"},
        full=(DATA / "feed" / "press.json").read_bytes(),
        empty=b'{"version": "https://jsonfeed.org/version/1", "items": []}',
        content_type="application/feed+json",
    ),
    "google_alerts": Case(
        kind=source_types()["google_alerts"],
        options={"url": "https://www.google.com/alerts/feeds/17/42"},
        full=(DATA / "google_alerts" / "alert.xml").read_bytes(),
        empty=(DATA / "google_alerts" / "empty.xml").read_bytes(),
    ),
    "google_news": Case(
        kind=source_types()["google_news"],
        full=(DATA / "google_news" / "search.xml").read_bytes(),
        empty=(DATA / "google_news" / "empty.xml").read_bytes(),
    ),
    "mastodon": Case(
        kind=source_types()["mastodon"],
        options={"instance": "https://piaille.example", "max_pages": 2},
        full=(DATA / "mastodon" / "timeline.json").read_bytes(),
        empty=(DATA / "mastodon" / "empty.json").read_bytes(),
        content_type="application/json",
    ),
}
