"""Trustpilot: the reviews of one company, with the key of its plan.

https://developers.trustpilot.com (business units API, public data), read 2026-11. Quota: 833
requests in 5 minutes, 10,000 an hour.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar, Self

from pydantic import Field, SecretStr, model_validator

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Figure, Health, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import instant_of
from monitor.sources.json_fields import part_at, record_of, text_at
from monitor.sources.one_by_one import gone, look_again
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.trustpilot_reviews import is_shown, read_figures, read_review, read_reviews

API = "https://api.trustpilot.com"
PAGE_SIZE = 100
_FIGURES_EVERY = timedelta(days=1)


class TrustpilotOptions(PagedOptions):
    """Whose reviews to read."""

    key: SecretStr = Field(description="The API key.", examples=["${TRUSTPILOT_KEY}"])
    domain: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
        description="The company's domain, as Trustpilot has it.",
        examples=["fleurs-bougamont.fr"],
    )
    business_unit: str | None = Field(
        default=None,
        pattern=r"^[0-9A-Za-z]{6,64}$",
        description="In place of the domain: its business unit's identifier.",
        examples=["46d6a890000064000500e0c3"],
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}$",
        description="Only reviews in this language. Default: all.",
        examples=["fr"],
    )

    @model_validator(mode="after")
    def _has_a_company(self) -> Self:
        if (self.domain is None) == (self.business_unit is None):
            raise ValueError("give `domain` or `business_unit`, one of them")
        return self


class Trustpilot(Source[TrustpilotOptions]):
    """Reads one company's reviews, newest first."""

    type: ClassVar[str] = "trustpilot"
    platform: ClassVar[str] = "trustpilot"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = TrustpilotOptions
    is_own: ClassVar[bool] = True
    credentials: ClassVar[str | None] = (
        "An API key, which comes with Trustpilot's upper plans: businessapp.b2b.trustpilot.com › "
        "Integrations › Developers › APIs. Without one: the notices by mail (`mailbox`), and the "
        "export of the Business portal (`ecoute import`)."
    )
    limits: ClassVar[str] = (
        "Form A, with the company's own paid key; the same key reads any company. Edits, likes and "
        "what is reported, hidden or deleted are followed for 30 days. A review that the company "
        "has answered counts as handled. Order numbers and addresses are not asked for."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=30)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The API."""
        return server_root(API, self.options.base_url)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the new and changed reviews; once a day, the score and the number of reviews."""
        unit, figures, kept = await self._unit(session, cursor)
        reader = self._reader(session, unit, session.now - FIRST_SPAN)
        async for page in reader.read(self._searches, cursor):
            yield replace(page, cursor={**page.cursor, **kept}, figures=figures)
            figures = ()
        if figures:
            yield Page(entries=(), cursor={**cursor, **kept}, figures=figures)

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield the reviews since an instant."""
        unit, _, kept = await self._unit(session, cursor)
        reader = self._reader(session, unit, since, is_history=True)
        async for page in reader.read(self._searches, cursor):
            yield replace(page, cursor={**page.cursor, **kept})

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield reviews as they are now, and those that are shown no more."""

        async def look(external_id: str) -> Entry:
            review = record_of(await self._get(session, f"/v1/reviews/{external_id}"), "the answer")
            if not is_shown(review):
                raise gone(f"status {review.get('status')}")
            return read_review(review)

        async for page in look_again(external_ids, look, now=session.now):
            yield page

    @property
    def _searches(self) -> tuple[Search, ...]:
        return (Search(text=f"reviews of {self.options.domain or self.options.business_unit}"),)

    def _reader(
        self, session: Session, unit: str, since: datetime, *, is_history: bool = False
    ) -> Reader:
        options = self.options

        async def ask(search: Search, after: datetime, following: Json) -> Found:
            del search, after  # there is but one, and no date to begin at
            number = following if isinstance(following, int) else 1
            params: dict[str, str | int] = {
                "page": number,
                "perPage": PAGE_SIZE,
                "orderBy": "createdat.desc",
            }
            if options.language is not None:
                params["language"] = options.language
            answer = await self._get(session, f"/v1/business-units/{unit}/reviews", params)
            return read_reviews(answer, number, PAGE_SIZE)

        return Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=options.max_pages,
            is_whole=True,
            is_history=is_history,
        )

    async def _unit(
        self, session: Session, cursor: Cursor
    ) -> tuple[str, tuple[Figure, ...], dict[str, Json]]:
        """Return the company's identifier, its figures once a day, and what the cursor keeps."""
        known, asked_at = cursor.get("unit"), instant_of(cursor.get("unit_at"))
        now = session.now
        if isinstance(known, str) and asked_at and asked_at <= now < asked_at + _FIGURES_EVERY:
            return known, (), {"unit": known, "unit_at": asked_at.isoformat()}
        options = self.options
        if options.business_unit is not None:
            answer = await self._get(session, f"/v1/business-units/{options.business_unit}")
        else:
            answer = await self._get(
                session, "/v1/business-units/find", {"name": str(options.domain)}
            )
        told = record_of(answer, "the answer")
        unit = options.business_unit or text_at(told, "id")
        return unit, read_figures(told), {"unit": unit, "unit_at": now.isoformat()}

    async def _get(
        self, session: Session, path: str, params: Mapping[str, str | int] | None = None
    ) -> Json:
        try:
            answer, _ = await session.get_json(
                f"{self.address}{path}",
                params=params,
                headers={"apikey": self.options.key.get_secret_value()},
            )
        except FetchError as error:
            raise _told_refusal(error, path) from error
        # Some answers to a bad key come with a status of 200.
        if isinstance(answer, Mapping) and part_at(answer, "fault"):
            raise FetchError(Code.AUTH, "fault", health=Health.NEEDS_TOKEN)
        return answer


def _told_refusal(error: FetchError, path: str) -> FetchError:
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        return FetchError(Code.AUTH, error.detail, http_status=401, health=Health.NEEDS_TOKEN)
    if error.http_status == HTTPStatus.FORBIDDEN:
        health = Health.PERMISSION_MISSING
        missing = "Business Units API"
        return FetchError(Code.AUTH, error.detail, http_status=403, health=health, missing=missing)
    is_company = error.http_status == HTTPStatus.NOT_FOUND and path.startswith("/v1/business-units")
    return gone("Trustpilot knows no such company") if is_company else error
