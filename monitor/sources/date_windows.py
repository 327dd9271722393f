"""Walks through numbered pages that a newest and an oldest date may bound. Pure.

Pages are numbered within one poll. A later poll goes on by date instead: by then, what was deleted
would have moved rows to pages that are read already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.model import Json
from monitor.sources.searches import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The page to ask for (from 0), of what is no newer than ``until`` (seconds since 1970)."""

    number: int = 0
    until: int | None = None


def window_of(place: Place, asked: int) -> Window:
    """Return what to ask for next; ``asked`` counts the pages that this poll has asked for."""
    rest = place.rest if isinstance(place.rest, Mapping) else {}
    if asked == 0:
        return Window(until=_number(rest, "oldest"))
    return Window(number=_number(rest, "number") or 0, until=_number(rest, "until"))


def rest_after(window: Window, oldest: int | None, *, has_more: bool, most_pages: int) -> Json:
    """Return where older rows are: on the next page, or, past the last that is given, by date.

    ``oldest`` is that of the page just read. ``None`` when nothing follows, or when the server
    does not heed ``until``.
    """
    if oldest is None or (window.until is not None and oldest >= window.until):
        return None
    if window.number + 1 >= most_pages:
        return {"number": 0, "until": oldest, "oldest": oldest}
    if not has_more:
        return None
    return {"number": window.number + 1, "until": window.until, "oldest": oldest}


def _number(rest: Mapping[str, Json], name: str) -> int | None:
    value = rest.get(name)
    return value if isinstance(value, int) else None
