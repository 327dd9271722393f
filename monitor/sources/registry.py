"""Which source types exist: the classes of this folder's modules, and those of other distributions.

Another distribution names its class in the entry-point group ``ecoute.sources``. What cannot be
loaded and what is named twice is an error that names it, never a silent skip.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, TypeAlias

import monitor.sources
from monitor.errors import ConfigError, Fault
from monitor.sources.base import Source

GROUP = "ecoute.sources"

SourceType: TypeAlias = type[Source[Any]]

# What importing and naming someone else's module can raise, short of a crash of the interpreter.
_BROKEN = (
    ImportError,
    SyntaxError,
    NameError,
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    OSError,
    RuntimeError,
)


@cache
def source_types() -> Mapping[str, SourceType]:
    """Return every source type by its name in ``sources.yaml``, sorted.

    Raises ConfigError naming each type that clashes and each module that cannot be loaded.
    """
    own = ((found.__module__, found) for found in _own_types())
    return collect([*own, *_load(entry_points(group=GROUP))])


def text_limits() -> Mapping[str, timedelta]:
    """Return how long terms let a text be kept, by source type or platform that limits it."""
    types = source_types()
    limits = {name: found.keeps_text for name, found in types.items()}
    told = {name: limit for name, limit in limits.items() if limit is not None}
    for found in types.values():
        told = {**found.keeps_text_of, **told}
    return told


def collect(found: Iterable[tuple[str, SourceType]]) -> Mapping[str, SourceType]:
    """Map each type's name to its class; raises ConfigError when two places give one name."""
    types: dict[str, tuple[str, SourceType]] = {}
    faults = []
    for origin, candidate in found:
        first_origin, first = types.setdefault(candidate.type, (origin, candidate))
        if first is not candidate:
            faults.append(
                Fault(origin, None, "", f'source type "{candidate.type}" is also in {first_origin}')
            )
    if faults:
        raise ConfigError(faults)
    return MappingProxyType({name: types[name][1] for name in sorted(types)})


def _own_types() -> Iterator[SourceType]:
    """Yield the source classes that the modules of this folder define."""
    for module_info in pkgutil.iter_modules(monitor.sources.__path__):
        module = importlib.import_module(f"{monitor.sources.__name__}.{module_info.name}")
        for _, candidate in inspect.getmembers(module, _is_source_type):
            if candidate.__module__ == module.__name__:
                yield candidate


def _load(points: Iterable[EntryPoint]) -> Iterator[tuple[str, SourceType]]:
    """Yield the class that each entry point names. Raises ConfigError naming those that fail."""
    faults = []
    for point in points:
        origin = f"{point.dist.name if point.dist else GROUP} ({point.value})"
        try:
            candidate = point.load()
        except _BROKEN as error:
            reason = f"cannot be loaded: {type(error).__name__}: {error}"
            faults.append(Fault(origin, None, "", reason))
            continue
        if _is_source_type(candidate):
            yield origin, candidate
        else:
            faults.append(Fault(origin, None, "", "is not a source type"))
    if faults:
        raise ConfigError(faults)


def _is_source_type(candidate: object) -> bool:
    """Tell whether it is a class that can be polled, not a base that others build on."""
    return (
        inspect.isclass(candidate)
        and issubclass(candidate, Source)
        and not inspect.isabstract(candidate)
        and isinstance(getattr(candidate, "type", None), str)
    )
