"""What can be wrong in a query, where, and what to write instead, in the owner's language."""

from __future__ import annotations

from enum import StrEnum

from monitor.errors import EcouteError
from monitor.text import clean, cut
from monitor.wording import Wording

MAX_LENGTH = 2_000
"""Characters of a query, one space between its terms: a page, more than a person keeps in mind."""

MAX_DEPTH = 50
"""Parentheses and NOTs within one another; Python's own stack holds many times that."""

MAX_DISTANCE = 99
"""Words that NEAR may leave between: more is "in the same text", which AND says."""

MIN_PREFIX = 2
"""Letters or digits before ``*``; a single one begins a tenth of all words."""

_MAX_FOUND = 40  # characters of the query that are shown again in a sentence


class Kind(StrEnum):
    """What is wrong; each has its sentence ``errors.query_<value>``."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    UNCLOSED_PARENTHESIS = "unclosed_parenthesis"
    UNOPENED_PARENTHESIS = "unopened_parenthesis"
    EMPTY_PARENTHESES = "empty_parentheses"
    UNCLOSED_QUOTE = "unclosed_quote"
    UNOPENED_QUOTE = "unopened_quote"
    NO_WORD = "no_word"
    LONE_DASH = "lone_dash"
    NOTHING_BEFORE = "nothing_before"
    NOTHING_AFTER = "nothing_after"
    STAR = "star"
    NEAR_NUMBER = "near_number"
    NEAR_SIDES = "near_sides"
    UNKNOWN_FIELD = "unknown_field"
    FIELD_VALUE = "field_value"
    FIELD_GROUP = "field_group"
    FIELD_IN_TITLE = "field_in_title"
    SITE = "site"
    LANGUAGE = "language"
    EVERYTHING = "everything"


class QueryError(EcouteError):
    """A business's query cannot be read. Not the error of ``mentions QUERY``: see store/query.py.

    ``column`` counts characters of the query as it was given, from 1; ``found`` is what stands
    there, as it was typed.
    """

    def __init__(self, column: int, kind: Kind, found: str = "") -> None:
        """Keep the facts."""
        super().__init__(column, kind, found)
        self.column = column
        self.kind = kind
        self.found = found

    def __str__(self) -> str:
        """Say where and what, in English."""
        return self.told(Wording("en"))

    def told(self, words: Wording) -> str:
        r"""Say where, what and what to do in the owner's language.

        >>> QueryError(14, Kind.UNCLOSED_PARENTHESIS, "(").told(Wording("fr"))
        'colonne 14\xa0: parenthèse jamais refermée'
        """
        problem = words(
            f"errors.query_{self.kind}",
            found=cut(clean(self.found), _MAX_FOUND),
            length=MAX_LENGTH,
            depth=MAX_DEPTH,
            distance=MAX_DISTANCE,
            letters=MIN_PREFIX,
        )
        return words("errors.query_at", column=self.column, problem=problem)
