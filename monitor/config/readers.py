"""``digest.to``: who gets the digests of which business, and at what rhythm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from monitor.config.document import Document, Tree
from monitor.config.faults import Loc, Problem
from monitor.config.sections import Settings
from monitor.readers import Reader, Readership, Rhythm, readership_of
from monitor.text import fold


def readerships(settings: Settings) -> dict[str, Readership]:
    """Return who reads each business's digests. An entry that names it wins over one for all."""
    return {
        business.name: _readership(settings, business.name, business.schedule)
        for business in settings.businesses
    }


def problems(document: Document, names: Mapping[str, str]) -> Iterable[Problem]:
    """Tell the businesses that ``digest.to`` names and the file does not have, and who is twice.

    ``names`` are the businesses by their folded form.
    """
    first: dict[tuple[str, str], Loc] = {}
    for loc, entry in _mappings(document):
        written = entry.get("businesses")
        if written is not None and not isinstance(written, list):
            continue
        for place, name in enumerate(written or ()):
            if isinstance(name, str) and fold(name) not in names:
                values: dict[str, object] = {"unknown": name, "known": sorted(names.values())}
                yield Problem(
                    key="unknown_business", values=values, loc=(*loc, "businesses", place)
                )
        whose = {fold(name) for name in written or () if isinstance(name, str)} or {""}
        for address in _addresses(entry.get("to")):
            twice = [first[address, one] for one in whose if (address, one) in first]
            if twice:
                values = {"value": address, "first": document.lines[twice[0]]}
                yield Problem(key="reader_twice", values=values, loc=loc)
            first |= {(address, one): loc for one in whose if (address, one) not in first}


def _readership(settings: Settings, name: str, schedule: str | None) -> Readership:
    usual = Rhythm(schedule or settings.digest.schedule, settings.language, settings.timezone)
    general: dict[str, Rhythm] = {}
    named: dict[str, Rhythm] = {}
    for entry in settings.digest.to:
        if isinstance(entry, str):
            general.setdefault(entry, usual)
            continue
        rhythm = Rhythm(
            entry.schedule or usual.schedule,
            entry.language or usual.language,
            entry.timezone or usual.timezone,
        )
        if entry.businesses is None:
            # Of one who stands in the list by the address too, this says how.
            general |= dict.fromkeys(entry.to, rhythm)
        elif fold(name) in map(fold, entry.businesses):
            named |= dict.fromkeys(entry.to, rhythm)
    return readership_of(usual, [Reader(*item) for item in (general | named).items()])


def _mappings(document: Document) -> Iterator[tuple[Loc, dict[str, Tree]]]:
    digest = document.tree.get("digest")
    entries = digest.get("to") if isinstance(digest, dict) else None
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield ("digest", "to", place), entry


def _addresses(written: Tree) -> list[str]:
    found = written if isinstance(written, list) else [written]
    return [one.lower() for one in found if isinstance(one, str)]
