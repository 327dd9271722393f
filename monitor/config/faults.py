"""A thing wrong in the file before it is put in words, and how it becomes a ``Fault``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TypeAlias

from monitor.errors import Fault
from monitor.wording import Wording

Loc: TypeAlias = tuple[str | int, ...]
"""Where a value stands: ``("sources", 2, "instance")``."""

_LONG_ENOUGH = 4
_QUOTED = {"value", "unknown", "name", "id"}
"""The values of sentences that quote the file; they are cut at ``_SHOWN`` signs."""
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The key of a sentence of ``wording/<language>/config.toml``, its values, and where.

    ``line`` is that of ``loc`` in the file unless it is given. ``file`` is another file's name
    (``.env``) when it is not the configuration itself.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    loc: Loc = ()
    line: int | None = None
    file: str | None = None


class Unreadable(Exception):
    """The file cannot be read as a whole; nothing but this one problem can be told."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(problem)
        self.problem = problem


def path_of(loc: Loc) -> str:
    """Write a place as people read it.

    >>> path_of(("sources", 2, "instance"))
    'sources[2].instance'
    """
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def line_of(loc: Loc, lines: Mapping[Loc, int]) -> int | None:
    """Return the line of a place, or of what it would stand in."""
    known = (lines.get(loc[:length]) for length in range(len(loc), -1, -1))
    return next((line for line in known if line is not None), None)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the known name that somebody who wrote ``name`` may have meant.

    >>> nearest("mastodont", ["feed", "mastodon"])
    'mastodon'
    """
    by_lower = {known.lower(): known for known in names}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def suggestion(words: Wording, name: str, names: Iterable[str]) -> str:
    """Return the words that follow an unknown name: the nearest one, or all that exist."""
    names = sorted(names)
    close = nearest(name, names)
    if close is not None:
        return words("config.did_you_mean", name=close)
    return words("config.known_are", names=", ".join(names)) if names else ""


def concealed(problem: Problem, hidden: Mapping[str, str]) -> Problem:
    """Put in a problem's values, for each hidden text, what stands for it.

    Texts of fewer than four signs stay: they would be found in every other word.
    """

    def conceal(value: object) -> object:
        if isinstance(value, list | tuple):
            return [conceal(part) for part in value]
        if isinstance(value, str):
            for text, stand_in in hidden.items():
                value = value.replace(text, stand_in) if len(text) >= _LONG_ENOUGH else value
        return value

    values = {name: _cut(name, conceal(value)) for name, value in problem.values.items()}
    return replace(problem, values=values)


def _cut(name: str, value: object) -> object:
    if name in _QUOTED and isinstance(value, str) and len(value) > _SHOWN:
        return value[:_SHOWN] + "…"
    return value


def faults_of(
    problems: Iterable[Problem], words: Wording, file: str, lines: Mapping[Loc, int]
) -> list[Fault]:
    """Put problems in words, in the order of the file, each said once."""
    faults = {}
    for problem in problems:
        elsewhere = problem.file is not None
        line = problem.line
        if line is None and not elsewhere:
            line = line_of(problem.loc, lines)
        message = words(f"config.{problem.key}", **_worded(problem.values, words))
        fault = Fault(problem.file or file, line, path_of(problem.loc), message)
        faults[fault] = (elsewhere, line or 0)
    return sorted(faults, key=lambda fault: faults[fault])


def _worded(values: Mapping[str, object], words: Wording) -> dict[str, object]:
    """Make the words that depend on the language from ``unknown`` and ``known``."""
    if "known" not in values:
        return dict(values)
    known = values["known"]
    names = [str(name) for name in known] if isinstance(known, list | tuple) else []
    return {**values, "suggestion": suggestion(words, str(values["unknown"]), names)}
