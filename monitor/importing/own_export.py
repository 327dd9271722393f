"""What ``ecoute mentions --json``, ``--ndjson`` and ``--csv`` wrote, read back.

Platform, identifier and business are taken as they stand, so that a mention of this database is
known again, and another database's comes as it was. What a person said of it (status, correction)
is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC

from monitor.importing.base import Bytes, Found, Item, Passed, Reading
from monitor.importing.cells import instant_in
from monitor.importing.elements import Broken
from monitor.importing.records import objects
from monitor.importing.tables import rows
from monitor.model import Entry, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    count_of,
    id_of,
    language_of,
    name_of,
    title_of,
    verbatim_text_of,
)

SIGNS = frozenset({"external_id", "canonical_url", "found_at", "published_at", "business"})
"""Columns by which such a file is known."""
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r")


def read_table(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield the mentions of a CSV."""
    for row in rows(stream):
        if row.fault is not None:
            yield reading.trouble(row.line, row.fault, row.values)
        else:
            yield _mention({n: _plain(c) for n, c in row.cells.items()}, reading, row.line)


def read_objects(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield the mentions of JSON or NDJSON."""
    for number, element in enumerate(objects(stream), start=1):
        if isinstance(element, Broken):
            yield reading.trouble(number, element.key)
        elif not isinstance(element, Mapping):
            yield reading.trouble(number, "no_object")
        else:
            yield _mention(element, reading, number)


def _mention(row: Mapping[str, object], reading: Reading, number: int) -> Item:
    native, business = id_of(row.get("external_id")), name_of(row.get("business"))
    kind = str(row.get("kind"))
    if native is None or business is None or kind not in set(Kind):
        return reading.trouble(number, "no_mention")
    if row.get("removed_at"):
        return Passed()
    return Found(
        platform=id_of(row.get("platform")),
        about=business,
        is_doubted=True,
        stored_id=id_of(row.get("id")),
        entry=Entry(
            external_id=native,
            url=web_url(row.get("url")),
            title=title_of(row.get("title")),
            text=verbatim_text_of(row.get("text")),
            kind=Kind(kind),
            author=name_of(row.get("author")),
            author_url=web_url(row.get("author_url")),
            published_at=instant_in(row.get("published_at"), UTC),
            language=language_of(row.get("language")),
            rating=_number(row.get("rating")),
            author_followers=count_of(row.get("author_followers")),
            likes=count_of(row.get("likes")),
            shares=count_of(row.get("shares")),
            comments=count_of(row.get("comments")),
            views=count_of(row.get("views")),
        ),
    )


def _plain(cell: str) -> str:
    """Return a cell without the quote that keeps a spreadsheet from calculating it."""
    return cell[1:] if cell.startswith(_FORMULA) else cell


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) and value != "" else None
    except ValueError:
        return None
