"""The form of Zapier, Make, n8n, F5Bot and scripts: a mention's fields under their usual names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC

from monitor.importing.cells import instant_in, stars_of
from monitor.model import Entry, Json, Kind
from monitor.receiving.base import (
    MOST_ITEMS,
    Push,
    Pushed,
    Record,
    Rejection,
    Unreadable,
)
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    count_of,
    hash_of,
    id_of,
    language_of,
    name_of,
    text_of,
    title_of,
    verbatim_text_of,
)
from monitor.text import fold
from monitor.wording import Wording

_UNREADABLE, _TOO_LARGE = 422, 413
_PLATFORM = "webhook"
_ID = ("id", "guid", "external_id")
_URL = ("url", "link")
_TEXT = ("text", "content", "content_html", "content_text", "body", "message", "description")
_TITLE = ("title", "subject")
_AUTHOR = ("author", "username", "user", "author_name")
_NAME = ("name", "displayName", "display_name", "username")
_DATE = ("published_at", "date", "date_published", "created_at", "isoDate", "pubDate")
_RATING = ("rating", "stars", "score")
_SCALE = ("rating_scale", "scale", "best")
_SOURCE = ("source", "platform")
_KIND = ("kind", "raw_kind")
_LANGUAGE = ("language", "lang")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\w+|[a-zA-Z]+);")
_COUNTS = ("likes", "shares", "comments", "views")


def read_mentions(document: Json, _: Wording) -> Push:
    """Read one mention, a list of them, or ``{"items": [...]}``. Raises Unreadable."""
    items = _items(document)
    pushed: list[Pushed] = []
    rejected: list[Rejection] = []
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            rejected.append(Rejection(index, "not an object"))
        elif (entry := _entry(item)) is None:
            rejected.append(Rejection(index, "neither url nor text"))
        else:
            pushed.append(Pushed(entry, _platform(item)))
    return Push(pushed=tuple(pushed), rejected=tuple(rejected))


def _items(document: Json) -> Sequence[Json]:
    items: Json = document
    if isinstance(document, Mapping):
        inner = document.get("items")
        items = inner if _is_list(inner) else [document]
    if not _is_list(items):
        raise Unreadable(_UNREADABLE, "send an object, a list, or an object with items")
    assert isinstance(items, Sequence)  # noqa: S101 - what was just asked, for the type checker
    if len(items) > MOST_ITEMS:
        raise Unreadable(_TOO_LARGE, f"send {MOST_ITEMS} items at most")
    return items


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _entry(item: Record) -> Entry | None:
    """Return what is said of one mention; ``None``: neither an address nor a text."""
    url, text, title = web_url(_first(item, _URL)), _text(item), _title(item)
    if url is None and not (text or title):
        return None
    rating = _rating(item)
    author, author_url = _author(item)
    engagement = _part(item, "engagement")
    likes, shares, comments, views = (
        count_of(item.get(name, engagement.get(name))) for name in _COUNTS
    )
    return Entry(
        external_id=id_of(_whole(_first(item, _ID))) or hash_of(url or "", text or title or ""),
        url=url,
        text=text,
        title=title,
        kind=_kind(item, rating=rating, is_titled=bool(title and url)),
        author=author,
        author_url=author_url,
        author_followers=count_of(item.get("author_followers")),
        published_at=instant_in(_first(item, _DATE), UTC),
        language=language_of(_first(item, _LANGUAGE)),
        rating=rating,
        parent_url=web_url(item.get("parent_url")),
        media=_media(item),
        likes=likes,
        shares=shares,
        comments=comments,
        views=views,
    )


def _text(item: Record) -> str:
    """Return the words: markup reduced, the lines of what is plain kept."""
    told = _first(item, _TEXT)
    is_markup = isinstance(told, str) and _MARKUP.search(told)
    return text_of(told) if is_markup else verbatim_text_of(told)


def _first(item: Record, names: Sequence[str]) -> Json:
    """Return what stands under the first of these names that says something."""
    return next((item[name] for name in names if item.get(name) not in (None, "", [], {})), None)


def _part(item: Record, name: str) -> Record:
    value = item.get(name)
    return value if isinstance(value, Mapping) else {}


def _whole(value: Json) -> Json:
    """Return an identifier that JSON's writer made a fraction (``12.0``) as the number it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _author(item: Record) -> tuple[str | None, str | None]:
    """Return name and address; JSON Feed, n8n and others make an object of an author."""
    told = _first(item, _AUTHOR)
    inner = told if isinstance(told, Mapping) else {}
    name = _first(inner, _NAME) if inner else told
    return name_of(name), web_url(item.get("author_url") or inner.get("url"))


def _rating(item: Record) -> float | None:
    told = _first(item, _RATING)
    inner = told if isinstance(told, Mapping) else {"value": told}
    scale = _number(_first(inner, _SCALE) or _first(item, _SCALE))
    return stars_of(inner.get("value"), scale)


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _kind(item: Record, *, rating: float | None, is_titled: bool) -> Kind:
    told = _first(item, _KIND)
    if isinstance(told, str) and told.strip().lower() in set(Kind):
        return Kind(told.strip().lower())
    if rating is not None:
        return Kind.REVIEW
    site = _site_of_alert(item)
    if site is not None:
        return Kind.COMMENT if "comment" in fold(site) else Kind.POST
    return Kind.ARTICLE if is_titled else Kind.POST


def _platform(item: Record) -> str:
    """Return where it was said, as a name of ours: ``Hacker News`` is ``hacker_news``."""
    told = _site_of_alert(item) or _first(item, _SOURCE)
    name = re.sub(r"[^a-z0-9]+", "_", fold(told)).strip("_") if isinstance(told, str) else ""
    name = re.sub(r"_(?:comments|posts)$", "", name)  # F5Bot's "Reddit Comments"
    return name if 0 < len(name) <= 40 else _PLATFORM  # noqa: PLR2004 - what fits a table


def _site_of_alert(item: Record) -> str | None:
    """Return the site that F5Bot found something on: the second of its tags."""
    tags = item.get("tags")
    is_alert = str(item.get("id")).startswith("F5BOT")
    if is_alert and isinstance(tags, Sequence) and len(tags) > 1 and isinstance(tags[1], str):
        return tags[1]
    return None


def _title(item: Record) -> str | None:
    """Return the title; F5Bot puts the keyword and the site before it, which nobody wrote there."""
    title = title_of(_first(item, _TITLE))
    site = _site_of_alert(item)
    if title is not None and site is not None:
        return title.partition(f" - {site} - ")[2] or title
    return title


def _media(item: Record) -> tuple[str, ...]:
    told = item.get("media")
    listed = told if isinstance(told, Sequence) and not isinstance(told, str) else [told]
    return tuple(filter(None, (web_url(one) for one in listed)))
