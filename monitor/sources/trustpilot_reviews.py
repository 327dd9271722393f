"""Trustpilot's reviews and figures: JSON in, Entry out. Pure.

Fields: the schema of singer-io/tap-trustpilot, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.errors import Code, Malformed
from monitor.model import Entry, Figure, Json, Kind
from monitor.sources.entry_parts import (
    count_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of
from monitor.sources.search_turns import Found

SITE = "https://fr.trustpilot.com"
_LEAST, _MOST = 1, 5


def read_reviews(answer: Json, number: int, size: int) -> Found:
    """Read one page; what is reported or hidden is removed. Raises Malformed(api)."""
    told = record_of(answer, "the answer")
    rows = rows_of(told.get("reviews"), "reviews")
    hidden = (
        id_of(row.get("id")) for row in rows if isinstance(row, Mapping) and not is_shown(row)
    )
    entries, problem = read_each(
        rows, lambda review: read_review(review) if is_shown(review) else None, "reviews"
    )
    return Found(
        entries=entries,
        rows=len(rows),
        following=number + 1 if rows and _has_more(told, len(rows) >= size) else None,
        reached=_oldest(rows[-1]) if rows else None,
        problem=problem,
        removed=tuple(one for one in hidden if one),
    )


def _has_more(told: Mapping[str, Json], is_full: bool) -> bool:  # noqa: FBT001 - said by its name
    """Tell whether a page may follow: by its links; without any, only an empty page is the last."""
    links = [link.get("rel") for link in list_at(told, "links") if isinstance(link, Mapping)]
    return is_full or not links or any(str(rel).startswith("next") for rel in links)


def is_shown(review: Mapping[str, Json]) -> bool:
    """Tell whether visitors see a review."""
    status = review.get("status")
    return not isinstance(status, str) or status.lower() == "active"


def read_review(review: Mapping[str, Json]) -> Entry:
    """Read one review. Raises Malformed when it has no identifier."""
    external_id = id_of(review.get("id"))
    if external_id is None:
        raise Malformed(Code.API, "id is missing")
    stars = count_of(review.get("stars"))
    answered = bool(part_at(review, "companyReply"))
    return Entry(
        external_id=external_id,
        url=f"{SITE}/reviews/{external_id}",
        title=title_of(review.get("title")),
        text=verbatim_text_of(review.get("text")),
        kind=Kind.REVIEW,
        author=_author(part_at(review, "consumer")),
        published_at=instant_of(review.get("createdAt")),
        language=language_of(review.get("language")),
        rating=float(stars) if stars is not None and _LEAST <= stars <= _MOST else None,
        likes=count_of(review.get("numberOfLikes")),
        answered=answered,
    )


def read_figures(unit: Mapping[str, Json]) -> tuple[Figure, ...]:
    """Return the score and the number of reviews, those that are told."""
    score, count = part_at(unit, "score"), part_at(unit, "numberOfReviews").get("total")
    found = {"rating": score.get("trustScore"), "rating_count": count}
    return tuple(
        Figure(name=name, value=float(value))
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    )


def _author(consumer: Mapping[str, Json]) -> str | None:
    # The API says displayName, its events say name.
    return name_of(consumer.get("displayName")) or name_of(consumer.get("name"))


def _oldest(row: Json) -> datetime | None:
    return instant_of(row.get("createdAt")) if isinstance(row, Mapping) else None
