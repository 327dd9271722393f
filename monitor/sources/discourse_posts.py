"""Posts of a Discourse forum, from its search and from its list of the latest posts. Pure.

https://docs.discourse.org (discourse/discourse_api_docs), as of 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import count_of, instant_of, name_of, text_of, title_of
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at
from monitor.sources.one_by_one import gone
from monitor.sources.search_turns import Found

_LIKE = 2  # the number of "like" among the actions on a post
_MOST_PAGES = 10  # SearchController gives no more (discourse/discourse, read 2026-11)


def read_search(answer: Json, root: str, *, number: int) -> Found:
    """Read one page of a search, each post with its topic.

    Raises Malformed(api), and FetchError(rate_limited) when the forum has no time to search.
    """
    whole = record_of(answer, "the answer")
    grouped = part_at(whole, "grouped_search_result")
    if isinstance(grouped.get("error"), str):
        raise FetchError(Code.RATE_LIMITED, "the forum is too busy to search")
    # Without any result the lists may be left out.
    rows = rows_of(whole.get("posts", [] if grouped else None), "posts")
    topics = {
        count_of(topic.get("id")): topic
        for topic in list_at(whole, "topics")
        if isinstance(topic, Mapping)
    }
    entries, problem = read_each(
        rows,
        lambda post: read_post(post, topics.get(count_of(post.get("topic_id")), {}), root),
        "posts",
    )
    has_more = grouped.get("more_full_page_results") is True and number < _MOST_PAGES
    last = rows[-1] if rows else None
    return Found(
        entries=entries,
        rows=len(rows),
        reached=instant_of(last.get("created_at")) if isinstance(last, Mapping) else None,
        following=number + 1 if has_more else None,
        problem=problem,
    )


def read_latest(answer: Json, root: str) -> Found:
    """Read one page of the latest posts; ``following`` is the number to go on before.

    Raises Malformed(api).
    """
    rows = rows_of(record_of(answer, "the answer").get("latest_posts"), "latest_posts")
    entries, problem = read_each(rows, lambda post: read_post(post, {}, root), "latest_posts")
    posts = [row for row in rows if isinstance(row, Mapping)]
    numbers = [number for post in posts if (number := count_of(post.get("id"))) is not None]
    oldest = min(numbers, default=0)
    return Found(
        entries=entries,
        rows=len(rows),
        reached=instant_of(posts[-1].get("created_at")) if posts else None,
        # The forum answers with this post again, or without: nothing between is lost either way.
        following=oldest if oldest > 1 else None,
        problem=problem,
    )


def read_post(post: Mapping[str, Json], topic: Mapping[str, Json], root: str) -> Entry | None:
    """Read one post; ``None`` for one that was hidden or deleted, and for the forum's own notes.

    A search shows an extract only. Raises Malformed naming a field that must be there.
    """
    number, topic_id = count_of(post.get("id")), count_of(post.get("topic_id"))
    if number is None or topic_id is None:
        raise Malformed(Code.API, "id is missing" if number is None else "topic_id is missing")
    is_said = post.get("post_type", 1) == 1
    is_withdrawn = post.get("deleted_at") or post.get("user_deleted") is True
    if post.get("hidden") is True or is_withdrawn or not is_said:
        return None
    username = text_at(post, "username")
    slug = topic.get("slug") or post.get("topic_slug") or "-"
    thread, place = f"{root}/t/{slug}/{topic_id}", count_of(post.get("post_number")) or 1
    answered = count_of(post.get("reply_to_post_number"))
    is_first = place == 1
    replies = count_of(topic.get("posts_count"))
    return Entry(
        external_id=f"{root}/p/{number}",
        url=web_url(f"{thread}/{place}"),
        title=title_of(topic.get("title") or post.get("topic_title")),
        text=text_of(post.get("cooked") or post.get("blurb")),
        kind=Kind.POST if is_first else Kind.COMMENT,
        author=name_of(post.get("name")) or name_of(username),
        author_url=web_url(f"{root}/u/{username}"),
        published_at=instant_of(post.get("created_at")),
        likes=_likes(post),
        comments=(replies - 1 if replies else None) if is_first else None,
        views=count_of(topic.get("views")) if is_first else None,
        parent_url=None if is_first else web_url(f"{thread}/{answered or 1}"),
    )


def read_single(post: Mapping[str, Json], topic: Mapping[str, Json], root: str) -> Entry:
    """Read a post that was asked for by its number. Raises Malformed as ``read_post`` does.

    Raises ``FetchError(gone)`` for one that is deleted, or hidden from visitors.
    """
    entry = read_post(post, topic, root)
    if entry is None:
        raise gone("deleted or hidden")
    return entry


def _likes(post: Mapping[str, Json]) -> int | None:
    own = count_of(post.get("like_count"))
    if own is not None:
        return own
    actions = [one for one in list_at(post, "actions_summary") if isinstance(one, Mapping)]
    return next((count_of(one.get("count")) for one in actions if one.get("id") == _LIKE), None)
