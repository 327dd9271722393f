"""Which column means what: a person's ``--map``, a site's own names, names that many use."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from monitor.importing.base import ExportUnusable
from monitor.importing.tables import column_key

FIELDS = (
    "id", "url", "title", "text", "author", "author_url", "author_followers", "date", "rating",
    "language", "likes", "shares", "comments", "views", "kind", "platform", "outlet", "business",
    "parent_url",
)  # fmt: skip
ALIASES = {"published_at": "date", "external_id": "id"}
"""Other names that ``--map`` takes for a field: those of ``mentions --json``."""
ANY = "any"
_NEEDED = frozenset({"text", "title", "url", "rating"})
"""A row has to say one of these at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteColumns:
    """How a site writes its tables; ``best`` is its best mark, ``None``: the row or person says."""

    name: str
    platform: str | None
    known_by: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]
    best: float | None
    is_local: bool
    kind: str | None
    is_own: bool
    dates: str | None

    @property
    def is_site(self) -> bool:
        """Whether it is a review site's: every row is about who exported it."""
        return self.best is not None


@cache
def mappings() -> Mapping[str, SiteColumns]:
    """Return the ready-made mappings by name."""
    text = resources.files(__package__).joinpath("mappings.toml").read_text(encoding="utf-8")
    return {name: _mapping(name, told) for name, told in tomllib.loads(text).items()}


def _mapping(name: str, told: Mapping[str, Any]) -> SiteColumns:
    ways = [told["known_by"], told.get("known_by_too", [])]
    return SiteColumns(
        name=name,
        platform=told.get("platform"),
        known_by=tuple(frozenset(map(column_key, way)) for way in ways if way),
        columns={field: tuple(map(column_key, names)) for field, names in told["columns"].items()},
        best=told.get("best"),
        is_local=told["zone"] == "local",
        kind=told.get("kind"),
        is_own=told.get("own", False),
        dates=told.get("dates"),
    )


def mapping_for(header: Collection[str]) -> SiteColumns | None:
    """Return the site whose columns these are, the one that asks for most first; ``None``: none."""
    keys = frozenset(map(column_key, header))
    known = [(len(way), one) for one in mappings().values() for way in one.known_by if way <= keys]
    return max(known, key=lambda found: found[0])[1] if known else None


def is_readable(header: Collection[str]) -> bool:
    """Tell whether the usual names tell enough of a table's columns."""
    keys = set(map(column_key, header))
    columns = mappings()[ANY].columns
    return any(not keys.isdisjoint(columns[field]) for field in ("text", "title"))


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands in one table; ``text`` and ``author`` may be several columns."""

    of: Mapping[str, tuple[str, ...]]

    def text(self, row: Mapping[str, object], field: str) -> str | None:
        """Return what a row says of a field; ``None`` where it says nothing."""
        parts = [_cell(row.get(column)) for column in self.of.get(field, ())]
        joined = (" " if field == "author" else "\n").join(filter(None, parts))
        return joined or None


def _cell(value: object) -> str:
    if value is None or isinstance(value, bool | list | dict):
        return ""
    return str(value).strip()


def columns_of(
    header: Sequence[str], mapping: SiteColumns, told: Mapping[str, str], *, is_table: bool = True
) -> Columns:
    """Return where each field stands.

    Raises ExportUnusable: a table lacks a column that is told, or all that say something. An
    object lacks what it does not say: none of its fields stands anywhere.
    """
    by_key: dict[str, str] = {}
    for column in header:
        by_key.setdefault(column_key(column), column)
    found: dict[str, tuple[str, ...]] = {}
    for field in FIELDS:
        if field in told:
            found[field] = tuple(_told(field, told[field], header, by_key, is_table=is_table))
        else:
            own = mapping.columns.get(field, ())
            some = [by_key[key] for key in own if key in by_key]
            if not some:
                usual = mappings()[ANY].columns.get(field, ())
                some = [by_key[key] for key in usual if key in by_key][:1]
            several = field == "text" or (field == "author" and mapping.name.startswith("linkedin"))
            found[field] = tuple(dict.fromkeys(some if several else some[:1]))
    taken = {
        column for field in ("title", "url", "date", "rating", "author") for column in found[field]
    }
    if "text" not in told:
        found["text"] = tuple(c for c in found["text"] if c not in taken)
    if not any(found[field] for field in _NEEDED):
        if not is_table:
            return Columns({})
        raise ExportUnusable("no_columns", columns=", ".join(header))
    return Columns({field: columns for field, columns in found.items() if columns})


def _told(
    field: str,
    told: str,
    header: Sequence[str],
    by_key: Mapping[str, str],
    *,
    is_table: bool,
) -> Iterator[str]:
    for name in told.split("+"):
        column = name if name in header else by_key.get(column_key(name))
        if column is not None:
            yield column
        elif is_table:
            raise ExportUnusable("no_column", field=field, column=name, columns=", ".join(header))
