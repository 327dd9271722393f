"""Cases of the social networks and forums: Bluesky, Lemmy, Reddit, Discourse, Telegram.

The payloads of types that log in hold a login's answer too: the suite answers all with one.
"""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.registry import source_types

_TYPES = source_types()

CASES: dict[str, Case] = {
    "bluesky": Case(
        kind=_TYPES["bluesky"],
        options={"identifier": "simon.example", "app_password": "secret"},
        full=(DATA / "bluesky" / "search.json").read_bytes(),
        empty=b'{"accessJwt": "secret", "refreshJwt": "secret", "posts": [], "profiles": []}',
        content_type="application/json",
    ),
    "lemmy, version 3": Case(
        kind=_TYPES["lemmy"],
        options={"instance": "https://jlai.example"},
        full=(DATA / "lemmy" / "search_v3.json").read_bytes(),
        empty=b'{"version": "0.19.12", "posts": [], "comments": []}',
        content_type="application/json",
    ),
    "lemmy, version 4": Case(
        kind=_TYPES["lemmy"],
        options={"instance": "https://jlai.example"},
        full=(DATA / "lemmy" / "search_v4.json").read_bytes(),
        empty=b'{"version": "1.0.0", "search": []}',
        content_type="application/json",
    ),
    "reddit": Case(
        kind=_TYPES["reddit"],
        options={"user": "simon", "feed": "secret"},
        full=(DATA / "reddit" / "search.xml").read_bytes(),
        empty=(DATA / "reddit" / "empty.xml").read_bytes(),
    ),
    "reddit, by its API": Case(
        kind=_TYPES["reddit"],
        options={"client_id": "app", "client_secret": "secret"},
        full=(DATA / "reddit" / "listing.json").read_bytes(),
        empty=b'{"access_token": "secret", "expires_in": 60, "data": {"children": []}}',
        content_type="application/json",
    ),
    "discourse": Case(
        kind=_TYPES["discourse"],
        options={"url": "https://forum.example", "api_key": "secret"},
        full=(DATA / "discourse" / "search.json").read_bytes(),
        empty=b'{"posts": [], "topics": [], "grouped_search_result": {}}',
        content_type="application/json",
    ),
    "discourse, all posts": Case(
        kind=_TYPES["discourse"],
        options={"url": "https://forum.example", "read": "latest"},
        full=(DATA / "discourse" / "latest.json").read_bytes(),
        empty=b'{"latest_posts": []}',
        content_type="application/json",
    ),
    "telegram": Case(
        kind=_TYPES["telegram"],
        options={"channels": ["ma_ville"]},
        full=(DATA / "telegram" / "preview.html").read_bytes(),
        empty=(DATA / "telegram" / "empty.html").read_bytes(),
        content_type="text/html; charset=utf-8",
    ),
}
