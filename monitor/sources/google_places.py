"""Google Places: the rating of any place and how many gave one; five reviews, shown but not kept.

https://developers.google.com/maps/documentation/places/web-service/place-details, read 2026-11;
with ``api: legacy``, …/place/details, closed to new projects. Quota: what the owner pays for.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from monitor.errors import FetchError
from monitor.fetching.base import Session
from monitor.model import Cursor, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.budgets import spend_request
from monitor.sources.google_places_details import read_legacy, read_place
from monitor.sources.google_refusals import told_refusal
from monitor.sources.one_by_one import gone

API = "https://places.googleapis.com"
LEGACY = "https://maps.googleapis.com"

_FIELDS = "id,displayName,rating,userRatingCount,googleMapsUri"
_LEGACY_FIELDS = "place_id,name,rating,user_ratings_total,url"
_LOST = {"NOT_FOUND", "ZERO_RESULTS"}


class GooglePlacesOptions(NetworkOptions):
    """Which place, and at which cost at most."""

    key: SecretStr = Field(
        description="A key of the Places API.", examples=["${GOOGLE_PLACES_KEY}"]
    )
    place: str = Field(
        pattern=r"^[A-Za-z0-9_-]{10,500}$",
        description="The place's identifier: developers.google.com/maps/documentation/places/"
        "web-service/place-id finds it.",
        examples=["ChIJN1t_tDeuEmsRUsoyG83frY4"],
    )
    api: Literal["new", "legacy"] = Field(
        default="new",
        description="`legacy` for projects that still have the old API: it sorts by newest.",
        examples=["new"],
    )
    reviews: bool = Field(
        default=True,
        description="Ask for reviews too: one unseen becomes a mention of stars and a link alone. "
        "Without, each request is billed at a lower level.",
        examples=[False],
    )
    language: str = Field(
        default="fr",
        pattern=r"^[a-z]{2}(-[A-Z]{2})?$",
        description="The language of what is shown live.",
        examples=["fr"],
    )
    monthly_requests: int = Field(
        default=900,
        ge=1,
        description="Requests a calendar month (UTC), counted before each; then the source rests.",
        examples=[900],
    )
    monthly_dollars: float | None = Field(
        default=None,
        gt=0,
        description="Likewise in dollars, at `dollars_per_1000`, as if none were free.",
        examples=[5],
    )
    dollars_per_1000: float = Field(
        default=25.0,
        ge=0,
        description="What Google takes for 1,000 requests (2026, with reviews: about 25).",
        examples=[25.0],
    )


class GooglePlaces(Source[GooglePlacesOptions]):
    """Reads one place; nothing of it is kept in the cursor."""

    type: ClassVar[str] = "google_places"
    platform: ClassVar[str] = "google_places"
    every: ClassVar[timedelta] = timedelta(hours=24)
    options_type: ClassVar = GooglePlacesOptions
    is_own: ClassVar[bool] = True
    credentials: ClassVar[str | None] = (
        "A key: console.cloud.google.com › new project with a billing account › enable “Places API "
        "(New)” › Credentials › Create credentials › API key, restricted to that API."
    )
    limits: ClassVar[str] = (
        "Form B, by key, for any place: the rating and how many gave one, a figure a day. Google "
        "shows five reviews at most, by its own judgement, and lets nobody store them: `ecoute "
        "sources test` and `check` show them live with their authors; a mention keeps the stars, "
        "the date, the link and a hash for an identifier, no word and no author. Not every review "
        "is seen, nor a deletion: for one's own place, `google_business` sees all. About 1,000 "
        "requests a month are free; counted before each. `base_url` stands for Google's host."
    )

    @property
    def address(self) -> str:
        """The API that is asked."""
        is_new = self.options.api == "new"
        return server_root(API if is_new else LEGACY, self.options.base_url)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the place's figures, and its reviews: without words to store, whole to show."""
        del cursor
        self._spend(session)
        if self.options.api == "new":
            yield read_place(await self._new(session))
        else:
            yield read_legacy(await self._legacy(session))

    async def _new(self, session: Session) -> Json:
        options = self.options
        headers = {
            "X-Goog-Api-Key": options.key.get_secret_value(),
            "X-Goog-FieldMask": _FIELDS + (",reviews" if options.reviews else ""),
        }
        url = f"{self.address}/v1/places/{options.place}"
        try:
            answer, _ = await session.get_json(
                url, params={"languageCode": options.language}, headers=headers
            )
        except FetchError as error:
            if error.http_status == HTTPStatus.NOT_FOUND:
                raise gone("Google knows no such place; its identifier may have changed") from error
            raise told_refusal(error, scope="Places API (New)") from error
        return answer

    async def _legacy(self, session: Session) -> Json:
        options = self.options
        params: dict[str, str | int] = {
            "place_id": options.place,
            "fields": _LEGACY_FIELDS + (",reviews" if options.reviews else ""),
            "language": options.language,
            "reviews_sort": "newest",
            "reviews_no_translations": "true",
            "key": options.key.get_secret_value(),
        }
        try:
            answer, _ = await session.get_json(
                f"{self.address}/maps/api/place/details/json", params=params
            )
        except FetchError as error:
            raise told_refusal(error, scope="Places API") from error
        if isinstance(answer, Mapping) and str(answer.get("status")) in _LOST:
            raise gone("Google knows no such place; its identifier may have changed")
        return answer

    def _spend(self, session: Session) -> None:
        options = self.options
        spend_request(
            session,
            "Google Places",
            monthly_requests=options.monthly_requests,
            monthly_dollars=options.monthly_dollars,
            dollars_per_1000=options.dollars_per_1000,
            key=options.key.get_secret_value(),
        )
