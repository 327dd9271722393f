"""SlideShare's answers: XML in, Entry out. Pure.

A refusal comes with a status of 200, under a root of its own: the root is looked at first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from monitor.clock import next_midnight
from monitor.errors import Code, FetchError, Malformed
from monitor.model import Entry, Health, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    count_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    text_of,
    title_of,
)
from monitor.sources.json_fields import read_each
from monitor.sources.one_by_one import gone
from monitor.sources.search_turns import Found

SITE = "https://www.slideshare.net"

_FAILED = "SlideShareServiceError"
_NO_KEY = {"1", "2", "3"}
_NOT_FOUND = {"9", "10"}
_DAILY_LIMIT, _NO_PERMISSION, _BLOCKED = "99", "17", "100"
# From the best picture to the least.
_PICTURES = ("ThumbnailXXLargeURL", "ThumbnailXLargeURL", "ThumbnailURL")


def read_found(body: bytes, number: int, now: datetime) -> Found:
    """Read page ``number`` of a search. Raises FetchError and Malformed(api)."""
    root = _root_of(body, now)
    if root.tag != "Slideshows":
        raise Malformed(Code.API, f"{str(root.tag)[:40]} where Slideshows was due")
    rows = [_fields(part) for part in root if part.tag == "Slideshow"]
    entries, problem = read_each(rows, read_slideshow, "Slideshow")
    made = [at for row in rows if (at := instant_of(row.get("Created"))) is not None]
    return Found(
        entries=entries,
        rows=len(rows),
        following=number + 1 if _has_more(root, len(rows), number) else None,
        reached=made[-1] if made else None,
        # Whether it heeds ``sort=latest`` is seen, not known.
        is_sorted=made == sorted(made, reverse=True),
        problem=problem,
    )


def read_one(body: bytes, now: datetime) -> Entry:
    """Read one presentation. Raises FetchError (``gone`` when there is none) and Malformed."""
    root = _root_of(body, now)
    if root.tag != "Slideshow":
        raise Malformed(Code.API, f"{str(root.tag)[:40]} where Slideshow was due")
    return read_slideshow(_fields(root))


def read_slideshow(slideshow: Mapping[str, Json]) -> Entry:
    """Read one presentation. Raises Malformed when it has no identifier."""
    external_id = id_of(slideshow.get("ID"))
    if external_id is None:
        raise Malformed(Code.API, "ID is missing")
    url = web_url(slideshow.get("URL"), SITE)
    pictures = (web_url(slideshow.get(name), SITE) for name in _PICTURES)
    return Entry(
        external_id=external_id,
        url=url,
        title=title_of(slideshow.get("Title")),
        text=text_of(slideshow.get("Description")),
        kind=Kind.DOCUMENT,
        author=name_of(slideshow.get("Username")),
        author_url=_profile(url, slideshow.get("Username")),
        published_at=instant_of(slideshow.get("Created")),
        language=language_of(slideshow.get("Language")),
        likes=count_of(slideshow.get("NumFavorites")),
        comments=count_of(slideshow.get("NumComments")),
        views=count_of(slideshow.get("NumViews")),
        media=tuple(picture for picture in pictures if picture)[:1],
    )


def _profile(url: str | None, username: Json) -> str | None:
    """Return the author's page: what stands before the presentation's own part of its address."""
    parts = urlsplit(url or "")
    owner = parts.path.strip("/").partition("/")[0]
    return f"{SITE}/{owner}" if owner and owner == username else None


def _has_more(root: etree._Element, rows: int, number: int) -> bool:
    """Tell whether pages follow: a page may hold fewer than asked for, so the total tells."""
    meta = root.find("Meta")
    texts = {} if meta is None else _fields(meta)
    total = count_of(texts.get("TotalResults"))
    offset = count_of(texts.get("ResultOffset"))
    if not rows or total is None:
        return bool(rows)
    # The offset stands empty on the first page.
    return (offset if offset is not None else (number - 1) * rows) + rows < total


def _fields(part: etree._Element) -> dict[str, Json]:
    """Return the texts of an element's children, without the space of the layout around them."""
    return {str(child.tag): (child.text or "").strip() for child in _elements(part)}


def _elements(part: etree._Element) -> Iterator[etree._Element]:
    return (child for child in part if isinstance(child.tag, str))


def _root_of(body: bytes, now: datetime) -> etree._Element:
    """Read the XML: no entity is resolved, nothing fetched, no document type taken."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(Code.API, "a page where an answer was due") from error
    if root.getroottree().docinfo.doctype:
        raise Malformed(Code.API, "a document type in an answer")
    if root.tag == _FAILED:
        message = root.find("Message")
        number = "" if message is None else str(message.get("ID"))
        raise _told_refusal(number, "" if message is None else (message.text or ""), now)
    return root


def _told_refusal(number: str, message: str, now: datetime) -> FetchError | Malformed:
    detail = f"error {number[:5]}: {' '.join(message.split())[:80]}"
    if number == _DAILY_LIMIT or "daily limit" in message.lower():
        return FetchError(Code.RATE_LIMITED, detail, retry_at=next_midnight(now))
    if number in _NO_KEY:
        return FetchError(Code.AUTH, detail, health=Health.NEEDS_TOKEN)
    if number == _NO_PERMISSION:
        return FetchError(Code.AUTH, detail, health=Health.PERMISSION_MISSING)
    if number == _BLOCKED:
        return FetchError(Code.AUTH, detail, health=Health.TERMS_BLOCK)
    return gone(detail) if number in _NOT_FOUND else Malformed(Code.API, detail)
