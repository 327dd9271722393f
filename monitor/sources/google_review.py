"""One review as the Business Profile APIs and Google Takeout write it. Pure.

``{reviewId, reviewer{displayName}, starRating: ONE…FIVE, comment, createTime, reviewReply{…}}``:
developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews, read 2026-11. There
is no link to one review: ``url`` is that of its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.entry_parts import id_of, instant_of, name_of, verbatim_text_of
from monitor.sources.json_fields import part_at

_STARS = {"ONE": 1.0, "TWO": 2.0, "THREE": 3.0, "FOUR": 4.0, "FIVE": 5.0}
# Google puts its translation before what was written, or behind it.
_ORIGINAL = re.compile(r"\(Original\)\s*(.*)", re.DOTALL)
_TRANSLATED = re.compile(r"\(Translated by Google\).*", re.DOTALL)


def read_review(review: Mapping[str, Json], url: str | None = None) -> Entry:
    """Read one review. Raises Malformed when it has no identifier.

    Of stars alone the text is empty.
    """
    named = id_of(review.get("reviewId")) or id_of(review.get("name"))
    if named is None:
        raise Malformed(Code.API, "reviewId is missing")
    answered = bool(part_at(review, "reviewReply"))
    return Entry(
        external_id=named.rpartition("/")[2] or named,
        url=url,
        text=verbatim_text_of(original_of(review.get("comment"))),
        kind=Kind.REVIEW,
        author=name_of(part_at(review, "reviewer").get("displayName")),
        published_at=instant_of(review.get("createTime")),
        rating=_STARS.get(str(review.get("starRating"))),
        answered=answered,
    )


def original_of(comment: object) -> str:
    r"""Return what the author wrote of a comment, without Google's translation.

    >>> original_of("(Translated by Google) Fine\n\n(Original)\nParfait")
    'Parfait'
    >>> original_of("Parfait\n\n(Translated by Google)\nFine").strip()
    'Parfait'
    """
    text = comment if isinstance(comment, str) else ""
    found = _ORIGINAL.search(text)
    return found[1] if found else _TRANSLATED.sub("", text)
