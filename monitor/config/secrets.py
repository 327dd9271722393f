"""Which values of a file are secrets: those that a model declares as ``SecretStr``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel, SecretStr

from monitor.config.document import Tree
from monitor.config.faults import Loc

_LEAST_KEY = 8
"""Shorter parts of a path are words: hiding them would hide much else."""


def secret_places(model: type[BaseModel], tree: Tree, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Yield the secrets in what was written for a model, valid or not, each with its place."""
    if not isinstance(tree, dict):
        return
    for name, field in model.model_fields.items():
        key = field.alias or name
        here = (*loc, key)
        if is_secret(field.annotation):
            yield from _scalars(tree.get(key), here)
            continue
        inner, held = model_in(field.annotation), tree.get(key)
        if inner is None:
            continue
        for place, item in enumerate(held) if isinstance(held, list) else ((None, held),):
            yield from secret_places(inner, item, here if place is None else (*here, place))


def is_credential(secret: str) -> bool:
    """Tell a token or password from an address that is only better not shown (an alert's feed).

    >>> is_credential("hush"), is_credential("ntfy://topic"), is_credential("https://a:b@c.fr")
    (True, False, True)
    """
    return "://" not in secret or password_in(secret) is not None


def password_in(text: str) -> str | None:
    """Return the password of an address written with one.

    >>> password_in("https://simon:hush@example.fr/rss")
    'hush'
    """
    found = re.search(r"://[^\s/?#@:]*:([^\s/?#@]+)@", text)
    return found[1] if found else None


def path_parts(url: str) -> list[str]:
    """Return what stands in an address's path and is long enough to be a key.

    >>> path_parts("https://hc.example/ping/5f3a9c1e-key")
    ['5f3a9c1e-key']
    """
    place = re.split(r"[?#]", url.partition("://")[2])[0]
    return [part for part in place.split("/")[1:] if len(part) >= _LEAST_KEY]


def is_secret(annotation: object) -> bool:
    """Tell whether a field's type is a secret, or holds some: ``tuple[SecretStr, ...]``."""
    return annotation is SecretStr or any(is_secret(part) for part in get_args(annotation))


def model_in(annotation: object) -> type[BaseModel] | None:
    """Return the model in ``tuple[Model, ...]``, ``Model | None`` or ``Model``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (model_in(part) for part in get_args(annotation))
    return next((found for found in inner if found is not None), None)


def _scalars(tree: Tree, loc: Loc) -> Iterator[tuple[Loc, str]]:
    if isinstance(tree, str):
        yield loc, tree
    elif isinstance(tree, list):
        for place, item in enumerate(tree):
            yield from _scalars(item, (*loc, place))
