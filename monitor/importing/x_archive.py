"""X (Twitter) archives, both forms: posts, reposts and likes of the account whose archive it is.

The new form (since 2018) is ``data/tweets.js`` with its parts, ``window.YTD.tweets.part0 = [``;
the old one ``data/js/tweets/2016_05.js``, ``Grailbird.data.tweets_2016_05 = [``. What others wrote
is in them where the account reposted or liked it, and nowhere else; direct messages are not read.
A new archive cuts reposts at 140 signs or so and gives the hour of the repost, an old one gives the
post itself. Of a like there is neither author nor date: an id since November 2010 tells the latter.
Recordings: x_archive/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

from monitor.importing.base import NOBODY, Account, Bytes, Found, Item, Passed, Reading
from monitor.importing.cells import instant_in
from monitor.importing.elements import Broken, elements
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import count_of, id_of, language_of, name_of, verbatim_text_of
from monitor.sources.json_fields import list_at, part_at

_REPOST = re.compile(r"RT @([A-Za-z0-9_]{1,20}):? ?")
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,20}")
_EPOCH_MS = 1_288_834_974_657  # 2010-11-04: the first instant of X's ids (github twitter/snowflake)
_FIRST_TIMED = 30_000_000_000  # ids below are counted, not timed
_MAX_ID_DIGITS = 20


def read_posts(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield the posts of ``tweets.js`` and of the old archive's months."""
    for row, (_, element) in enumerate(elements(stream), start=1):
        if isinstance(element, Broken):
            yield reading.trouble(row, element.key)
            continue
        post = part_at(element, "tweet") or element if isinstance(element, Mapping) else {}
        yield _post(post, reading.account) or reading.trouble(row, "no_post")


def read_likes(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield what others wrote that the account liked."""
    for row, (_, element) in enumerate(elements(stream), start=1):
        if isinstance(element, Broken):
            yield reading.trouble(row, element.key)
            continue
        like = part_at(element, "like") if isinstance(element, Mapping) else {}
        native = id_of(like.get("tweetId"))
        text = _text(like.get("fullText"), ())
        if native is None:
            yield reading.trouble(row, "no_post")
        elif not text:
            yield Passed()
        else:
            yield Found(
                entry=Entry(
                    external_id=native,
                    url=web_url(like.get("expandedUrl")) or _link(None, native),
                    text=text,
                    kind=Kind.POST,
                    published_at=_instant_of_id(native),
                )
            )


def read_account(stream: Bytes) -> Account | None:
    """Read ``account.js`` or the old ``user_details.js``; ``None``: it does not say."""
    for _, element in elements(stream):
        account = part_at(element, "account") if isinstance(element, Mapping) else {}
        handle = name_of(account.get("username"))
        if handle:
            return Account(handle=handle, name=name_of(account.get("accountDisplayName")))
    found = re.search(rb'"screen_name"\s*:\s*"(\w{1,20})"', stream.head)
    return Account(handle=found[1].decode()) if found else None


def _post(post: Mapping[str, Json], account: Account) -> Found | Passed | None:
    native = id_of(post.get("id_str")) or id_of(post.get("id"))
    if native is None:
        return None
    original = part_at(post, "retweeted_status")
    if original:
        found = _post({**original, "retweeted_status": None}, NOBODY)
        return replace(found, is_own=False) if isinstance(found, Found) else found
    user = part_at(post, "user")
    raw = post.get("full_text") or post.get("text")
    text = _text(raw, list_at(part_at(post, "entities"), "urls"))
    handle = name_of(user.get("screen_name")) or account.handle
    repost = _REPOST.match(text)
    if repost:
        text, handle = text[repost.end() :], repost[1]
    if not text:
        return Passed()
    written_at = instant_in(post.get("created_at"), UTC)
    return Found(
        is_own=repost is None,
        entry=Entry(
            external_id=native,
            url=_link(handle, native),
            text=text,
            kind=Kind.POST,
            author=handle,
            author_url=f"https://x.com/{handle}" if handle and _HANDLE.fullmatch(handle) else None,
            published_at=written_at or _instant_of_id(native),
            language=language_of(post.get("lang")),
            # A repost's counts are those of the post reposted in some archives, 0 in others.
            likes=None if repost else count_of(post.get("favorite_count")),
            shares=None if repost else count_of(post.get("retweet_count")),
        ),
    )


def _link(handle: str | None, native: str) -> str | None:
    if not native.isdecimal():
        return None
    of = handle if handle and _HANDLE.fullmatch(handle) else "i"
    return f"https://x.com/{of}/status/{native}"


def _text(raw: Json, links: object) -> str:
    """Return a post's text with its links written out; X gives both escaped."""
    text = unescape(raw) if isinstance(raw, str) else ""
    for link in links if isinstance(links, list | tuple) else ():
        if isinstance(link, Mapping):
            short, whole = link.get("url"), link.get("expanded_url")
            if isinstance(short, str) and short and isinstance(whole, str):
                text = text.replace(short, whole)
    return verbatim_text_of(text)


def _instant_of_id(native: str) -> datetime | None:
    if not native.isdecimal() or len(native) > _MAX_ID_DIGITS or int(native) < _FIRST_TIMED:
        return None
    seconds, thousandths = divmod((int(native) >> 22) + _EPOCH_MS, 1000)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=thousandths)
