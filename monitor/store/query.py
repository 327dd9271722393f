"""The public query syntax: words, "phrases", -word, OR, prefix*. Read here, rendered by a store.

Words must all be there; ``OR`` binds its two neighbours tighter than that (as in web search);
``-`` before a word or phrase excludes it. Accents and case do not count. Only a quote that is
never closed, a ``-word`` beside ``OR``, and a query without a word are errors: all else that a
person may type means something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.errors import EcouteError

MAX_LENGTH = 1_000
"""Characters of a query: more than a person types, too few to tire the index."""

_CLOSING = {'"': '"', "«": "»", "“": "”"}
_TOKEN = re.compile(r'-?(?:["«“]|[^\s"«“]+)')


class QueryError(EcouteError):
    """A query cannot be read or answered; ``column`` counts from 1, ``None`` when it is whole."""

    def __init__(self, problem: str, column: int | None = None) -> None:
        """Keep the facts."""
        super().__init__(problem, column)
        self.problem = problem
        self.column = column

    def __str__(self) -> str:
        """Say where, and what."""
        where = "query" if self.column is None else f"query, column {self.column}"
        return f"{where}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase to find; with ``prefix`` its last word may go on."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuery:
    """What a text must hold: one term of each group of ``wanted``, and none of ``unwanted``."""

    wanted: tuple[tuple[Term, ...], ...]
    unwanted: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    column: int
    term: Term | None  # None: the word OR
    negative: bool = False


def parse_query(text: str) -> TextQuery | None:
    """Read a query; ``None`` if it is blank. Raises ``QueryError``.

    >>> parse_query('fleurs -"Bougamont Immobilier"').unwanted
    (Term(text='Bougamont Immobilier', prefix=False),)
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"it is longer than {MAX_LENGTH} characters", MAX_LENGTH + 1)
    # The index reads NUL as the end of the query, and cannot take half of a surrogate pair.
    text = re.sub("[\x00\ud800-\udfff]", " ", text)
    if not text.strip():
        return None
    query = _group(list(_tokens(text)))
    if not query.wanted and not query.unwanted:
        raise QueryError("there is no word in it; signs and emojis are not indexed")
    return query


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while found := _TOKEN.search(text, at):
        start, at = found.span()
        negative, opening = found[0].startswith("-"), found[0][-1]
        body = found[0].removeprefix("-")
        if body in _CLOSING:
            end = text.find(_CLOSING[opening], at)
            if end < 0:
                raise QueryError(f"the quote {opening} is never closed", at)
            body, at = text[at:end], end + 1
            if text.startswith("*", at):
                body, at = body + "*", at + 1
        elif body == "OR" and not negative:
            yield _Token(column=start + 1, term=None)
            continue
        if any(map(str.isalnum, body)):
            term = Term(text=body.strip(" *"), prefix=body.endswith("*"))
            yield _Token(column=start + 1, term=term, negative=negative)


def _group(tokens: list[_Token]) -> TextQuery:
    """Put what ``OR`` joins together. An ``OR`` that joins nothing is still being typed."""
    wanted: list[tuple[Term, ...]] = []
    unwanted: list[Term] = []
    before: _Token | None = None
    joined = False
    for token in tokens:
        if token.term is None:
            joined = before is not None
            continue
        if joined and (token.negative or (before is not None and before.negative)):
            raise QueryError("-word cannot stand beside OR", token.column)
        if token.negative:
            unwanted.append(token.term)
        elif joined:
            wanted[-1] += (token.term,)
        else:
            wanted.append((token.term,))
        before, joined = token, False
    return TextQuery(wanted=tuple(wanted), unwanted=tuple(unwanted))
