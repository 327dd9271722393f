"""Cases of the types x, linkedin and pinterest, for the conformance suite."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.linkedin import Linkedin
from monitor.sources.pinterest import Pinterest
from monitor.sources.x import X

CASES: dict[str, Case] = {
    "x": Case(
        kind=X,
        options={"token": "secret"},
        full=(DATA / "x" / "search.synthetic.json").read_bytes(),
        empty=b'{"meta": {"result_count": 0, "total_tweet_count": 0}}',
        content_type="application/json",
    ),
    "linkedin": Case(
        kind=Linkedin,
        options={"organization": "4242", "token": "secret", "comments": False},
        full=(DATA / "linkedin" / "notifications.synthetic.json").read_bytes(),
        empty=b'{"elements": [], "paging": {"start": 0, "count": 50, "links": []}}',
        content_type="application/json",
    ),
    "pinterest, feeds": Case(
        kind=Pinterest,
        options={"boards": ["mariages-du-nord/bouquets"]},
        full=(DATA / "pinterest" / "feed.synthetic.xml").read_bytes(),
        empty=b'<rss version="2.0"><channel><title>Rien</title></channel></rss>',
    ),
}
