"""Posts of X's API v2: an answer in, entries out, and what of it is paid. Pure.

docs.x.com (xdevplatform/docs, openapi.json), read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    count_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    verbatim_text_of,
)
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of

SITE = "https://x.com"

_NUMBER = re.compile(r"[0-9]{1,19}")
_SHORT_LINK = re.compile(r"https?://t\.co/\w+", re.ASCII)
# What X still calls Indonesian, Hebrew and Yiddish; "und", "qme", "zxx" and the like are no tongue.
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi"}
_SNOWFLAKE_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
_SEQUENCE_BITS = 22

Record = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post: its number (an edit has another), the entry, and whether it only repeats another."""

    number: int
    entry: Entry
    is_retweet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """One answer. ``paid`` is how many posts, users and media it told; ``missing`` what is gone.

    ``newest`` and ``oldest`` are of all its posts, those left out too; 0 when there is none.
    """

    posts: tuple[Post, ...]
    newest: int = 0
    oldest: int = 0
    following: str | None = None
    paid: tuple[int, int, int] = (0, 0, 0)
    missing: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What an answer tells beside its posts, by identifier."""

    users: Mapping[str, Record]
    posts: Mapping[str, Record]
    media: Mapping[str, Record]


def read_posts(answer: Json, *, own_id: str | None = None) -> Posts:
    """Read one answer of a search, a timeline or a look-up, without what ``own_id`` wrote.

    Posts that could not be told (deleted, protected) are ``missing``; the others are kept. Raises
    Malformed(api), naming what is not there.
    """
    whole = record_of(answer, "the answer")
    meta, failed = part_at(whole, "meta"), list_at(whole, "errors")
    rows = _rows(whole, meta, failed)
    beside = _Beside(
        users=_by_id(whole, "users"), posts=_by_id(whole, "tweets"), media=_by_id(whole, "media")
    )
    posts: list[Post] = []

    def read(row: Record) -> Entry | None:
        post = read_post(row, beside, own_id=own_id)
        if post is not None:
            posts.append(post)
        return None if post is None else post.entry

    _, problem = read_each(rows, read, "data")
    numbers = [number_of(row.get("id")) for row in rows if isinstance(row, Mapping)]
    told = {str(number) for number in numbers}
    following = meta.get("next_token")
    return Posts(
        posts=_newest_versions(posts),
        newest=max(numbers, default=0),
        oldest=min((number for number in numbers if number), default=0),
        following=following if isinstance(following, str) and following else None,
        paid=(len(rows) + len(beside.posts.keys() - told), len(beside.users), len(beside.media)),
        missing=tuple(_missing(failed)),
        problem=problem,
    )


def read_count(answer: Json) -> int:
    """Read how many posts a search would find. Raises Malformed(api)."""
    count = count_of(part_at(record_of(answer, "the answer"), "meta").get("total_tweet_count"))
    if count is None:
        raise Malformed(Code.API, "meta.total_tweet_count is missing")
    return count


def read_user_id(answer: Json) -> str:
    """Read the identifier of an account. Raises Malformed(api) when there is no such account."""
    user = id_of(part_at(record_of(answer, "the answer"), "data").get("id"))
    if user is None:
        raise Malformed(Code.API, "there is no such account")
    return user


def number_of(identifier: Json) -> int:
    """Return the number of a post, which grows with time; 0 for what is none.

    >>> number_of("1576994746135764992"), number_of("x")
    (1576994746135764992, 0)
    """
    text = id_of(identifier) or ""
    return int(text) if _NUMBER.fullmatch(text) else 0


def written_at(number: int) -> datetime:
    """Return when a number was given (the upper bits count milliseconds).

    >>> written_at(1576994746135764992).isoformat(timespec="seconds")
    '2022-10-03T17:57:01+00:00'
    """
    return _SNOWFLAKE_EPOCH + timedelta(milliseconds=number >> _SEQUENCE_BITS)


def read_post(post: Record, beside: _Beside, *, own_id: str | None) -> Post | None:
    """Read one post; ``None`` for one of ``own_id``, or that repeats one. Raises Malformed.

    A retweet's words are those of the post it repeats, where that is told: its own are cut.
    """
    number = number_of(post.get("id"))
    if not number:
        raise Malformed(Code.API, "id is missing")
    references = _references(post)
    repeated = beside.posts.get(references.get("retweeted", ""))
    source = post if repeated is None else repeated
    writers = (id_of(post.get("author_id")), id_of(source.get("author_id")))
    if own_id is not None and own_id in writers:
        return None
    history = [id_of(one) or "" for one in list_at(post, "edit_history_tweet_ids")]
    author = beside.users.get(id_of(post.get("author_id")) or "", {})
    name = name_of(author.get("username"))
    counts = part_at(post, "public_metrics")
    parent = references.get("retweeted") or references.get("replied_to")
    entry = Entry(
        external_id=next(filter(None, history), str(number)),
        url=post_url(str(number), name),
        text=_text(source),
        kind=Kind.POST,
        author=name,
        author_url=None if name is None else f"{SITE}/{name}",
        author_followers=count_of(part_at(author, "public_metrics").get("followers_count")),
        published_at=instant_of(post.get("created_at")),
        language=_language(source.get("lang")),
        likes=count_of(counts.get("like_count")),
        shares=count_of(counts.get("retweet_count")),
        comments=count_of(counts.get("reply_count")),
        views=count_of(counts.get("impression_count")),
        parent_url=None if parent is None else _url_of(parent, beside),
        media=_media(source, beside),
    )
    return Post(number=number, entry=entry, is_retweet="retweeted" in references)


def post_url(identifier: str, author: str | None) -> str:
    """Return the address of a post; without its author's name X finds it, too."""
    return f"{SITE}/{author or 'i'}/status/{identifier}"


# --- the parts of an answer -----------------------------------------------------------------------


def _rows(whole: Record, meta: Record, failed: Sequence[Json]) -> Sequence[Json]:
    if "data" in whole and whole["data"] is not None:
        return rows_of(whole["data"], "data")
    if meta.get("result_count") == 0 or any(_missing(failed)):
        return ()
    named = next((one for one in failed if isinstance(one, Mapping)), {})
    title = name_of(named.get("title"))
    raise Malformed(Code.API, "data is missing" if title is None else f"X says: {title}")


def _by_id(whole: Record, name: str) -> Mapping[str, Record]:
    key = "media_key" if name == "media" else "id"
    rows = list_at(part_at(whole, "includes"), name)
    named = ((id_of(row.get(key)), row) for row in rows if isinstance(row, Mapping))
    return {identifier: row for identifier, row in named if identifier is not None}


def _missing(failed: Sequence[Json]) -> Iterable[str]:
    """Yield the posts asked for that X no longer shows to everyone."""
    for one in failed:
        if not isinstance(one, Mapping) or one.get("parameter") != "ids":
            continue
        kind = str(one.get("type") or "").rpartition("/")[2]
        if kind in ("resource-not-found", "not-authorized-for-resource", "resource-unavailable"):
            number = number_of(one.get("resource_id") or one.get("value"))
            if number:
                yield str(number)


def _newest_versions(posts: Iterable[Post]) -> tuple[Post, ...]:
    """Return the posts, each once: of an edited one the version that came last."""
    kept: dict[str, Post] = {}
    for post in posts:
        known = kept.get(post.entry.external_id)
        if known is None or known.number < post.number:
            kept[post.entry.external_id] = post
    return tuple(kept.values())


def _references(post: Record) -> dict[str, str]:
    """Return the posts that a post answers, quotes or repeats, by how."""
    rows = (row for row in list_at(post, "referenced_tweets") if isinstance(row, Mapping))
    named = ((row.get("type"), number_of(row.get("id"))) for row in rows)
    return {kind: str(number) for kind, number in named if isinstance(kind, str) and number}


def _url_of(identifier: str, beside: _Beside) -> str:
    author_id = id_of(beside.posts.get(identifier, {}).get("author_id")) or ""
    return post_url(identifier, name_of(beside.users.get(author_id, {}).get("username")))


def _text(post: Record) -> str:
    """Return the whole text of a post, its short links written out."""
    note = part_at(post, "note_tweet")
    whole = note if isinstance(note.get("text"), str) else post
    links = [
        *list_at(part_at(whole, "entities"), "urls"),
        *list_at(part_at(post, "entities"), "urls"),
    ]
    targets = {
        str(link.get("url")): str(link["expanded_url"])
        for link in reversed(links)
        if isinstance(link, Mapping) and web_url(link.get("expanded_url"))
    }
    if not isinstance(whole.get("text"), str):
        raise Malformed(Code.API, "text is missing")
    text = unescape(str(whole["text"]))
    return verbatim_text_of(_SHORT_LINK.sub(lambda link: targets.get(link[0], link[0]), text))


def _language(tag: Json) -> str | None:
    code = language_of(tag)
    return None if code is None else _OLD_CODES.get(code, code)


def _media(post: Record, beside: _Beside) -> tuple[str, ...]:
    keys = [str(key) for key in list_at(part_at(post, "attachments"), "media_keys")]
    told = (beside.media[key] for key in keys if key in beside.media)
    urls = (web_url(one.get("url")) or web_url(one.get("preview_image_url")) for one in told)
    return tuple(dict.fromkeys(url for url in urls if url))[:MAX_MEDIA]
