"""Lemmy: posts and comments that one server's search finds for each business.

LemmyNet/lemmy-docs src/contributors/04-api.md (0.19) and 09-api-v4.md (1.0), as of 2026-08. No
account. Quota: each server's own; by default 60 searches in 10 minutes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import ClassVar

from pydantic import Field, HttpUrl

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.matching.queries import LEMMY
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.lemmy_views import (
    Site,
    is_version_3,
    read_found,
    read_languages,
    read_page,
    read_results,
)
from monitor.sources.one_by_one import gone, is_gone, look_again
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader

_LOOKED_AT_AGAIN = timedelta(days=7)
# Before 1.0 a throttled request has status 400, too (LemmyNet/lemmy issue 5332).
_REFUSALS = {
    "rate_limit_error": Code.RATE_LIMITED,
    "instance_is_private": Code.AUTH,
    "not_logged_in": Code.AUTH,
}
# Before and since 1.0 (LemmyNet/lemmy crates/api/api/src/federation/resolve_object.rs).
_NOT_FOUND = (b'"couldnt_find_object"', b'"not_found"')
PAGE_SIZE = 50  # the most that one answer holds


class LemmyOptions(PagedOptions):
    """One server to ask."""

    instance: HttpUrl = Field(
        description="The server to ask.", examples=["https://jlai.lu", "https://lemmy.world"]
    )


class Lemmy(Source[LemmyOptions]):
    """Searches posts and comments on one server.

    What comes is wider than the name (other words between its own), and whole: only the matcher
    says whom it is about, and ``searched_for`` stays empty.
    """

    type: ClassVar[str] = "lemmy"
    platform: ClassVar[str] = "lemmy"
    every: ClassVar[timedelta] = timedelta(minutes=30)
    options_type: ClassVar = LemmyOptions
    limits: ClassVar[str] = (
        "Sees what that server knows of the communities its members follow; a private server shows "
        "nothing. Edits, counts and deletions, as far as that server hears of them, are followed "
        "for a week. By default 60 searches in 10 minutes. French-speaking: jlai.lu."
    )
    rechecks: ClassVar[timedelta | None] = _LOOKED_AT_AGAIN
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The server."""
        return server_root(str(self.options.instance), self.options.base_url)

    @property
    def queries(self) -> tuple[str, ...]:
        """The names and handles that are searched."""
        return tuple(search.text for search in self._searches())

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each search's new posts and comments; the cursor also remembers the server's API.

        A server that has been renewed answers "not found" to its old API: it is looked at anew.
        """
        known = self._site_of(cursor)
        try:
            async for page in self._walk(session, cursor, known or await self._look(session)):
                yield page
        except FetchError as error:
            if known is None or error.http_status != HTTPStatus.NOT_FOUND:
                raise
            async for page in self._walk(session, {}, await self._look(session)):
                yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each search's posts and comments since an instant."""
        site = self._site_of(cursor) or await self._look(session)
        reader = self._reader(session, site, since, is_history=True)
        async for page in reader.read(self._searches(), cursor):
            yield _remember(page, site)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield posts and comments as they are now, a request each, and those that are gone.

        They are asked for by their addresses: their numbers differ from server to server.
        """
        site = await self._look(session)

        async def look(address: str) -> Entry | None:
            path = f"/api/v{site.version}/resolve_object"
            try:
                answer = await self._get(session, path, {"q": address})
            except FetchError as error:
                # The status is 404 or 400, by what its database said.
                if is_gone(error) or any(name in error.body for name in _NOT_FOUND):
                    raise gone("not found") from None
                raise
            return read_found(answer, site)

        async for page in look_again(external_ids, look, now=session.now):
            yield page

    async def _walk(
        self, session: Session, cursor: Cursor, site: Site
    ) -> AsyncGenerator[Page, None]:
        reader = self._reader(session, site, session.now - FIRST_SPAN)
        is_remembered = self._site_of(cursor) is not None
        async for page in reader.read(self._searches(), cursor):
            yield _remember(page, site)
            is_remembered = True
        if not is_remembered:
            yield _remember(Page(entries=(), cursor=cursor), site)

    def _searches(self) -> tuple[Search, ...]:
        return searches_for(self.businesses, LEMMY, is_loose=True)

    def _reader(
        self, session: Session, site: Site, since: datetime, *, is_history: bool = False
    ) -> Reader:
        return Reader(
            ask=partial(self._ask, session, site),
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            overlap=_LOOKED_AT_AGAIN,
            is_history=is_history,
        )

    async def _look(self, session: Session) -> Site:
        """Ask the server which API it has: before Lemmy 1.0 the third."""
        try:
            answer, _ = await session.get_json(f"{self.address}/api/v3/site")
            version = 3 if is_version_3(answer) else 4
        except FetchError as error:
            if error.http_status not in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                raise
            answer, version = {}, 4
        if version != 3:  # noqa: PLR2004 - the API's own number
            answer, _ = await session.get_json(f"{self.address}/api/v4/site")
        return self._site(version, read_languages(answer))

    async def _ask(
        self, session: Session, site: Site, search: Search, after: datetime, following: Json
    ) -> Found:
        if site.version == 3:  # noqa: PLR2004 - likewise
            number = following if isinstance(following, int) else 1
            answer = await self._get(
                session,
                "/api/v3/search",
                {
                    "q": search.text,
                    "type_": "All",
                    "listing_type": "All",
                    "sort": "New",
                    "page": number,
                    "limit": PAGE_SIZE,
                },
            )
            return read_page(answer, site, number=number, size=PAGE_SIZE)
        # Newest first, all kinds and all servers are its defaults: their names have changed case.
        age_s = int((session.now - after).total_seconds())
        answer = await self._get(
            session,
            "/api/v4/search",
            {
                "q": search.text,
                "search_term": search.text,  # the name that "q" had in 1.0's first versions
                "time_range_seconds": age_s,
                "limit": PAGE_SIZE,
                **({} if following is None else {"page_cursor": str(following)}),
            },
        )
        return read_results(answer, site)

    async def _get(self, session: Session, path: str, params: Mapping[str, str | int]) -> Json:
        """Ask one method; what a server says in the body of a bare "bad request" is told."""
        try:
            answer, _ = await session.get_json(f"{self.address}{path}", params=params)
        except FetchError as error:
            if error.http_status == HTTPStatus.BAD_REQUEST:
                for name, code in _REFUSALS.items():
                    if f'"{name}"'.encode() in error.body:
                        raise FetchError(code, name) from None
            raise
        return answer

    def _site(self, version: int, languages: Mapping[str, str]) -> Site:
        root = server_root(str(self.options.instance), None)
        return Site(root=root, version=version, languages=languages)

    def _site_of(self, cursor: Cursor) -> Site | None:
        version, languages = cursor.get("api"), cursor.get("languages")
        if not isinstance(version, int) or not isinstance(languages, Mapping):
            return None
        return self._site(version, {str(n): str(code) for n, code in languages.items()})


def _remember(page: Page, site: Site) -> Page:
    cursor = {**page.cursor, "api": site.version, "languages": dict(site.languages)}
    return replace(page, cursor=cursor)
