"""Messages of a Telegram channel's public preview page (``t.me/s/<channel>``): HTML in. Pure.

Its classes are not documented by Telegram: they are as JustAnotherArchivist/snscrape and RSS-Bridge
issue 1174 read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree, html

from monitor.errors import Code, FetchError, Malformed
from monitor.markup import has_too_many_tags, with_few_attributes
from monitor.model import Entry, Kind, Response
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import MAX_MEDIA, id_of, instant_of, name_of, text_of
from monitor.sources.search_turns import Found

SITE = "https://t.me"

_POST = re.compile(r"[A-Za-z0-9_]+/([0-9]{1,18})")
_COUNT = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\s*([KM])|(\d[\d\s.,]*)", re.IGNORECASE)
_UNITS = {"k": 1_000, "m": 1_000_000}
_BACKGROUND = re.compile(r"background-image:\s*url\(['\"]?([^'\")]+)")
_PICTURES = ("tgme_widget_message_photo_wrap", "tgme_widget_message_video_thumb")
_PREVIEW = ("tgme_channel_history", "tgme_channel_info", "tgme_channel_info_counter")
_REPLY = "tgme_widget_message_reply"


def read_preview(response: Response) -> Found:
    """Read a page; ``following`` is the oldest message's number.

    Raises ``Malformed(api)`` for what is no preview: a channel that is gone, or shows none.
    """
    page = _parse(response.body)
    messages = [m for m in _by_class(page, "tgme_widget_message") if _POST.fullmatch(_post_of(m))]
    if not messages and not any(_first(page, name) is not None for name in _PREVIEW):
        raise Malformed(Code.API, "the channel shows no public preview")
    # The first of the channel's counters is of those who follow it, in every language.
    followers = count_in(_text_by_class(page, "counter_value"))
    numbers = [int(_post_of(message).rpartition("/")[2]) for message in messages]
    oldest = min(numbers, default=0)
    return Found(
        entries=tuple(
            read_message(message, followers)
            for message in reversed(messages)
            if "service_message" not in message.get("class", "").split()
        ),
        rows=len(messages),
        reached=_published_at(messages[numbers.index(oldest)]) if messages else None,
        following=oldest if oldest > 1 else None,
    )


def read_message(message: html.HtmlElement, followers: int | None) -> Entry:
    """Read one message: its text, then the card of its link."""
    post = _post_of(message)
    texts = [_html_by_class(message, "tgme_widget_message_text")]
    texts += [_html_by_class(message, f"link_preview_{part}") for part in ("title", "description")]
    reply = _first(message, _REPLY)
    return Entry(
        external_id=id_of(post) or post,
        url=f"{SITE}/{post}",
        text="\n".join(text for text in map(text_of, texts) if text),
        kind=Kind.POST,
        author=name_of(_html_by_class(message, "tgme_widget_message_owner_name")),
        author_url=f"{SITE}/{post.partition('/')[0]}",
        author_followers=followers,
        published_at=_published_at(message),
        views=count_in(_text_by_class(message, "tgme_widget_message_views")),
        parent_url=None if reply is None else web_url(reply.get("href"), SITE),
        media=tuple(dict.fromkeys(_pictures(message)))[:MAX_MEDIA],
    )


def count_in(text: str | None) -> int | None:
    """Return a count as Telegram shows it; ``None`` for any other text.

    >>> count_in("1.2K"), count_in("3M"), count_in("812"), count_in("1 204"), count_in("vues")
    (1200, 3000000, 812, 1204, None)
    """
    found = _COUNT.fullmatch((text or "").strip())
    if found is None:
        return None
    if found[2]:
        return round(float(found[1].replace(",", ".")) * _UNITS[found[2].lower()])
    return int(re.sub(r"\D", "", found[3])[:15])


def _parse(body: bytes) -> html.HtmlElement:
    if has_too_many_tags(body):
        raise FetchError(Code.TOO_LARGE, "more tags than a page has")
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        return html.document_fromstring(with_few_attributes(body), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise Malformed(Code.EMPTY, "the page is empty") from error


def _post_of(message: html.HtmlElement) -> str:
    return str(message.get("data-post", ""))


def _published_at(message: html.HtmlElement) -> datetime | None:
    # Replies and videos have a time too: the message's own stands within its link.
    link = _first(message, "tgme_widget_message_date")
    times = [] if link is None else link.xpath(".//time/@datetime")
    return instant_of(str(times[0])) if times else None


def _pictures(message: html.HtmlElement) -> Iterator[str]:
    for name in _PICTURES:
        for part in _by_class(message, name):
            found = _BACKGROUND.search(part.get("style", ""))
            url = web_url(found[1], SITE) if found else None
            if url:
                yield url


def _by_class(of: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    has = "contains(concat(' ', normalize-space(@class), ' '), ' {} ')"
    found = of.xpath(f".//*[{has.format(name)}][not(ancestor::*[{has.format(_REPLY)}])]")
    return [part for part in found if isinstance(part, html.HtmlElement)]


def _first(of: html.HtmlElement, name: str) -> html.HtmlElement | None:
    return next(iter(_by_class(of, name)), None)


def _text_by_class(of: html.HtmlElement, name: str) -> str | None:
    part = _first(of, name)
    return None if part is None else str(part.text_content())


def _html_by_class(of: html.HtmlElement, name: str) -> str:
    part = _first(of, name)
    if part is None:
        return ""
    return str(etree.tostring(part, encoding="unicode", method="html", with_tail=False))
