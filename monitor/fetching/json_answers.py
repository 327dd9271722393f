"""JSON as servers send it, made harmless: no text in it holds NUL or half a surrogate pair."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from json import loads

from monitor.model import Json
from monitor.text import clean

_MOST_DIGITS = 100
"""Python refuses to read more than 4,300; no identifier has a hundred."""
_BAD_SIGNS = re.compile(rb"\x00|\\u(?:0000|[dD][89a-fA-F])")


def read_json(body: bytes, *, lenient: bool = False) -> Json:
    """Read a JSON answer. Raises ValueError when it is none or nested too deep.

    An absurdly long integer is read as its digits. ``lenient`` puts up with wrong bytes, control
    characters within texts, and NaN and the infinities, which become ``None``.
    """
    text = body.decode("utf-8-sig", "replace") if lenient else body
    constant = _nothing if lenient else _refuse_constant
    try:
        answer: Json = loads(text, strict=not lenient, parse_int=_integer, parse_constant=constant)
        return _cleaned(answer) if _BAD_SIGNS.search(body) else answer
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _cleaned(value: Json) -> Json:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name): _cleaned(part) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [_cleaned(part) for part in value]
    return value


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _nothing(_: str) -> None:
    return None


def _refuse_constant(name: str) -> Json:
    raise ValueError(name)
