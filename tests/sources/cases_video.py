"""The cases of the video platforms."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.registry import source_types

CASES: dict[str, Case] = {
    "youtube, a channel": Case(
        kind=source_types()["youtube"],
        options={"channels": ["UCtelevalenciennes"]},
        full=(DATA / "youtube" / "channel.xml").read_bytes(),
        empty=(DATA / "youtube" / "empty.xml").read_bytes(),
    ),
    "youtube, with a key": Case(
        kind=source_types()["youtube"],
        options={"key": "secret"},
        full=(DATA / "youtube" / "search.json").read_bytes(),
        empty=b'{"kind": "youtube#searchListResponse", "items": []}',
        content_type="application/json",
    ),
    "dailymotion": Case(
        kind=source_types()["dailymotion"],
        full=(DATA / "dailymotion" / "search.json").read_bytes(),
        empty=b'{"page": 1, "limit": 100, "total": 0, "has_more": false, "list": []}',
        content_type="application/json",
    ),
    "vimeo": Case(
        kind=source_types()["vimeo"],
        options={"token": "secret"},
        full=(DATA / "vimeo" / "search.json").read_bytes(),
        empty=b'{"total": 0, "paging": {"next": null}, "data": []}',
        content_type="application/json",
    ),
    "peertube": Case(
        kind=source_types()["peertube"],
        full=(DATA / "peertube" / "search.json").read_bytes(),
        empty=b'{"total": 0, "data": []}',
        content_type="application/json",
    ),
}
