"""Reviews of a Business Profile from Google Takeout: ``reviews*.json``, shaped as the API answers.

``{"reviews": [{name, reviewer{displayName}, starRating, comment, createTime, …}]}``, in files
beside each place. There is no link to one review. A review of stars alone is kept: it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC

from monitor.importing.base import Bytes, Found, Item, Reading
from monitor.importing.cells import instant_in, stars_of
from monitor.importing.elements import Broken, elements
from monitor.model import Entry, Json, Kind
from monitor.sources.entry_parts import hash_of, id_of, name_of, verbatim_text_of
from monitor.sources.json_fields import part_at

# Google puts its translation before what was written, or behind it.
_ORIGINAL = re.compile(r"\(Original\)\s*(.*)", re.DOTALL)
_TRANSLATED = re.compile(r"\(Translated by Google\).*", re.DOTALL)


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
    author = name_of(part_at(review, "reviewer").get("displayName"))
    text = verbatim_text_of(_original(review.get("comment")))
    stamp = review.get("createTime")
    named = id_of(review.get("reviewId")) or id_of(review.get("name"))
    return Found(
        entry=Entry(
            external_id=named.rpartition("/")[2]
            if named
            else hash_of("google_business", str(stamp), author or "", text),
            url=None,
            text=text,
            kind=Kind.REVIEW,
            author=author,
            published_at=instant_in(stamp, UTC),
            rating=stars_of(review.get("starRating")),
        )
    )


def _original(comment: Json) -> str:
    text = comment if isinstance(comment, str) else ""
    found = _ORIGINAL.search(text)
    return found[1] if found else _TRANSLATED.sub("", text)
