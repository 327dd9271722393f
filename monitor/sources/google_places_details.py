"""A place as Google's two Places APIs tell it: figures and reviews. Pure.

What is stored of a review holds none of its words and not its author (Google's terms): a hash of
its name, stars, date and link. What is shown live is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Entry, Figure, Health, Json, Kind, Page
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    hash_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    verbatim_text_of,
)
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import part_at, read_each, record_of, rows_of

_LEAST, _MOST = 1, 5


def read_place(answer: Json) -> Page:
    """Read an answer of Places API (New). Raises Malformed(api)."""
    place = record_of(answer, "the answer")
    link = web_url(place.get("googleMapsUri"))
    counts = place.get("rating"), place.get("userRatingCount")
    return _page(place, counts, lambda review: _review(review, link))


def read_legacy(answer: Json) -> Page:
    """Read an answer of the legacy API: a refusal comes with a status of 200.

    Raises FetchError and Malformed(api).
    """
    told = record_of(answer, "the answer")
    _check_status(str(told.get("status")))
    place = record_of(told.get("result"), "result")
    link, place_id = web_url(place.get("url")), str(place.get("place_id"))
    counts = place.get("rating"), place.get("user_ratings_total")
    return _page(place, counts, lambda review: _legacy_review(review, link, place_id))


def _page(
    place: Mapping[str, Json],
    counts: tuple[Json, Json],
    read: Callable[[Mapping[str, Json]], Entry],
) -> Page:
    rows = place.get("reviews")
    whole, problem = read_each(() if rows is None else rows_of(rows, "reviews"), read, "reviews")
    figures = (
        Figure(name=name, value=float(value))
        for name, value in zip(("rating", "rating_count"), counts, strict=True)
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    return Page(
        entries=tuple(map(_without_words, whole)),
        cursor={},
        problem=problem,
        figures=tuple(figures),
        live=whole,
    )


def _without_words(review: Entry) -> Entry:
    return replace(review, text="", author=None, author_url=None, language=None)


def _review(review: Mapping[str, Json], place_link: str | None) -> Entry:
    name = id_of(review.get("name"))
    if name is None:
        raise Malformed(Code.API, "name is missing")
    author = part_at(review, "authorAttribution")
    # As it was written, when Google has it so: else in its translation.
    said = part_at(review, "originalText") or part_at(review, "text")
    return Entry(
        external_id=hash_of("google_places", name),
        url=web_url(review.get("googleMapsUri")) or place_link,
        text=verbatim_text_of(said.get("text")),
        kind=Kind.REVIEW,
        author=name_of(author.get("displayName")),
        author_url=web_url(author.get("uri")),
        published_at=instant_of(review.get("publishTime")),
        language=language_of(said.get("languageCode")),
        rating=_stars(review.get("rating")),
    )


def _legacy_review(review: Mapping[str, Json], place_link: str | None, place_id: str) -> Entry:
    """Read a review that has neither identifier nor link; nobody has two of one place."""
    author, author_url = name_of(review.get("author_name")), web_url(review.get("author_url"))
    if author is None and author_url is None:
        raise Malformed(Code.API, "author_name is missing")
    return Entry(
        external_id=hash_of("google_places", place_id, author_url or "", author or ""),
        url=place_link,
        text=verbatim_text_of(review.get("text")),
        kind=Kind.REVIEW,
        author=author,
        author_url=author_url,
        published_at=instant_at(review.get("time")),
        language=language_of(review.get("language")),
        rating=_stars(review.get("rating")),
    )


def _stars(rating: Json) -> float | None:
    is_number = isinstance(rating, int | float) and not isinstance(rating, bool)
    return float(rating) if is_number and _LEAST <= float(rating) <= _MOST else None  # type: ignore[arg-type] # a number


def _check_status(status: str) -> None:
    """Raise what a status of the legacy API stands for."""
    if status == "OK":
        return
    if status in {"OVER_QUERY_LIMIT", "OVER_DAILY_LIMIT"}:
        raise FetchError(Code.RATE_LIMITED, status)
    if status == "REQUEST_DENIED":
        health = Health.PERMISSION_MISSING
        raise FetchError(Code.AUTH, status, health=health, missing="Places API")
    raise Malformed(Code.API, f"status {status[:40]}")
