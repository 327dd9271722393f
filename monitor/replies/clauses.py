"""One clause of an answer: ``3 et 5 hors sujet``, ``traité : 7``; strict, since it changes data.

A clause is understood whole or not at all: a word that is not known (``pas``, ``sauf``, prose)
makes it unclear, never half applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from monitor.model import Action
from monitor.replies.vocabulary import action_at, listed
from monitor.text import fold_with_offsets

_TOKENS = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*|[?%€$£/]")
_LONGEST_CODE = 3  # digits: a digest shows fewer than a thousand
_WIDEST_RANGE = 50

Piece: TypeAlias = "int | Action | None"
"""A code, an action, or ``None``: something that is not understood."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause says: pairs of codes and action, or codes or actions alone.

    ``raw`` is what was written. Without ``is_clear`` nothing of it may be applied. ``tries`` tells
    whether it looks like an answer at all.
    """

    raw: str
    pairs: tuple[tuple[tuple[int, ...], Action], ...] = ()
    codes: tuple[int, ...] = ()
    actions: tuple[Action, ...] = ()
    is_clear: bool = True
    is_prefix: bool = False
    tries: bool = False


def clauses_of(line: str) -> list[Clause]:
    """Part a line at its commas, semicolons, full stops and ``et``."""
    return [read_clause(raw) for raw in split_line(line)]


def split_line(line: str) -> list[str]:
    """Return the clauses of a line as they were written."""
    folded, offsets = fold_with_offsets(line)
    ands = "|".join(sorted(map(re.escape, listed("say_and")), key=len, reverse=True))
    between = re.compile(rf"[,;&+|!•·]|(?<=[a-z])\.|\b(?:{ands})\b")
    cuts, start = [], 0
    for found in between.finditer(folded):
        cuts.append((start, found.start()))
        start = found.end()
    cuts.append((start, len(folded)))
    places = (*offsets, len(line))
    parts = (line[places[first] : places[last]].strip() for first, last in cuts)
    return [part for part in parts if part]


def read_clause(raw: str) -> Clause:
    """Read one clause."""
    tokens = list(_tokens_of(fold_with_offsets(raw)[0]))
    codes = tuple(token for token in tokens if type(token) is int)
    actions = tuple(token for token in tokens if isinstance(token, Action))
    if None in tokens:
        tries = bool(actions) or type(tokens[0]) is int
        return Clause(raw=raw, is_clear=False, tries=tries)
    if not (codes and actions):
        return Clause(raw=raw, codes=codes, actions=actions, tries=bool(codes or actions))
    is_prefix = isinstance(tokens[0], Action)
    pairs = tuple(_pairs(tokens, is_prefix=is_prefix))
    if sum(len(held) for held in _runs(tokens)) and len(_runs(tokens)) % 2:
        return Clause(raw=raw, is_clear=False, tries=True)
    return Clause(raw=raw, pairs=pairs, is_prefix=is_prefix, tries=True)


def _tokens_of(folded: str) -> Iterator[Piece]:
    nothing = {word for phrase in listed("say_nothing") for word in phrase.split()}
    pieces = tuple(_TOKENS.findall(_with_ranges(folded)))
    place = 0
    while place < len(pieces):
        piece, found = pieces[place], action_at(pieces, place)
        if found is not None:
            yield found[0]
            place += found[1]
            continue
        place += 1
        if piece.isdecimal():
            yield int(piece) if len(piece) <= _LONGEST_CODE and int(piece) else None
        elif piece not in nothing:
            yield None


def _with_ranges(folded: str) -> str:
    """Write out ``3-5`` and ``3 à 5``; what is no range stays what nobody understands."""

    def written(found: re.Match[str]) -> str:
        first, last = int(found[1]), int(found[2])
        if not first < last <= first + _WIDEST_RANGE:
            return "?"
        return " ".join(map(str, range(first, last + 1)))

    to = "|".join(listed("say_to"))
    return re.sub(rf"\b(\d{{1,3}}) ?(?:-|\b(?:{to})\b) ?(\d{{1,3}})\b", written, folded)


def _runs(tokens: Sequence[Piece]) -> list[list[Piece]]:
    """Group neighbours of one kind: codes, then actions, then codes."""
    runs: list[list[Piece]] = []
    for token in tokens:
        if runs and type(runs[-1][0]) is type(token):
            runs[-1].append(token)
        else:
            runs.append([token])
    return runs


def _pairs(tokens: Sequence[Piece], *, is_prefix: bool) -> Iterator[tuple[tuple[int, ...], Action]]:
    runs = _runs(tokens)
    for first, second in zip(runs[::2], runs[1::2], strict=False):
        codes, actions = (second, first) if is_prefix else (first, second)
        for action in actions:
            if isinstance(action, Action):
                yield tuple(code for code in codes if type(code) is int), action
