"""A query cut into tokens, from left to right once; each knows its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from monitor.matching.boolean_errors import MAX_DISTANCE, Kind, QueryError
from monitor.matching.boolean_fields import FIELDS, FieldName
from monitor.matching.boolean_phrase import CLOSING


class Sign(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    TERM = auto()
    FIELD = auto()
    END = auto()


class Token(NamedTuple):
    """A token as it was typed, from ``start`` to ``end``; ``distance`` is NEAR's.

    The ``text`` of a ``field`` is its value; it is empty where a parenthesis may follow.
    """

    sign: Sign
    text: str
    start: int
    end: int
    distance: int = 0
    field: FieldName = FieldName.TITLE

    @property
    def column(self) -> int:
        """Where it stands, from 1."""
        return self.start + 1


_OPERATORS = {
    "AND": Sign.AND,
    "ET": Sign.AND,
    "OR": Sign.OR,
    "OU": Sign.OR,
    "NOT": Sign.NOT,
    "SAUF": Sign.NOT,
}
_DASHES = "-−–—"  # word processors make a dash of a hyphen before a word
_BARE = re.compile(r'[^\s()"«»“”„]+')
_NEAR = re.compile(r"near(/.*)?", re.IGNORECASE | re.DOTALL)
# Not the address of a page; not an hour, "19:30".
_FIELD = re.compile(r"([^\W\d_]+):(?!//)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # pasted along with a word


def tokens_in(text: str) -> Iterator[Token]:
    """Yield the tokens, an END last. Raises ``QueryError`` at the first that is none."""
    at = 0
    while at < len(text):
        if text[at].isspace() or _is_plus(text, at):
            at += 1
            continue
        token = _read(text, at)
        at = token.end
        yield token
    yield Token(Sign.END, "", at, at)


def _is_plus(text: str, at: int) -> bool:
    """Tell whether it is the "+" of search engines before a word, which asks nothing more."""
    return text[at] == "+" and at + 1 < len(text) and not text[at + 1].isspace()


def _read(text: str, at: int) -> Token:
    sign = text[at]
    if sign in "()":
        return Token(Sign.OPEN if sign == "(" else Sign.CLOSE, sign, at, at + 1)
    if sign == "»":
        raise QueryError(at + 1, Kind.UNOPENED_QUOTE, sign)
    if sign in CLOSING:
        end = _end_of_quote(text, at)
        return Token(Sign.TERM, text[at:end], at, end)
    if sign in _DASHES:
        if at + 1 == len(text) or text[at + 1].isspace() or text[at + 1] == ")":
            raise QueryError(at + 1, Kind.LONE_DASH, sign)
        return Token(Sign.NOT, sign, at, at + 1)
    return _read_bare(text, at)


def _read_bare(text: str, at: int) -> Token:
    found = _BARE.match(text, at)
    body = found[0] if found else text[at]
    field = _FIELD.match(body)
    if field:
        return _read_field(text, at, body, field)
    plain = _INVISIBLE.sub("", body)
    end = at + len(body)
    near = _NEAR.fullmatch(plain)
    if near and (near[1] or plain == "NEAR"):
        return Token(Sign.NEAR, body, at, end, distance=_distance(plain, at))
    return Token(_OPERATORS.get(plain, Sign.TERM), body, at, end)


def _distance(plain: str, at: int) -> int:
    name, _, number = plain.partition("/")
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(MAX_DISTANCE))
    if name != "NEAR" or not is_number:
        raise QueryError(at + 1, Kind.NEAR_NUMBER, plain)
    return int(number)


def _read_field(text: str, at: int, body: str, found: re.Match[str]) -> Token:
    name = FIELDS.get(found[1].casefold())
    if name is None:
        raise QueryError(at + 1, Kind.UNKNOWN_FIELD, found[0])
    start, end = at + found.end(), at + len(body)
    if start == end and text[end : end + 1] in CLOSING:
        end = _end_of_quote(text, end)
    elif start < end and text[start] in _DASHES + "+":
        raise QueryError(at + 1, Kind.FIELD_VALUE, found[0])
    return Token(Sign.FIELD, text[start:end], at, end, field=name)


def _end_of_quote(text: str, at: int) -> int:
    ends = (text.find(closing, at + 1) for closing in CLOSING[text[at]])
    end = min((end for end in ends if end >= 0), default=None)
    if end is None:
        raise QueryError(at + 1, Kind.UNCLOSED_QUOTE, text[at])
    return end + 2 if text.startswith("*", end + 1) else end + 1
