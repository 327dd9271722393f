"""The labelled cases of stories: mentions, and which of them tell one event."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.clock import parse_instant
from monitor.dedupe.fingerprint import fingerprint
from monitor.dedupe.told import Told
from monitor.model import Entry, Kind

PARTS = ("design", "measured")

_KINDS = {"social": Kind.POST, "review": Kind.REVIEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCase:
    """A mention as a source gave it; ``story`` is the group it belongs to, ``role`` its part."""

    told: Told
    story: str
    role: str


@cache
def cases(part: str) -> tuple[StoryCase, ...]:
    """Return the cases of a part, the first published first."""
    file = resources.files(__package__).joinpath("stories", f"{part}.ndjson")
    read = [_case(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    return tuple(sorted(read, key=lambda case: (case.told.published_at, case.told.id)))


def _case(row: dict[str, str]) -> StoryCase:
    at, kind = parse_instant(row["published_at"]), _KINDS.get(row["source_type"], Kind.ARTICLE)
    entry = Entry(
        external_id=row["id"],
        url=row["url"],
        title=row["title"],
        text=row["text"] or "",
        kind=kind,
        author=row["author"],
        published_at=at,
        outlet=row["outlet"],
    )
    known_by = fingerprint(entry)
    told = Told(
        id=row["id"],
        business=row["business"],
        story=row["id"],
        kind=kind,
        title=entry.title,
        text=entry.text,
        published_at=at,
        canonical_url=known_by.canonical_url,
        outlet_key=known_by.outlet_key,
        author=entry.author,
    )
    return StoryCase(told=told, story=row["story"], role=row["role"])
