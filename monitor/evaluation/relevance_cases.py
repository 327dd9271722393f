"""The labelled cases of relevance: businesses, and texts that concern them or do not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from monitor.model import Business, Entry, Kind

PARTS = ("design", "design2", "design3", "design4", "design5", "measured")

_KINDS = {"press": Kind.ARTICLE, "news_search": Kind.ARTICLE, "review": Kind.REVIEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text and whether it concerns a business; ``None``: a careful reader could not say."""

    id: str
    business: str
    kind: str
    entry: Entry
    is_relevant: bool | None


@cache
def cases(part: str) -> tuple[Case, ...]:
    """Return the cases of a part."""
    return tuple(_case(json.loads(line)) for line in _read(f"{part}.ndjson").splitlines())


@cache
def businesses(part: str) -> tuple[Business, ...]:
    """Return the businesses of a part."""
    return tuple(
        Business(
            name=row["name"],
            aliases=tuple(row["aliases"]),
            context=tuple(row["context"]),
            exclude=tuple(row["exclude"]),
            website=row["website"],
            languages=tuple(row["languages"]),
        )
        for row in json.loads(_read(f"{part}_businesses.json"))
    )


def cases_in_file(file: str) -> tuple[Case, ...]:
    """Return the cases of somebody's own file.

    Raises ``ValueError``, beginning with the line's number, where one cannot be read.
    """
    found = []
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line) if line.strip() else None
            if row is not None:
                found.append(_case({"id": str(number)} | row))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{number}: {error!r}; it needs text, business, relevant") from error
    return tuple(found)


def _case(row: Mapping[str, Any]) -> Case:
    return Case(
        id=row["id"],
        business=row["business"],
        kind=row.get("kind", "own"),
        entry=Entry(
            external_id=row["id"],
            url=row.get("url"),
            title=row.get("title"),
            text=row["text"],
            author=row.get("author"),
            kind=_KINDS.get(row.get("source", ""), Kind.POST),
        ),
        is_relevant=None if row["relevant"] is None else bool(row["relevant"]),
    )


def _read(name: str) -> str:
    file = resources.files(__package__).joinpath("relevance", name)
    return file.read_text(encoding="utf-8")
