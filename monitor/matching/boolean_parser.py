"""Tokens of a query → its tree. NEAR binds tightest, then NOT, then AND (or nothing), then OR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from monitor.matching.boolean_errors import MAX_DEPTH, Kind, QueryError
from monitor.matching.boolean_fields import FieldName, read_field
from monitor.matching.boolean_lexer import Sign, Token, tokens_in
from monitor.matching.boolean_nodes import Leaf, Near, Node, Title
from monitor.matching.boolean_phrase import Phrase, read_phrase
from monitor.matching.boolean_tree import all_of, any_of, none_of

_JOINING = {Sign.AND, Sign.OR, Sign.NEAR}
_ENDING = {Sign.CLOSE, Sign.END}


def parse(text: str) -> Node:
    """Read a query. Raises ``QueryError``; linear in its length."""
    return _Parser(list(tokens_in(text))).whole()


class _Parser:
    """Reads its tokens once; ``_next`` is where it stands."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._title_depth = 0

    def whole(self) -> Node:
        if self._next.sign is Sign.END:
            raise QueryError(1, Kind.EMPTY)
        node = self._any()
        if self._next.sign is Sign.CLOSE:
            raise QueryError(self._next.column, Kind.UNOPENED_PARENTHESIS, ")")
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _any(self) -> Node:
        """Read what OR joins."""
        parts = [self._all(None)]
        while self._next.sign is Sign.OR:
            parts.append(self._all(self._take()))
        return any_of(parts)

    def _all(self, operator: Token | None) -> Node:
        """Read what AND joins, or nothing between; ``operator`` stands before it."""
        parts = [self._one(operator)]
        while self._next.sign is not Sign.OR and self._next.sign not in _ENDING:
            parts.append(self._one(self._take() if self._next.sign is Sign.AND else None))
        return all_of(parts)

    def _one(self, operator: Token | None) -> Node:
        """Read a part and the NOTs before it."""
        if self._next.sign is not Sign.NOT:
            return self._near(operator)
        denial = self._take()
        with self._deeper(denial):
            return none_of(self._one(denial), denial.column)

    def _near(self, operator: Token | None) -> Node:
        left = self._primary(operator)
        if self._next.sign is not Sign.NEAR:
            return left
        near = self._take()
        if self._next.sign in _ENDING:
            raise QueryError(near.column, Kind.NOTHING_AFTER, near.text)
        right = None if self._next.sign in {*_JOINING, Sign.NOT} else self._primary(near)
        sides = (_phrase(left), None if right is None else _phrase(right))
        if sides[0] is None or sides[1] is None or self._next.sign is Sign.NEAR:
            raise QueryError(near.column, Kind.NEAR_SIDES, near.text)
        return Near(sides[0], sides[1], near.distance)

    def _primary(self, operator: Token | None) -> Node:
        token = self._next
        if token.sign in _ENDING or token.sign in _JOINING:
            if operator is not None:
                raise QueryError(operator.column, Kind.NOTHING_AFTER, operator.text)
            # A closing parenthesis comes here only where it was never opened.
            kind = Kind.UNOPENED_PARENTHESIS if token.sign is Sign.CLOSE else Kind.NOTHING_BEFORE
            raise QueryError(token.column, kind, token.text)
        self._take()
        if token.sign is Sign.OPEN:
            return self._group(token)
        if token.sign is Sign.FIELD:
            return self._field(token)
        return Leaf(read_phrase(token.text, token.column))

    def _group(self, opening: Token) -> Node:
        first = self._next.sign
        if first is Sign.CLOSE:
            raise QueryError(opening.column, Kind.EMPTY_PARENTHESES, "()")
        if first is not Sign.END:
            with self._deeper(opening):
                node = self._any()
            if self._take().sign is Sign.CLOSE:
                return node
        raise QueryError(opening.column, Kind.UNCLOSED_PARENTHESIS, "(")

    def _field(self, token: Token) -> Node:
        if self._title_depth:
            raise QueryError(token.column, Kind.FIELD_IN_TITLE, f"{token.field}:")
        if token.text and token.field is FieldName.TITLE:
            return Title(Leaf(read_phrase(token.text, token.column)))
        if token.text:
            return Leaf(read_field(token.field, token.text, token.column))
        is_group = self._next.sign is Sign.OPEN and self._next.start == token.end
        if not is_group:
            raise QueryError(token.column, Kind.FIELD_VALUE, f"{token.field}:")
        if token.field is not FieldName.TITLE:
            raise QueryError(token.column, Kind.FIELD_GROUP, f"{token.field}:")
        self._title_depth += 1
        node = self._group(self._take())
        self._title_depth -= 1
        return Title(node)

    @contextmanager
    def _deeper(self, token: Token) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(token.column, Kind.TOO_DEEP, token.text)
        yield
        self._depth -= 1


def _phrase(node: Node) -> Phrase | None:
    """Return the phrase that a part is, if it is one."""
    return node.asks if isinstance(node, Leaf) and isinstance(node.asks, Phrase) else None
