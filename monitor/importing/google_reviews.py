"""Reviews of a Business Profile from Google Takeout: ``reviews*.json``, shaped as the API answers.

``{"reviews": [{name, reviewer{displayName}, starRating, comment, createTime, …}]}``, in files
beside each place. There is no link to one review. A review of stars alone is kept: it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC

from monitor.importing.base import Bytes, Found, Item, Reading
from monitor.importing.cells import instant_in, stars_of
from monitor.importing.elements import Broken, elements
from monitor.model import Json
from monitor.sources.entry_parts import hash_of, id_of
from monitor.sources.google_review import read_review
from monitor.sources.json_fields import part_at


def read_reviews(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield the reviews."""
    for row, (path, element) in enumerate(elements(stream), start=1):
        if isinstance(element, Broken):
            yield reading.trouble(row, element.key)
        elif path and path[-1] != "reviews":
            continue
        elif not isinstance(element, Mapping) or not ({"starRating", "comment"} & element.keys()):
            yield reading.trouble(row, "no_review")
        else:
            yield _review(element)


def _review(review: Mapping[str, Json]) -> Found:
    stamp = review.get("createTime")
    named = id_of(review.get("reviewId")) or id_of(review.get("name"))
    author = str(part_at(review, "reviewer").get("displayName"))
    made = hash_of("google_business", str(stamp), author, str(review.get("comment")))
    entry = read_review({**review, "reviewId": named or made})
    stars = stars_of(review.get("starRating"))
    return Found(entry=replace(entry, published_at=instant_in(stamp, UTC), rating=stars))
