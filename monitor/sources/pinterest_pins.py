"""What Pinterest's API v5 and its public feeds hold: pins, and figures of the account. Pure.

https://developers.pinterest.com/docs/api/v5 (pinterest/api-description, v5/openapi.json 5.23), read
2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import unescape

from monitor.errors import Code, Malformed
from monitor.model import Entry, Figure, Json, Kind, Response
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    count_of,
    id_of,
    instant_of,
    name_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import Record, is_page, parse_feed
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of
from monitor.sources.search_turns import Found

SITE = "https://www.pinterest.com"

_PIN = re.compile(r"/pin/(\d+)")
_PICTURE = re.compile(r"""<img\b[^>]*?\ssrc=["']([^"'>]+)""", re.IGNORECASE)
_SIZES = ("1200x", "originals", "600x", "400x300", "150x150")
_COUNTS = {"follower_count": "followers", "pin_count": "pins", "monthly_views": "monthly_views"}
_METRICS = {
    "IMPRESSION": "views_30_days",
    "SAVE": "saves_30_days",
    "PIN_CLICK": "pin_clicks_30_days",
    "OUTBOUND_CLICK": "site_clicks_30_days",
}
METRICS = ",".join(_METRICS)


def read_pins(answer: Json, *, bookmark: Json = None) -> Found:
    """Read one page of the account's pins. Raises Malformed(api), naming what is not there."""
    whole = record_of(answer, "the answer")
    rows = rows_of(whole.get("items"), "items")
    entries, problem = read_each(rows, read_pin, "items")
    following = whole.get("bookmark")
    has_more = isinstance(following, str) and following and following != bookmark
    return Found(
        entries=entries,
        rows=len(rows),
        following=following if has_more else None,
        is_sorted=False,
        problem=problem,
    )


def read_pin(pin: Mapping[str, Json]) -> Entry:
    """Read one pin. Raises Malformed when it has no identifier."""
    pin_id = id_of(pin.get("id"))
    if pin_id is None:
        raise Malformed(Code.API, "id is missing")
    owner = name_of(part_at(pin, "board_owner").get("username"))
    media = part_at(pin, "media")
    counts = part_at(part_at(pin, "pin_metrics"), "lifetime_metrics")
    return Entry(
        external_id=pin_id,
        url=pin_url(pin_id),
        title=title_of(pin.get("title")),
        text=verbatim_text_of(pin.get("description")),
        kind=Kind.VIDEO if media.get("media_type") == "video" else Kind.IMAGE,
        author=owner,
        author_url=profile_url(owner),
        published_at=instant_of(pin.get("created_at")),
        likes=count_of(counts.get("reaction")),
        shares=count_of(counts.get("save")),
        comments=count_of(counts.get("comment")),
        views=count_of(counts.get("impression")),
        parent_url=pin_url(parent) if (parent := id_of(pin.get("parent_pin_id"))) else None,
        media=_media(media),
    )


def read_account(answer: Json) -> tuple[Figure, ...]:
    """Read what Pinterest counts of the account. Raises Malformed(api)."""
    told = record_of(answer, "the answer")
    counted = ((name, count_of(told.get(field))) for field, name in _COUNTS.items())
    return tuple(Figure(name=name, value=count) for name, count in counted if count is not None)


def read_analytics(answer: Json, *, prefix: str = "") -> tuple[Figure, ...]:
    """Read the sums of an account's statistics over the days asked for. Raises Malformed(api)."""
    told = record_of(answer, "the answer").get("all")
    sums = part_at(record_of(told, "all"), "summary_metrics")
    counted = ((name, sums.get(metric)) for metric, name in _METRICS.items())
    return tuple(
        Figure(name=prefix + name, value=float(value))
        for name, value in counted
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    )


def read_feed(response: Response, owner: str) -> Found:
    """Read the public feed of a user or board of ``owner``.

    Raises ``Malformed``: ``not_a_feed`` for a page of login or refusal.
    """
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where a feed was due")
    feed = parse_feed(response)
    entries = [
        _of_feed(record, read_entry(record, feed, response.url), owner) for record in feed.entries
    ]
    return Found(entries=tuple(entries), rows=len(entries), problem=feed.problem)


def pin_url(pin_id: str) -> str:
    """Return the page of a pin."""
    return f"{SITE}/pin/{pin_id}/"


def profile_url(user: str | None) -> str | None:
    """Return the page of a user."""
    return None if user is None else f"{SITE}/{user}/"


def _of_feed(record: Record, entry: Entry, owner: str) -> Entry:
    number = _PIN.search(entry.url or "") or _PIN.search(entry.external_id)
    html = str(record.get("summary") or "")
    pictures = (web_url(unescape(link), SITE) for link in _PICTURE.findall(html))
    return replace(
        entry,
        external_id=number[1] if number else entry.external_id,
        url=pin_url(number[1]) if number else entry.url,
        kind=Kind.IMAGE,
        author=entry.author or owner,
        author_url=profile_url(owner),
        media=tuple(dict.fromkeys([*entry.media, *filter(None, pictures)]))[:MAX_MEDIA],
    )


def _media(media: Mapping[str, Json]) -> tuple[str, ...]:
    parts = [media, *(part for part in list_at(media, "items") if isinstance(part, Mapping))]
    urls = (url for part in parts for url in _pictures(part))
    return tuple(dict.fromkeys(urls))[:MAX_MEDIA]


def _pictures(part: Mapping[str, Json]) -> Iterator[str]:
    """Yield the largest picture of a part, or a video's cover."""
    images = part_at(part, "images")
    links: Sequence[Json] = [part_at(images, size).get("url") for size in _SIZES]
    urls = (web_url(link) for link in [*links, part.get("cover_image_url")])
    if (url := next(filter(None, urls), None)) is not None:
        yield url
