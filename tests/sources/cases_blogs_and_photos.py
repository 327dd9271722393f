"""Cases of the types tumblr, flickr, wordpress and page, for the conformance suite."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.flickr import Flickr
from monitor.sources.page import WatchedPage
from monitor.sources.tumblr import Tumblr
from monitor.sources.wordpress import Wordpress

CASES: dict[str, Case] = {
    "tumblr, a blog": Case(
        kind=Tumblr,
        options={"blogs": ["bouquets"]},
        full=(DATA / "tumblr" / "rss.xml").read_bytes(),
        empty=b'<rss version="2.0"><channel><title>Bouquets</title></channel></rss>',
    ),
    "tumblr, tags": Case(
        kind=Tumblr,
        options={"key": "secret", "max_pages": 2},
        full=(DATA / "tumblr" / "tagged.json").read_bytes(),
        empty=b'{"meta": {"status": 200, "msg": "OK"}, "response": []}',
        content_type="application/json",
    ),
    "flickr, the feed": Case(
        kind=Flickr,
        full=(DATA / "flickr" / "feed.json").read_bytes(),
        empty=b'{"title": "Recent Uploads", "items": []}',
        content_type="application/json",
    ),
    "flickr, a search": Case(
        kind=Flickr,
        options={"key": "secret", "comments": True},
        full=(DATA / "flickr" / "search.json").read_bytes(),
        empty=b'{"photos": {"page": 1, "pages": 0, "total": "0", "photo": []}, "stat": "ok"}',
        content_type="application/json",
    ),
    "wordpress": Case(
        kind=Wordpress,
        options={"url": "https://odile.example", "read": ["posts", "search"], "max_pages": 2},
        full=(DATA / "wordpress" / "posts.xml").read_bytes(),
        empty=(DATA / "wordpress" / "empty.xml").read_bytes(),
    ),
    "wordpress, comments": Case(
        kind=Wordpress,
        options={"url": "https://odile.example", "read": ["comments"], "max_pages": 2},
        full=(DATA / "wordpress" / "comments.xml").read_bytes(),
        empty=(DATA / "wordpress" / "empty.xml").read_bytes(),
    ),
    "wordpress, by REST": Case(
        kind=Wordpress,
        options={"url": "https://odile.example", "read": ["posts"], "rest": True},
        full=(DATA / "wordpress" / "posts.json").read_bytes(),
        empty=b"[]",
        content_type="application/json",
    ),
    "page": Case(
        kind=WatchedPage,
        options={"url": "https://quartier.example/commerces?token=secret"},
        full=(DATA / "page" / "page.html").read_bytes(),
        empty=(DATA / "page" / "other.html").read_bytes(),
        content_type="text/html",
        reads_pages=True,
    ),
}
