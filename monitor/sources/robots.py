"""What a site's robots.txt allows us: RFC 9309. Pure.

Not ``urllib.robotparser``: it takes the first rule that fits where the longest counts, and reads
``*`` and ``$`` as letters, so that it would both refuse and read what it should not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

ROBOT = "ecoute"
"""Our name in robots.txt: that of the User-Agent, without its version."""
MAX_BYTES = 512_000
"""What is read of a robots.txt (RFC 9309 §2.5: at least 500 KiB)."""
MAX_STARS = 20
"""Stars of one path that are heeded; no honest rule has more."""


class Rule(NamedTuple):
    """A path, percent-encoded, with ``*`` and ``$``, and whether it may be read."""

    path: str
    allows: bool


def is_allowed(robots: bytes, url: str) -> bool:
    r"""Tell whether a robots.txt lets us read an address.

    >>> is_allowed(b"User-agent: *\nDisallow: /\nAllow: /avis", "https://exemple.fr/avis/1")
    True
    """
    asked = _path_of(url)
    fitting = [rule for rule in rules_for(robots, ROBOT) if _fits(rule.path, asked)]
    # RFC 9309 §2.2.2: the longest counts; of two as long, the one that allows.
    return max(fitting, key=lambda rule: (len(rule.path), rule.allows)).allows if fitting else True


def rules_for(robots: bytes, robot: str) -> Sequence[Rule]:
    """Return the rules of the groups that name a robot, else of those for all."""
    groups: dict[str, list[Rule]] = {}
    names: list[str] = []
    is_heading = False
    for line in robots[:MAX_BYTES].decode("utf-8-sig", "replace").splitlines():
        name, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        field = name.lower()
        if field == "user-agent":
            names = names if is_heading else []
            names.append(value.partition("/")[0].strip().lower())
            groups.setdefault(names[-1], [])
            is_heading = True
        elif field in ("allow", "disallow"):
            is_heading = False
            if value:
                rule = Rule(_encoded(value, keep="*$"), field == "allow")
                for one in names:
                    groups[one].append(rule)
    return groups.get(robot, groups.get("*", []))


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return _encoded((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), keep="")


def _encoded(path: str, *, keep: str) -> str:
    """Return a path in one spelling, whatever it percent-encodes."""
    return quote(unquote(path), safe="/?&=:;,@+!~" + keep)


def _fits(rule: str, path: str) -> bool:
    """Tell whether ``path`` begins as a rule says, in time linear in its length for each star."""
    is_whole = rule.endswith("$")
    first, *others = rule.removesuffix("$").split("*", MAX_STARS)
    if not path.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(others):
        if is_whole and number == len(others) - 1:
            return path.endswith(part) and len(path) - len(part) >= at
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not is_whole or at == len(path)
