"""Answers of Tumblr, its API's and its blogs' feeds: what they hold, what to ask next. Pure.

https://github.com/tumblr/docs/blob/master/api.md, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Entry, Json, Response
from monitor.sources.feed_parsing import is_page, parse_feed
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of
from monitor.sources.one_by_one import gone
from monitor.sources.search_turns import Found
from monitor.sources.tumblr_posts import each_once, read_post, read_record

_LIMITED = 429


def read_blog(response: Response) -> Found:
    """Read a blog's feed. Raises ``Malformed``: ``not_a_feed`` for a page of login or refusal."""
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where a blog's feed was due")
    feed = parse_feed(response)
    entries = tuple(read_record(record, feed, response.url) for record in feed.entries)
    return Found(entries=entries, rows=len(entries), problem=feed.problem)


def read_tagged(answer: Json, *, before: Json = None) -> Found:
    """Read one answer of ``/v2/tagged``; ``before`` is the instant that was asked with.

    Raises Malformed(api), naming what is not there, and ``FetchError(rate_limited)``.
    """
    rows = rows_of(_response_of(answer), "response")
    entries, problem = read_each(rows, read_post, "response")
    return Found(
        entries=each_once(entries),
        rows=len(rows),
        following=_following(rows, before),
        problem=problem,
    )


def check_post(answer: Json) -> None:
    """Take an answer about one post for the post's being there. Raises Malformed(api).

    Raises ``FetchError``: ``gone`` when it holds none, ``rate_limited``.
    """
    if not rows_of(record_of(_response_of(answer), "response").get("posts"), "posts"):
        raise gone("no such post")


def _response_of(answer: Json) -> Json:
    """Return what stands in the API's wrapping. Raises ``FetchError(rate_limited)``."""
    whole = record_of(answer, "the answer")
    if part_at(whole, "meta").get("status") == _LIMITED:
        raise FetchError(Code.RATE_LIMITED, "Limit Exceeded", http_status=_LIMITED)
    return whole.get("response")


def _following(rows: Sequence[Json], before: Json) -> int | None:
    """Return the instant before which older posts are asked for.

    One second more than the oldest here, of which the answer may hold only some posts; of a
    featured tag, by the instant it was featured ("Tagged Method" of the documentation).
    """
    instants = [
        instant
        for row in rows
        if isinstance(row, Mapping)
        and isinstance(instant := row.get("featured_timestamp") or row.get("timestamp"), int)
    ]
    if not instants:
        return None
    oldest = min(instants) + 1
    return min(oldest, before - 1) if isinstance(before, int) else oldest


def blog_in(entry: Entry) -> str | None:
    """Return the blog to ask for a post; ``None`` for one that a reblog alone told of."""
    if not entry.external_id.isdecimal() or entry.published_at is None:
        return None
    # A feed tells the blog's title, as often as its name, as author.
    if entry.searched_for is not None:
        return entry.author
    host = urlsplit(entry.url or "").hostname
    return None if host == "www.tumblr.com" else host
