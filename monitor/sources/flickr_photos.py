"""Photos and comments of Flickr, from its API or its public feed: JSON in, Entry out. Pure.

https://www.flickr.com/services/api/flickr.photos.search.html and
https://www.flickr.com/services/feeds/docs/photos_public/, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.json_answers import read_json
from monitor.model import Entry, Json, Kind, Response
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import count_of, id_of, instant_of, name_of, text_of, title_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import part_at, record_of, text_at
from monitor.text import MAX_TEXT, cut, fold

SITE = "https://www.flickr.com"

_PHOTO = re.compile(r"/photos/[^/]+/(\d+)")
_FEED_AUTHOR = re.compile(r'\s*\S+@flickr\.com \("(.*)"\)\s*', re.DOTALL)
# "… posted a photo:" and the photo stand before the words of the photographer.
_FEED_PICTURE = re.compile(r"^.*?<img\b[^>]*>\s*(?:</a>)?\s*(?:</p>)?", re.DOTALL | re.IGNORECASE)
_NO_KEY, _BUSY, _NO_WRITE = "100", "105", "106"
# In the order of preference: what a mail shows is some 500 pixels wide.
_SIZES = ("url_m", "url_z", "url_n", "url_s", "url_l", "url_o")


def read_answer(response: Response) -> Mapping[str, Json]:
    """Return an answer of the API. Raises ``FetchError`` or ``Malformed`` for one that failed.

    Failures come with the status 200 and a code of their own. An answer in XML, which is Flickr's
    default, is read too.
    """
    body = response.body
    answer = _of_xml(body) if body.lstrip()[:1] == b"<" else _of_json(body)
    if answer.get("stat") == "ok":
        return answer
    fault = part_at(answer, "err") or answer
    code, message = str(fault.get("code") or ""), name_of(fault.get("message") or fault.get("msg"))
    detail = f"{code} {message or 'no stat'}".strip()
    if code == _NO_KEY:
        raise FetchError(Code.AUTH, detail)
    if code in (_BUSY, _NO_WRITE):
        raise FetchError(Code.HTTP_STATUS, detail)
    raise Malformed(Code.API, detail)


def read_photo(photo: Mapping[str, Json]) -> Entry:
    """Read one photo of a search. Raises Malformed naming a field that must be there."""
    photo_id, owner = _id(photo), text_at(photo, "owner")
    home = f"{SITE}/photos/{_alias(photo) or owner}/"
    return Entry(
        external_id=photo_id,
        url=web_url(f"{home}{photo_id}/"),
        title=title_of(_content(photo.get("title"))),
        text=_with_tags(text_of(_content(photo.get("description"))), photo.get("tags")),
        kind=Kind.VIDEO if photo.get("media") == "video" else Kind.IMAGE,
        author=name_of(photo.get("ownername")) or name_of(photo.get("realname")),
        author_url=web_url(home),
        published_at=instant_at(photo.get("dateupload")),
        likes=count_of(photo.get("count_faves")),
        comments=count_of(photo.get("count_comments")),
        views=count_of(photo.get("views")),
        media=_first_url(photo.get(size) for size in _SIZES),
    )


def read_feed_item(item: Mapping[str, Json]) -> Entry:
    """Read one photo of the public feed. Raises Malformed naming a field that must be there."""
    url = web_url(text_at(item, "link"))
    number = _PHOTO.search(url or "")
    if number is None:
        raise Malformed(Code.API, "link leads to no photo")
    author = item.get("author")
    named = _FEED_AUTHOR.fullmatch(author) if isinstance(author, str) else None
    owner = id_of(item.get("author_id"))
    html = item.get("description")
    words = _FEED_PICTURE.sub("", html, count=1) if isinstance(html, str) else ""
    return Entry(
        external_id=number[1],
        url=url,
        title=title_of(item.get("title")),
        text=_with_tags(text_of(words), item.get("tags")),
        kind=Kind.IMAGE,
        author=name_of(named[1] if named else author),
        author_url=web_url(f"{SITE}/photos/{owner}/") if owner else None,
        published_at=instant_of(item.get("published")),
        media=_first_url([part_at(item, "media").get("m")]),
    )


def read_comment(comment: Mapping[str, Json]) -> Entry:
    """Read one comment on a photo. Raises Malformed naming a field that must be there."""
    url, author = web_url(comment.get("permalink")), text_at(comment, "author")
    return Entry(
        external_id=_id(comment),
        url=url,
        text=text_of(_content(comment)),
        kind=Kind.COMMENT,
        author=name_of(comment.get("authorname")) or name_of(comment.get("realname")),
        author_url=web_url(f"{SITE}/photos/{_alias(comment) or author}/"),
        published_at=instant_at(comment.get("datecreate")),
        parent_url=url.partition("#")[0] if url else None,
    )


def _id(record: Mapping[str, Json]) -> str:
    found = id_of(record.get("id"))
    if found is None:
        raise Malformed(Code.API, "id is missing")
    return found


def _alias(record: Mapping[str, Json]) -> str | None:
    return id_of(record.get("pathalias")) or id_of(record.get("path_alias"))


def _content(value: Json) -> Json:
    """Return a text that Flickr writes as such or within ``_content``."""
    return value.get("_content") if isinstance(value, Mapping) else value


def _with_tags(text: str, tags: Json) -> str:
    """Return a text with the tags below it, those left out that it holds."""
    said = fold(text)
    named = tags.split() if isinstance(tags, str) else ()
    missing = " ".join(f"#{tag}" for tag in named if fold(f"#{tag}") not in said)
    return cut("\n".join(part for part in (text, missing) if part), MAX_TEXT)


def _first_url(links: Iterable[Json]) -> tuple[str, ...]:
    urls = (web_url(link) for link in links)
    return tuple(url for url in urls if url)[:1]


# --- the forms of an answer ---------------------------------------------------------------------


def _of_json(body: bytes) -> Mapping[str, Json]:
    try:
        answer = read_json(body)
    except ValueError as error:
        raise Malformed(Code.API, "not JSON") from error
    return record_of(answer, "the answer")


def _of_xml(body: bytes) -> Mapping[str, Json]:
    """Return ``<rsp>`` as the API's JSON: rows in lists, texts in ``_content``."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(Code.API, "a page where an answer was due") from error
    if root.tag != "rsp":
        raise Malformed(Code.API, "a page where an answer was due")
    return {**root.attrib, **{str(part.tag): _part_of(part) for part in root}}


def _part_of(part: etree._Element) -> Mapping[str, Json]:
    rows: dict[str, list[Json]] = {}
    for child in part:
        texts = {str(text.tag): {"_content": text.text or ""} for text in child}
        row: Json = {**child.attrib, **texts, "_content": child.text or ""}
        rows.setdefault(str(child.tag), []).append(row)
    return {**part.attrib, **rows}
