"""Google Alerts: what is new in Google's index for a search that the owner saved, as Atom.

How to make one: https://support.google.com/websearch/answer/4815696, as of 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Page, Response
from monitor.sources.addresses import at_server
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import ParsedFeed, Record, is_page, parse_feed
from monitor.sources.readers import read_aside
from monitor.urls import site_of

_FEED = re.compile(r"https://(?:www\.)?google\.[a-z.]{2,6}/alerts/feeds/\d+/\d+")


def _check_feed(value: SecretStr) -> SecretStr:
    if _FEED.fullmatch(value.get_secret_value().strip()):
        return SecretStr(value.get_secret_value().strip())
    # The value is a secret: it is not repeated.
    raise ValueError("this is no alert's feed; write https://www.google.com/alerts/feeds/…/…")


class GoogleAlertsOptions(NetworkOptions):
    """One alert to read."""

    url: Annotated[SecretStr, AfterValidator(_check_feed)] = Field(
        description="The alert's feed address. Who has it can read your alert: keep it secret.",
        examples=["${GOOGLE_ALERT_URL}"],
    )


class GoogleAlerts(Source[GoogleAlertsOptions]):
    """Reads one alert's feed."""

    type: ClassVar[str] = "google_alerts"
    platform: ClassVar[str] = "google_alerts"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = GoogleAlertsOptions
    credentials: ClassVar[str | None] = (
        "A Google account. At https://www.google.com/alerts, write what to look for, open the "
        "options, choose delivery to an RSS feed, create the alert, and copy the address behind "
        "its orange icon. It is a secret: put it in `.env`."
    )
    limits: ClassVar[str] = (
        "Finds new pages of the whole web in Google's index (news, blogs, forums): the newest 20, "
        "each with a short extract. A date is when Google found the page, not when it was "
        "published; an old page returns when it is indexed again. A new alert stays empty until "
        "something is found. Google's terms forbid redistribution."
    )

    @property
    def address(self) -> str:
        """The service; the address itself is secret."""
        return "google.com/alerts/feeds/…"

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the one page there is."""
        url = at_server(self.options.url.get_secret_value(), self.options.base_url)
        try:
            # Unconditional: validators are kept by address, and this address is not to be kept.
            response = await session.get(url, conditional=False)
        except FetchError as error:
            # The detail may show the path, which is the secret.
            raise FetchError(
                error.code, self.address, http_status=error.http_status, retry_at=error.retry_at
            ) from None
        page = await read_aside(read_alert, response)
        yield replace(page, cursor=cursor)


def read_alert(response: Response) -> Page:
    """Read one alert. Raises ``Malformed``: ``not_a_feed`` for a page of consent or refusal."""
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where an alert's feed was due")
    feed = parse_feed(response)
    entries = tuple(read_result(record, feed) for record in feed.entries)
    return Page(entries=entries, cursor={}, problem=feed.problem)


def read_result(record: Record, feed: ParsedFeed) -> Entry:
    """Read one result. Its site stands for the author, whom Google does not name."""
    entry = read_entry(record, feed, "")
    site = site_of(entry.url) if entry.url else None
    return replace(entry, author=site, author_url=None, outlet=site)
