"""The payloads of the searches of news, forums and encyclopedias, for the conformance suite."""

from __future__ import annotations

from typing import Any

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.base import Source
from monitor.sources.bing_news import BingNews
from monitor.sources.gdelt import Gdelt
from monitor.sources.hacker_news import HackerNews
from monitor.sources.podcasts import Podcasts
from monitor.sources.stack_exchange import StackExchange
from monitor.sources.wikipedia import Wikipedia


def _json_case(kind: type[Source[Any]], full: str, **options: object) -> Case:
    return Case(
        kind=kind,
        options=options,
        full=(DATA / kind.type / full).read_bytes(),
        empty=(DATA / kind.type / "empty.json").read_bytes(),
        content_type="application/json",
    )


CASES: dict[str, Case] = {
    "bing_news": Case(
        kind=BingNews,
        options={"depth": 3},
        full=(DATA / "bing_news" / "search.xml").read_bytes(),
        empty=(DATA / "bing_news" / "empty.xml").read_bytes(),
    ),
    "gdelt": _json_case(Gdelt, "artlist.json", language="fr", country="FR"),
    "hacker_news": _json_case(HackerNews, "search.json", max_pages=2),
    "podcasts": _json_case(Podcasts, "search.json"),
    "stack_exchange": _json_case(StackExchange, "excerpts.json", max_pages=2, key="secret"),
    "wikipedia": _json_case(Wikipedia, "search.json", max_pages=2),
}
