"""Google Business Profile: the reviews of the owner's own places.

https://developers.google.com/my-business (v4 reviews, v1 accounts and locations), read 2026-11.
Free. Quota: 300 requests a minute once Google has granted access, 0 before.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from http import HTTPStatus
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr

from monitor.errors import FetchError, SourceError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Health, Json, Page, Standing
from monitor.sources.addresses import server_root, web_url
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import instant_of
from monitor.sources.google_business_places import (
    Listing,
    Place,
    figures_of,
    places_in,
    read_listing,
    told_places,
)
from monitor.sources.google_refusals import told_refusal
from monitor.sources.json_fields import list_at, part_at, record_of
from monitor.sources.oauth import Grant

ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com"
REVIEWS = "https://mybusiness.googleapis.com"
TOKENS = "https://oauth2.googleapis.com"
SCOPE = "business.manage"
REVIEW = "Application for Basic API Access"

PAGE_SIZE = 50
_MOST_LISTED = 120
"""Pages of one listing anew: 6,000 reviews."""
_MOST_DISCOVERED = 20
"""Pages of accounts, or of one account's locations."""
_PLACES_FOR = timedelta(days=1)


class GoogleBusinessOptions(PagedOptions):
    """Whose places to read, and with what."""

    client_id: str = Field(
        description="The OAuth client's identifier.",
        examples=["1234-abcd.apps.googleusercontent.com"],
    )
    client_secret: SecretStr = Field(
        description="The OAuth client's secret.", examples=["${GOOGLE_CLIENT_SECRET}"]
    )
    refresh_token: SecretStr = Field(
        description="What the owner's consent gave, with the scope business.manage.",
        examples=["${GOOGLE_REFRESH_TOKEN}"],
    )
    locations: tuple[
        Annotated[str, Field(pattern=r"^(accounts/[\w-]+/)?locations/[\w-]+$")], ...
    ] = Field(
        default=(),
        max_length=50,
        description="The places to read. Default: all that the account manages.",
        examples=[["accounts/123/locations/456"]],
    )


class GoogleBusiness(Source[GoogleBusinessOptions]):
    """Reads each place's reviews, the last changed first, and lists all anew when some vanish.

    The cursor holds the places, with what was read of each, and whose turn it is.
    """

    type: ClassVar[str] = "google_business"
    platform: ClassVar[str] = "google_business"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = GoogleBusinessOptions
    is_own: ClassVar[bool] = True
    credentials: ClassVar[str | None] = (
        "A Google Cloud project whose access to the Business Profile APIs Google has granted (form "
        "“Application for Basic API Access”; the profile must be verified for 60 days), its OAuth "
        "client, and a refresh token of the owner with the scope business.manage. Publish the "
        "consent screen: in “testing” its tokens last 7 days."
    )
    limits: ClassVar[str] = (
        "Form A: reads the reviews of the owner's own verified places; cannot search Google, nor "
        "see the reviews of others. Free. There is no link to one review, only to its place. A "
        "review that the owner has answered counts as handled. A deleted review is "
        "noticed when the place counts fewer, of up to 5,000; an answer to one that is not among "
        "the 50 last changed, when all are listed anew. `base_url` stands for all Google's hosts."
    )

    @property
    def address(self) -> str:
        """Where the reviews are."""
        return server_root(REVIEWS, self.options.base_url)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each place's new and changed reviews, beginning with the place whose turn it is."""
        api = _Api(session, self._grant, self.options, is_known="places" in cursor)
        places, found_at = await self._places(api, cursor)
        if not places:
            standing = Standing(health=Health.PERMISSION_MISSING, missing="accounts/*/locations/*")
            yield Page(entries=(), cursor=cursor, standing=standing)
            return
        names = list(places)
        start = names.index(str(cursor["first"])) if cursor.get("first") in places else 0
        names = [*names[start:], *names[:start]]
        quiet: Page | None = None
        for name, following in zip(names, [*names[1:], *names[:1]], strict=True):

            def told(page: Page, first: str) -> Page:
                kept = {"first": first, "found_at": found_at, "places": told_places(places)}
                return replace(page, cursor=kept, figures=figures_of(places.values()))

            try:
                async for page, place, is_last in self._read(api, name, places[name]):
                    places[name] = place
                    quiet = told(page, following if is_last else name)
                    if page.entries or page.removed or page.problem:
                        yield quiet
                        quiet = None
            except SourceError:
                # The place that fails each time must not starve the others.
                yield told(Page(entries=(), cursor={}), following)
                raise
        if quiet is not None:
            yield quiet

    @cached_property
    def _grant(self) -> Grant:
        return Grant(
            token_url=f"{server_root(TOKENS, self.options.base_url)}/token",
            client_id=self.options.client_id,
            client_secret=self.options.client_secret,
            refresh_token=self.options.refresh_token,
        )

    async def _places(self, api: _Api, cursor: Cursor) -> tuple[dict[str, Place], str]:
        """Return the places, looked for once a day, and when that was last done."""
        known, found_at = places_in(cursor), instant_of(cursor.get("found_at"))
        now = api.session.now
        if known and found_at is not None and found_at <= now < found_at + _PLACES_FOR:
            return known, found_at.isoformat()
        urls = await api.locations()
        return {
            name: replace(known.get(name, Place()), url=url) for name, url in urls.items()
        }, now.isoformat()

    async def _read(
        self, api: _Api, name: str, place: Place
    ) -> AsyncGenerator[tuple[Page, Place, bool], None]:
        """Finish the reading that was cut, then read what changed since; says which is the last."""
        is_rest = place.following is not None
        for number in range(self.options.max_pages):
            try:
                found = await api.reviews(name, place.url, place.following)
            except FetchError as error:
                if number or not is_rest or error.http_status != HTTPStatus.BAD_REQUEST:
                    raise
                # The mark of a page that was given long ago: from the start, then.
                found, is_rest = await api.reviews(name, place.url, None), False
            fresh = place.fresh(found.entries)
            # A page that is the last one again would lead in a circle.
            is_end = found.following in {None, place.following}
            ends = is_end or (place.is_whole and not fresh)
            place = place.after(found, ends=ends)
            is_last = (ends and not is_rest) or number + 1 == self.options.max_pages
            yield Page(entries=fresh, cursor={}, problem=found.problem), place, is_last
            if is_last:
                break
            is_rest = is_rest and not ends
        if place.miscounts:
            listed = [entry async for entry in api.all_reviews(name, place.url)]
            fresh = place.fresh(listed)
            place, vanished = place.without_vanished(listed)
            yield Page(entries=fresh, cursor={}, removed=vanished), place, True


@dataclass(frozen=True, slots=True)
class _Api:
    """The requests; errors say what a person has to do."""

    session: Session
    grant: Grant
    options: GoogleBusinessOptions
    is_known: bool

    async def reviews(self, name: str, url: str | None, following: str | None) -> Listing:
        params: dict[str, str | int] = {"pageSize": PAGE_SIZE, "orderBy": "updateTime desc"}
        if following is not None:
            params["pageToken"] = following
        return read_listing(await self._get(REVIEWS, f"/v4/{name}/reviews", params), url)

    async def all_reviews(self, name: str, url: str | None) -> AsyncGenerator[Entry, None]:
        following: str | None = None
        for _ in range(_MOST_LISTED):
            found = await self.reviews(name, url, following)
            for entry in found.entries:
                yield entry
            if found.following in {None, following}:
                return
            following = found.following

    async def locations(self) -> dict[str, str | None]:
        """Return the places to read, as v4 names them, each with its link."""
        wanted = self.options.locations
        accounts = sorted({one.partition("/locations/")[0] for one in wanted if one[0] == "a"})
        if len(accounts) < len(wanted) or not wanted:
            named = [row.get("name") async for row in self._rows(ACCOUNTS, "/v1/accounts", 20)]
            accounts = list(dict.fromkeys([*accounts, *(str(name) for name in named if name)]))
        found: dict[str, str | None] = {}
        for account in accounts:
            path = f"/v1/{account}/locations"
            async for row in self._rows(LOCATIONS, path, 100, readMask="name,title,metadata"):
                # v1 names a location without its account, v4 wants both.
                place = str(row.get("name")).rpartition("locations/")[2]
                url = web_url(part_at(row, "metadata").get("mapsUri"))
                found.setdefault(f"{account}/locations/{place}", url)
        if not wanted:
            return found
        chosen = {
            name: url
            for name, url in found.items()
            if name in wanted or f"locations/{name.rpartition('/')[2]}" in wanted
        }
        return {**{name: None for name in wanted if name[0] == "a"}, **chosen}

    async def _rows(
        self, host: str, path: str, size: int, **more: str
    ) -> AsyncGenerator[Mapping[str, Json], None]:
        params: dict[str, str | int] = {"pageSize": size, **more}
        for _ in range(_MOST_DISCOVERED):
            answer = record_of(await self._get(host, path, params), "the answer")
            for row in list_at(answer, path.rpartition("/")[2]):
                if isinstance(row, Mapping) and isinstance(row.get("name"), str):
                    yield row
            following = answer.get("nextPageToken")
            if not isinstance(following, str) or following in {"", params.get("pageToken")}:
                return
            params["pageToken"] = following

    async def _get(self, host: str, path: str, params: Mapping[str, str | int]) -> Json:
        url = f"{server_root(host, self.options.base_url)}{path}"
        try:
            return await self.grant.get_json(self.session, url, params=params)
        except FetchError as error:
            if error.health is not None:
                raise  # the token endpoint's own word
            raise told_refusal(error, scope=SCOPE, review=REVIEW, is_known=self.is_known) from error
