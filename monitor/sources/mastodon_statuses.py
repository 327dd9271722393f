"""A status of Mastodon's API: JSON in, Entry out. Pure.

https://docs.joinmastodon.org/entities/Status/, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    text_of,
)
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at

_PUBLIC = ("public", "unlisted")
_MOST_OF_ID = 32  # signs; Mastodon's and Pleroma's have 18, Misskey's up to 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """One page of an answer: its entries, its statuses' ids on that server, what was unreadable."""

    entries: tuple[Entry, ...]
    ids: tuple[str, ...]
    problem: str | None


def read_timeline(answer: Json) -> Statuses:
    """Read an answer of a hashtag's timeline. Raises Malformed(api)."""
    return _read(answer, "statuses")


def read_search(answer: Json) -> Statuses:
    """Read an answer of a full-text search. Raises Malformed(api)."""
    return _read(record_of(answer, "the answer").get("statuses"), "statuses")


def read_status(status: Mapping[str, Json]) -> Entry | None:
    """Read one status; ``None`` for what is not to be kept.

    That is a boost (the post itself is met by itself), what was not written for everyone, and an
    author who asks not to be indexed. Raises Malformed naming a field that must be there.
    """
    account = part_at(status, "account")
    if status.get("reblog") or account.get("noindex") is True:
        return None
    if status.get("visibility", "public") not in _PUBLIC:
        return None
    # ``uri`` is the same on every server; ``id`` is this server's own.
    external_id = id_of(text_at(status, "uri"))
    if external_id is None:
        raise Malformed(Code.API, "uri is blank")
    warning = text_of(status.get("spoiler_text"))
    content = status.get("content")
    if not isinstance(content, str):
        raise Malformed(Code.API, "content is missing")
    return Entry(
        external_id=external_id,
        url=web_url(status.get("url")) or web_url(external_id),
        text="\n".join(part for part in (warning, text_of(content)) if part),
        kind=Kind.POST,
        author=name_of(account.get("display_name")) or name_of(account.get("acct")),
        author_url=web_url(account.get("url")),
        author_followers=count_of(account.get("followers_count")),
        published_at=instant_of(status.get("created_at")),
        language=language_of(status.get("language")),
        likes=count_of(status.get("favourites_count")),
        shares=count_of(status.get("reblogs_count")),
        comments=count_of(status.get("replies_count")),
        media=_media(list_at(status, "media_attachments")),
    )


def age_rank(status_id: str) -> tuple[int, str]:
    """Return what sorts ids from old to new: they are numbers of any length, written as text.

    >>> max(["99", "100"], key=age_rank)
    '100'
    """
    return len(status_id), status_id


def _read(answer: Json, where: str) -> Statuses:
    rows = rows_of(answer, where)
    entries, problem = read_each(rows, read_status, where)
    ids = (id_of(row.get("id")) for row in rows if isinstance(row, Mapping))
    # One that none has would be the newest for ever, and hide what comes after.
    sound = tuple(i for i in ids if i and len(i) <= _MOST_OF_ID and i.isalnum())
    return Statuses(entries=entries, ids=sound, problem=problem)


def _media(attachments: Sequence[Json]) -> tuple[str, ...]:
    links = (part.get("url") for part in attachments if isinstance(part, Mapping))
    urls = (web_url(link) for link in links)
    return tuple(url for url in urls if url)[:MAX_MEDIA]
