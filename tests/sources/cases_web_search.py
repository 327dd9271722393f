"""Cases of the type web_search, for the conformance suite."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.web_search import WebSearch

FOLDER = DATA / "web_search"

CASES: dict[str, Case] = {
    "web search, Brave": Case(
        kind=WebSearch,
        options={"backend": "brave", "key": "secret", "max_pages": 2},
        full=(FOLDER / "brave.synthetic.json").read_bytes(),
        empty=b'{"type": "search", "query": {"more_results_available": false}}',
        content_type="application/json",
    ),
    "web search, SearXNG": Case(
        kind=WebSearch,
        options={"backend": "searxng", "instance": "https://searx.example.fr"},
        full=(FOLDER / "searxng.synthetic.json").read_bytes(),
        empty=b'{"query": "x", "results": [], "unresponsive_engines": []}',
        content_type="application/json",
    ),
}
