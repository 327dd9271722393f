"""Google+ from Google Takeout: posts, and what others said below. It was closed on 2019-04-02.

One file a post, JSON or (the usual form then) HTML. Its addresses lead nowhere since: they are kept
as identifiers and shown as no link. The shape is from public readers of these files; no real one
was at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC

from lxml import etree, html

from monitor.importing.account_of import are_same
from monitor.importing.base import Bytes, Found, Item, Passed, Reading
from monitor.importing.cells import instant_in
from monitor.importing.elements import Broken, decoded
from monitor.model import Entry, Json, Kind
from monitor.sources.entry_parts import hash_of, id_of, name_of, text_of
from monitor.sources.json_fields import list_at, part_at

OUTLET = "Google+ (2011–2019)"
"""What a digest shows as the medium: nobody shall look for it there."""
_MAX_FILE = 16_000_000
"""Bytes of one post with its comments."""
_AUTHOR = ".//*[contains(concat(' ', @class, ' '), ' author ')]"


def read_json(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield a post, the post that it shares, and its comments."""
    post = decoded(_whole(stream).decode("utf-8-sig", "replace"))
    if isinstance(post, Broken) or not isinstance(post, Mapping):
        yield reading.trouble(None, "broken")
        return
    author = part_at(post, "author")
    name = id_of(post.get("url")) or id_of(post.get("resourceName"))
    yield _entry(post, name, Kind.POST, is_own=True)
    shared = part_at(post, "resharedPost")
    if shared.get("content"):
        yield _entry(shared, None, Kind.POST, is_own=False)
    for row, comment in enumerate(list_at(post, "comments"), start=1):
        if not isinstance(comment, Mapping):
            yield reading.trouble(row, "no_post")
            continue
        its = part_at(comment, "author")
        is_own = bool(its) and (
            (
                its.get("resourceName") is not None
                and its.get("resourceName") == author.get("resourceName")
            )
            or are_same(name_of(its.get("displayName")), name_of(author.get("displayName")))
        )
        found = _entry(comment, None, Kind.COMMENT, is_own=is_own)
        yield _below(found, name_of(author.get("displayName")))


def read_html(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield the same of a post's HTML page."""
    try:
        page = html.document_fromstring(_whole(stream), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        yield reading.trouble(None, "broken")
        return
    content = page.find_class("main-content")
    headers = page.find_class("header")
    if not content or not headers:
        yield reading.trouble(None, "no_post")
        return
    author = _first(headers[0], "author")
    links = [a for a in headers[0].iter("a") if "author" not in (a.get("class") or "")]
    address = links[0].get("href") if links else None
    stamp = links[0].text_content() if links else None
    yield _page_entry(
        content[0], author, stamp, reading, kind=Kind.POST, native=address, is_own=True
    )
    for comment in page.find_class("comment"):
        name = _first(comment, "author")
        said = comment.find_class("comment-content")
        times = comment.find_class("time")
        written = times[0].text_content().strip().lstrip("- ") if times else None
        found = _page_entry(
            said[0] if said else None,
            name,
            written,
            reading,
            kind=Kind.COMMENT,
            native=None,
            is_own=are_same(name, author),
        )
        yield _below(found, author)


def _below(found: Item, author: str | None) -> Item:
    """Return what is said below a post: about the post's author, if that is a watched business."""
    if isinstance(found, Found) and not found.is_own:
        return replace(found, about=author)
    return found


def _entry(said: Mapping[str, Json], native: str | None, kind: Kind, *, is_own: bool) -> Item:
    text = text_of(said.get("content"))
    link = part_at(said, "link")
    if not text and not link.get("title"):
        return Passed()
    author = part_at(said, "author")
    name = name_of(author.get("displayName"))
    stamp = said.get("creationTime")
    return Found(
        is_own=is_own,
        entry=Entry(
            external_id=native
            or id_of(said.get("resourceName"))
            or hash_of("google_plus", str(stamp), name or "", text),
            url=None,
            title=name_of(link.get("title")),
            text=text,
            kind=kind,
            author=name,
            published_at=instant_in(stamp, UTC),
            likes=len(list_at(said, "plusOnes")) or None,
            outlet=OUTLET,
        ),
    )


def _page_entry(
    element: html.HtmlElement | None,
    author: str | None,
    stamp: str | None,
    reading: Reading,
    *,
    kind: Kind,
    native: str | None,
    is_own: bool,
) -> Item:
    source = "" if element is None else etree.tostring(element, encoding="unicode", method="html")
    text = text_of(source)
    if not text:
        return Passed()
    return Found(
        is_own=is_own,
        entry=Entry(
            external_id=id_of(native) or hash_of("google_plus", stamp or "", author or "", text),
            url=None,
            text=text,
            kind=kind,
            author=author,
            published_at=instant_in(stamp, reading.zone),
            outlet=OUTLET,
        ),
    )


def _first(element: html.HtmlElement, name: str) -> str | None:
    found = element.find_class(name)
    return name_of(found[0].text_content()) if found else None


def _whole(stream: Bytes) -> bytes:
    whole = bytearray()
    while len(whole) < _MAX_FILE and (chunk := stream.read(_MAX_FILE)):
        whole += chunk
    return bytes(whole)
