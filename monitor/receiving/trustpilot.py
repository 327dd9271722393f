"""Trustpilot's webhooks: service reviews as they are written, edited, deleted.

support.trustpilot.com, "How to set up Trustpilot Webhooks", read 2026-11; shape from
recordings/trustpilot. A review is read as the source type `trustpilot` reads it. Reviews of
products are about things, not about the business: skipped.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model import Json
from monitor.receiving.base import Push, Pushed, records_in
from monitor.sources.entry_parts import id_of
from monitor.sources.json_fields import part_at
from monitor.sources.trustpilot_reviews import is_shown, read_review
from monitor.wording import Wording

_PLATFORM = "trustpilot"
_SAID = {"service-review-created", "service-review-updated"}
_GONE = {"service-review-deleted"}


def read_trustpilot(document: Json, _: Wording) -> Push:
    """Read a list of events; those of another name are skipped, as Trustpilot may add some."""
    told = document if isinstance(document, Mapping) else {}
    pushed: list[Pushed] = []
    removed: list[str] = []
    skipped = 0
    for event in records_in(told.get("events")):
        name, review = str(event.get("eventName")), part_at(event, "eventData")
        native = id_of(review.get("id"))
        is_hidden = name in _SAID and not is_shown(review)
        if native is not None and (name in _GONE or is_hidden):
            removed.append(native)
        elif native is not None and name in _SAID:
            pushed.append(Pushed(read_review(review), _PLATFORM))
        else:
            skipped += 1
    return Push(pushed=tuple(pushed), removed=tuple(removed), skipped=skipped)
