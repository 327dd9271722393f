"""Cases of the types facebook, instagram and threads, for the conformance suite."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.facebook import Facebook
from monitor.sources.instagram import Instagram
from monitor.sources.threads import Threads

_EMPTY = b'{"data": []}'
_NOBODY = b'{"data": [], "username": "fleursbougamont"}'

CASES: dict[str, Case] = {
    "Facebook": Case(
        kind=Facebook,
        options={"page": "104000000000001", "token": "secret"},
        full=(DATA / "facebook" / "feed.synthetic.json").read_bytes(),
        empty=_EMPTY,
        content_type="application/json",
    ),
    "Facebook, comments": Case(
        kind=Facebook,
        options={"page": "104000000000001", "token": "secret"},
        full=(DATA / "facebook" / "comments.synthetic.json").read_bytes(),
        empty=_EMPTY,
        content_type="application/json",
    ),
    "Instagram": Case(
        kind=Instagram,
        options={"account": "17841400000000001", "token": "secret", "hashtags": ["fleurs"]},
        full=(DATA / "instagram" / "tags.synthetic.json").read_bytes(),
        empty=_NOBODY,
        content_type="application/json",
    ),
    "Threads": Case(
        kind=Threads,
        options={"token": "secret"},
        full=(DATA / "threads" / "search.synthetic.json").read_bytes(),
        empty=_NOBODY,
        content_type="application/json",
    ),
}
