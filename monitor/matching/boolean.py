"""A business's own query, for those who want one: docs/query-language.md says what it may hold.

Not the search of stored mentions (``mentions QUERY``, store/query.py), which is an index's.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.matching.boolean_errors import MAX_LENGTH, Kind, QueryError
from monitor.matching.boolean_nodes import Node, View
from monitor.matching.boolean_parser import parse
from monitor.matching.boolean_passage import Line, Passage

__all__ = ["Hits", "Kind", "Line", "Passage", "Query", "QueryError", "parse_query"]


@dataclass(frozen=True, slots=True)
class Hits:
    """The terms by which a passage holds a query, in its order and spelling; never empty."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read; ``str`` gives it in its shortest form, which reads back as it."""

    root: Node

    def holds(self, passage: Passage) -> Hits | None:
        """Return what of it the passage has, ``None`` if it does not hold.

        Linear: the text's length times the query's, at most.
        """
        holds, found = self.root.judge(View(passage, (passage.title, passage.text)))
        return Hits(tuple(dict.fromkeys(map(str, found)))) if holds else None

    def needles(self) -> frozenset[str] | None:
        """Return words and tags of which ``Passage.vocabulary`` has one wherever this holds.

        ``None`` where there are none such (beginnings of words, fields): always ask.
        """
        return self.root.needles(holds=True)

    def __str__(self) -> str:
        return str(self.root)


def parse_query(text: str) -> Query:
    """Read a query. Raises ``QueryError``, never anything else; linear in its length.

    >>> str(parse_query('« L’Œillet » ET (rose OU tulipe) SAUF site:exemple.fr'))
    '« L’Œillet » (rose OR tulipe) -site:exemple.fr'
    >>> parse_query("fleuriste OR fleurs NEAR/3 Valenciennes").needles() == {
    ...     "fleuriste", "valenciennes"
    ... }
    True
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(MAX_LENGTH + 1, Kind.TOO_LONG)
    query = Query(parse(text))
    column = query.root.opening()
    if column is not None:
        raise QueryError(column, Kind.EVERYTHING)
    # Terms may stand without a space between: written out, the query must fit too.
    if len(str(query)) > MAX_LENGTH:
        raise QueryError(len(text), Kind.TOO_LONG)
    return query
