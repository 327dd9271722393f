"""The list of sources: each item read by the options model that its ``type`` declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError

from monitor.config.document import Document, Tree
from monitor.config.explain import problems_of
from monitor.config.faults import Loc, Problem
from monitor.config.sections import without_blanks
from monitor.sources.base import Source, SourceOptions

SourceTypes: TypeAlias = Mapping[str, type[Source[Any]]]


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source whose options are valid by themselves, and where it stands in the file."""

    loc: Loc
    options: SourceOptions


def known_sources(
    document: Document, source_types: SourceTypes
) -> Iterator[tuple[Loc, dict[str, Tree], type[SourceOptions]]]:
    """Yield each source whose type is known: its place, what is written, its options model."""
    for loc, item in _written(document):
        name = item.get("type")
        if isinstance(name, str) and name in source_types:
            yield loc, item, source_types[name].options_type


def read_sources(
    document: Document, source_types: SourceTypes, context: Mapping[str, object]
) -> tuple[list[ReadSource], list[Problem]]:
    """Read every source that is written as a mapping, each for itself."""
    read: list[ReadSource] = []
    problems = [
        problem
        for loc, item in _written(document)
        if (problem := _type_problem(item.get("type"), loc, source_types))
    ]
    for loc, item, model in known_sources(document, source_types):
        try:
            options = model.model_validate(without_blanks(model, item), context=dict(context))
        except ValidationError as error:
            problems += problems_of(error, model, document, loc)
        else:
            read.append(ReadSource(loc, options))
    return read, problems


def _written(document: Document) -> Iterator[tuple[Loc, dict[str, Tree]]]:
    items = document.tree.get("sources")
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):  # else the model of the whole file says so
            yield ("sources", place), item


def _type_problem(name: Tree, loc: Loc, source_types: SourceTypes) -> Problem | None:
    if isinstance(name, str) and name in source_types:
        return None
    key = "no_type" if name is None else "unknown_type"
    shown = name if isinstance(name, str) else ""
    values = {"unknown": shown, "known": sorted(source_types)}
    return Problem(key=key, values=values, loc=(*loc, "type"))
