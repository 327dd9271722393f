"""A request's body as JSON: JSON itself, or a form whose flat names stand for nested ones."""

from __future__ import annotations

import json
from typing import TypeAlias, cast
from urllib.parse import parse_qsl

from monitor.model import Json
from monitor.receiving.base import Unreadable

_Tree: TypeAlias = "dict[str, _Tree | str]"

_MOST_FIELDS = 5_000
_DEEPEST = 6
_UNREADABLE = 422
_OTHER_KIND = 415
FORM = "application/x-www-form-urlencoded"


def read_body(body: bytes, content_type: str | None) -> Json:
    """Return a body as JSON. Raises Unreadable with the status to answer."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    is_json = kind in {"application/json", "text/json"} or kind.endswith("+json")
    # curl's -d says "form" of whatever it sends.
    looks_like_json = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if is_json or (looks_like_json and kind in {"", FORM}):
        return _read_json(body)
    if kind == FORM:
        return _read_form(body)
    raise Unreadable(_OTHER_KIND, "send application/json, or a form")


def _read_json(body: bytes) -> Json:
    try:
        return cast("Json", json.loads(body.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:  # of which UnicodeDecodeError is one
        raise Unreadable(_UNREADABLE, "this is not JSON in UTF-8") from error


def _read_form(body: bytes) -> Json:
    """Read flat fields; ``author__name`` is the ``name`` of ``author``, as Zapier writes it.

    >>> _read_form(b"items__0__url=https%3A%2F%2Fa.fr&items__0__author__name=Julie")
    {'items': [{'url': 'https://a.fr', 'author': {'name': 'Julie'}}]}
    """
    try:
        fields = parse_qsl(
            body.decode("utf-8-sig").strip(), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise Unreadable(_UNREADABLE, "this is not a form in UTF-8") from error
    tree: _Tree = {}
    for name, value in fields:
        _put(tree, name.split("__", _DEEPEST), value)
    return _with_lists(tree)


def _put(tree: _Tree, path: list[str], value: str) -> None:
    here = tree
    for part in path[:-1]:
        inner = here.get(part)
        if not isinstance(inner, dict):
            inner = here[part] = {}
        here = inner
    here[path[-1]] = value


def _with_lists(tree: _Tree | str) -> Json:
    if isinstance(tree, str):
        return tree
    if tree and all(name.isdecimal() for name in tree):
        return [_with_lists(tree[name]) for name in sorted(tree, key=int)]
    return {name: _with_lists(value) for name, value in tree.items()}
