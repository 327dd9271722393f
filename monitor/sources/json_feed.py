"""JSON Feed 1 and 1.1: bytes in, entries out. https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.json_answers import read_json
from monitor.model import Entry, Json, Kind, Response
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    hash_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    text_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.feed_taming import MAX_ENTRIES
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of
from monitor.urls import canonical_url


def is_json(response: Response) -> bool:
    """Tell whether an answer is meant to be JSON."""
    return response.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_json_feed(response: Response) -> tuple[tuple[Entry, ...], str | None]:
    """Read the entries, and say for people what could not be read.

    Raises ``Malformed``: ``parse`` when it is no JSON, ``not_a_feed`` for other JSON, ``api`` when
    no item can be read; ``FetchError(too_large)`` beyond 5,000 items.
    """
    feed = _load(response.body)
    rows = rows_of(feed.get("items"), "items")
    if len(rows) > MAX_ENTRIES:
        raise FetchError(Code.TOO_LARGE, f"more than {MAX_ENTRIES} entries")
    return read_each(rows, lambda item: read_item(item, feed, response.url), "items")


def read_item(item: Mapping[str, Json], feed: Mapping[str, Json], base: str) -> Entry:
    """Read one item; every field may be missing."""
    url = web_url(item.get("url"), base) or web_url(item.get("external_url"), base)
    title = title_of(item.get("title"))
    text = _text(item)
    author = _author(item) or _author(feed)
    published_at = instant_of(item.get("date_published")) or instant_of(item.get("date_modified"))
    return Entry(
        external_id=id_of(item.get("id"))
        or (canonical_url(url) if url else hash_of(title or "", str(published_at), text)),
        url=url,
        title=title,
        text=text,
        kind=_kind(item),
        author=name_of(author.get("name")),
        author_url=web_url(author.get("url"), base),
        published_at=published_at,
        language=language_of(item.get("language")) or language_of(feed.get("language")),
        media=_media(item, base),
    )


def _load(body: bytes) -> Mapping[str, Json]:
    try:
        answer = read_json(body, lenient=True)
    except ValueError as error:
        raise Malformed(Code.PARSE, "it is no JSON") from error
    feed = answer if isinstance(answer, Mapping) else {}
    version = feed.get("version")
    is_feed = isinstance(version, str) and "jsonfeed.org/version/" in version
    if not is_feed and not isinstance(feed.get("items"), list):
        raise Malformed(Code.NOT_A_FEED, "it is JSON, but no JSON Feed")
    return record_of(feed, "the feed")


def _text(item: Mapping[str, Json]) -> str:
    return (
        text_of(item.get("content_html"))
        or verbatim_text_of(item.get("content_text"))
        or verbatim_text_of(item.get("summary"))
    )


def _author(record: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the first author, of version 1.1 or of version 1."""
    authors = [author for author in list_at(record, "authors") if isinstance(author, Mapping)]
    return authors[0] if authors else part_at(record, "author")


def _attachments(item: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    return [part for part in list_at(item, "attachments") if isinstance(part, Mapping)]


def _kind(item: Mapping[str, Json]) -> Kind:
    types = [str(part.get("mime_type", "")) for part in _attachments(item)]
    if any(kind.startswith("audio/") for kind in types):
        return Kind.AUDIO
    return Kind.VIDEO if any(kind.startswith("video/") for kind in types) else Kind.ARTICLE


def _media(item: Mapping[str, Json], base: str) -> tuple[str, ...]:
    links = [item.get("image"), *(part.get("url") for part in _attachments(item))]
    urls = (web_url(link, base) for link in links)
    return tuple(dict.fromkeys(url for url in urls if url))[:MAX_MEDIA]
