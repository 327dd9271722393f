"""Whose account an export is, and whether that is a watched business's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.model import Business
from monitor.text import fold


class OwnNames:
    """The names of watched businesses, as accounts bear them."""

    def __init__(self, businesses: Iterable[Business]) -> None:
        """Take names and aliases; "@fleurs.bougamont" and "Fleurs Bougamont" are one."""
        names = (name for b in businesses for name in (b.name, *b.aliases))
        self._keys = frozenset(filter(None, map(_key, names)))

    def has(self, *names: str | None) -> bool:
        """Tell whether one of these is the name of a watched business."""
        return any(_key(name) in self._keys for name in names if name)


def are_same(one: str | None, other: str | None) -> bool:
    """Tell whether two names of accounts are one."""
    return bool(one and other) and _key(one or "") == _key(other or "")


def _key(name: str) -> str:
    return "".join(re.findall(r"[^\W_]+", fold(name)))
