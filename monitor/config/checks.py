"""What no single value can tell: names that agree, ids that differ, the floor of polls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from monitor.config.document import Document, Tree
from monitor.config.faults import Loc, Problem
from monitor.config.identity import source_id
from monitor.config.sources import ReadSource, SourceTypes
from monitor.durations import parse_duration
from monitor.matching.boolean import QueryError, parse_query
from monitor.matching.distinctness import distinctness
from monitor.matching.words import words_in
from monitor.model import Business
from monitor.text import fold
from monitor.wording import Wording

FLOOR = timedelta(minutes=1)
FLOOR_VARIABLE = "ECOUTE_FLOOR"  # for trials, not for owners
_AMBIGUOUS = 0.5
"""Distinctness under which a name alone is taken for a word: see matching/distinctness.py."""
_LOWEST_FLOOR = timedelta(seconds=1)


def poll_floor(env: Mapping[str, str]) -> tuple[timedelta, list[Problem]]:
    """Return how often a source may be asked at most."""
    written = env.get(FLOOR_VARIABLE)
    if not written:
        return FLOOR, []
    try:
        floor = parse_duration(written)
    except ValueError:
        floor = timedelta()
    if _LOWEST_FLOOR <= floor <= FLOOR:
        return floor, []
    values = {"least": "1s", "most": "1m"}
    return FLOOR, [Problem(key="duration_range", values=values, file=FLOOR_VARIABLE)]


def business_names(document: Document) -> tuple[dict[str, str], list[Problem]]:
    """Return the businesses' names by their folded form; two that fold alike are one too many."""
    names: dict[str, str] = {}
    problems = []
    first: dict[str, int] = {}
    for place, item in enumerate(_items(document.tree.get("businesses"))):
        name = item.get("name") if isinstance(item, dict) else None
        loc: Loc = ("businesses", place, "name")
        if not isinstance(name, str) or not name.strip():
            continue
        folded = fold(name)
        if folded in names:
            values = {"name": name, "first": first[folded]}
            problems.append(Problem(key="same_business", values=values, loc=loc))
            continue
        names[folded] = name.strip()
        first[folded] = document.lines[loc]
    return names, problems


def businesses(document: Document, words: Wording) -> Iterable[Problem]:
    """Tell the names that no text can hold, and the queries that cannot be read."""
    for place, item in enumerate(_items(document.tree.get("businesses"))):
        name, query = _texts(item, "name", "query")
        if name and not words_in(fold(name)):
            loc: Loc = ("businesses", place, "name")
            yield Problem(key="no_letters", values={"name": name}, loc=loc)
        try:
            _ = parse_query(query) if query else None
        except QueryError as error:
            loc = ("businesses", place, "query")
            yield Problem(key="query", values={"problem": error.told(words)}, loc=loc)


def _texts(item: Tree, *keys: str) -> list[str]:
    """Return what stands under keys, nothing where it is no text."""
    values = [item.get(key) if isinstance(item, dict) else None for key in keys]
    return [value.strip() if isinstance(value, str) else "" for value in values]


def ambiguous(business: Business) -> bool:
    """Tell whether a name says too little for its texts to be told from others."""
    names = (business.name, *business.aliases)
    helped = business.context or business.town or business.trade or business.query
    return not helped and max(map(distinctness, names)) < _AMBIGUOUS


def _items(tree: Tree) -> list[Tree]:
    return tree if isinstance(tree, list) else []


def unknown_businesses(source: ReadSource, names: Mapping[str, str]) -> Iterable[Problem]:
    """Tell the businesses that a source names and the file does not have."""
    named: list[tuple[Loc, str]] = [
        ((*source.loc, "businesses", place), name)
        for place, name in enumerate(source.options.businesses or ())
    ]
    if source.options.about is not None:
        named.append(((*source.loc, "about"), source.options.about))
    for loc, name in named:
        if fold(name) not in names:
            values = {"unknown": name, "known": sorted(names.values())}
            yield Problem(key="unknown_business", values=values, loc=loc)


def about_whom(
    source: ReadSource, names: Mapping[str, str], source_types: SourceTypes
) -> Iterable[Problem]:
    """Tell an own account of which nobody says whose it is: its reviews name no business."""
    options = source.options
    watched = len(names) if options.businesses is None else len(options.businesses)
    if source_types[options.type].is_own and options.about is None and watched > 1:
        example = next(iter(options.businesses or names.values()))
        yield Problem(key="about_whom", values={"name": example}, loc=source.loc)


def with_known_names(source: ReadSource, names: Mapping[str, str]) -> ReadSource:
    """Spell the businesses that a source names as the businesses are spelled themselves."""
    options, update = source.options, {}
    if options.businesses is not None:
        update["businesses"] = tuple(names[fold(name)] for name in options.businesses)
    about = None if options.about is None else names[fold(options.about)]
    return ReadSource(source.loc, options.model_copy(update={**update, "about": about}))


def too_often(source: ReadSource, floor: timedelta) -> Iterable[Problem]:
    """Tell an interval under the floor."""
    every = source.options.every
    if every is not None and every < floor:
        values = {"floor": "1m" if floor == FLOOR else f"{floor.total_seconds():g}s"}
        yield Problem(key="too_often", values=values, loc=(*source.loc, "every"))


def identify(
    sources: Iterable[ReadSource], base_dir: Path, document: Document
) -> tuple[dict[str, ReadSource], list[Problem]]:
    """Give every source its id; two sources cannot share one."""
    by_id: dict[str, ReadSource] = {}
    problems = []
    for source in sources:
        name = source.options.id or source_id(source.options, base_dir)
        other = next((by_id[known] for known in by_id if known.lower() == name.lower()), None)
        if other is None:
            by_id[name] = source
            continue
        key = "same_source" if source.options.id is None else "same_id"
        values = {"id": name, "first": document.lines[other.loc]}
        loc = source.loc if source.options.id is None else (*source.loc, "id")
        problems.append(Problem(key=key, values=values, loc=loc))
    return by_id, problems
