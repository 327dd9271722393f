"""A row of a table or an object of NDJSON, as an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC

from monitor.importing.base import Bytes, Found, Item, Passed, Reader, Reading
from monitor.importing.cells import DAY_FIRST, instant_in, stars_of
from monitor.importing.columns import ANY, Columns, SiteColumns, columns_of, mappings
from monitor.importing.elements import Broken, Element, decoded, elements, lines
from monitor.importing.tables import rows
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    count_of,
    hash_of,
    id_of,
    language_of,
    name_of,
    text_of,
    title_of,
    verbatim_text_of,
)

_MARKUP = re.compile(r"<(?:p|br|div|a|b|i|strong|em|span|ul|ol|li)\b[^<>]*>", re.IGNORECASE)
_SHORT_ID = 8
"""Characters; a shorter identifier ("17") is told apart by date and author too."""
_MOST_SHAPES = 200
"""Sets of names that are remembered of objects."""
_ARE_LISTS = ("items", "reviews", "mentions", "data", "results", "entries")
_WRAPPED = re.compile(rb'\{\s*"\w{1,40}"\s*:\s*\[')


def table_reader(mapping: SiteColumns) -> Reader:
    """Return what reads a table by a mapping."""

    def read(stream: Bytes, reading: Reading) -> Iterator[Item]:
        columns: Columns | None = None
        for row in rows(stream):
            if row.fault is not None:
                yield reading.trouble(row.line, row.fault, row.values)
                continue
            if columns is None:
                columns = columns_of(tuple(row.cells), mapping, reading.columns)
            yield from record(row.cells, columns, mapping, reading, row.line)

    return read

    return read


def read_objects(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield the objects of NDJSON, or of a JSON array."""
    mapping = mappings()[ANY]
    known: dict[tuple[str, ...], Columns] = {}
    for number, element in enumerate(objects(stream), start=1):
        if isinstance(element, Broken):
            yield reading.trouble(number, element.key)
        elif not isinstance(element, Mapping):
            yield reading.trouble(number, "no_object")
        else:
            flat = dict(flattened(element))
            names = tuple(flat)
            if names not in known:
                if len(known) > _MOST_SHAPES:
                    known.clear()
                known[names] = columns_of(names, mapping, reading.columns, is_table=False)
            if known[names].of:
                yield from record(flat, known[names], mapping, reading, number)
            else:
                yield reading.trouble(number, "no_fields", {"columns": ", ".join(names)[:200]})


def objects(stream: Bytes) -> Iterator[Element]:
    """Yield each object: of an array, of an array within an object, or one a line."""
    if is_by_line(stream.head):
        yield from lines(stream)
        return
    for path, element in elements(stream):
        if not path or path[-1] in _ARE_LISTS or isinstance(element, Broken):
            yield element


def is_by_line(head: bytes) -> bool:
    """Tell by a file's beginning whether it holds one object a line."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    line, newline, _ = start.partition(b"\n")
    if not line.startswith(b"{"):
        return False
    value = decoded(line.decode("utf-8", "replace"))
    if isinstance(value, Mapping):
        return not any(_is_list_of_objects(value.get(name)) for name in _ARE_LISTS)
    if newline:  # an object written over several lines, or a first line that is broken
        return not line.rstrip().endswith((b"{", b"[", b","))
    return _WRAPPED.match(line) is None


def _is_list_of_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def flattened(
    value: Mapping[str, object], before: str = "", depth: int = 0
) -> Iterator[tuple[str, object]]:
    """Yield the fields of an object by their names, ``author.name`` for one within another."""
    for name, inner in value.items():
        if isinstance(inner, Mapping) and depth < 4:  # noqa: PLR2004 - no review is nested deeper
            yield from flattened(inner, f"{before}{name}.", depth + 1)
        else:
            yield f"{before}{name}", inner


def record(
    row: Mapping[str, object],
    columns: Columns,
    mapping: SiteColumns,
    reading: Reading,
    number: int,
) -> Iterator[Item]:
    """Yield the entry of a row, and what of it could not be read."""
    said = columns.text
    written, mark = said(row, "date"), said(row, "rating")
    zone = reading.zone if mapping.is_local else UTC
    at = instant_in(written, zone, reading.dates or mapping.dates or DAY_FIRST) if written else None
    stars = stars_of(mark, reading.scale or mapping.best) if mark else None
    if written and at is None:
        yield reading.trouble(
            number,
            "no_date",
            {"column": columns.of["date"][0], "value": written[:40]},
            is_lost=False,
        )
    if mark and stars is None:
        yield reading.trouble(
            number,
            "no_mark",
            {"column": columns.of["rating"][0], "value": mark[:40]},
            is_lost=False,
        )
    text, title = _text(said(row, "text")), title_of(said(row, "title"))
    url = web_url(said(row, "url"))
    if not text and not title and stars is None:
        yield Passed()
        return
    author = name_of(said(row, "author"))
    native = id_of(said(row, "id"))
    platform = _platform(said(row, "platform")) or mapping.platform
    yield Found(
        platform=platform,
        about=said(row, "business"),
        is_own=mapping.is_own,
        entry=Entry(
            external_id=_id(native, written, author)
            or hash_of(mapping.name, url or "", author or "", written or "", title or "", text),
            url=url,
            title=title,
            text=text,
            kind=_kind(said(row, "kind") or mapping.kind, is_rated=bool(mark) or mapping.is_site),
            author=author or (reading.account.author if mapping.is_own else None),
            author_url=web_url(said(row, "author_url")),
            author_followers=count_of(said(row, "author_followers")),
            published_at=at,
            language=language_of(said(row, "language")),
            rating=stars,
            likes=count_of(said(row, "likes")),
            shares=count_of(said(row, "shares")),
            comments=count_of(said(row, "comments")),
            views=count_of(said(row, "views")),
            parent_url=web_url(said(row, "parent_url")),
            outlet=name_of(said(row, "outlet")),
        ),
    )


def _id(native: str | None, written: str | None, author: str | None) -> str | None:
    """Return an identifier that another file's rows hardly have."""
    if native is None or len(native) >= _SHORT_ID:
        return native
    return hash_of(native, written or "", author or "")


def _text(text: str | None) -> str:
    if text is None:
        return ""
    return text_of(text) if _MARKUP.search(text) else verbatim_text_of(text)


def _platform(name: str | None) -> str | None:
    key = "_".join(re.findall(r"[a-z0-9]+", (name or "").lower()))
    return key[:40] or None


def _kind(name: str | None, *, is_rated: bool) -> Kind:
    try:
        return Kind((name or "").lower())
    except ValueError:
        return Kind.REVIEW if is_rated else Kind.POST
