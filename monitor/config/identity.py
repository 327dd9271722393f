"""The id of a source that its owner gave none: stable, whatever its place in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from monitor.config.secrets import is_secret
from monitor.model import Json
from monitor.sources.base import SourceOptions
from monitor.text import fold

_UNRELATED = {"type", "id", "every", "businesses", "about", "max_pages"}
"""Options that do not change what place is looked at."""
_SLUG = 40
_DIGITS = 4


def source_id(options: SourceOptions, base_dir: Path) -> str:
    """Make ``<type>-<its address, readable>-<four hex digits>`` from what place is looked at.

    The folder of the file, ``base_dir``, does not enter: a moved folder keeps its ids.
    """
    identity = {name: value for name, value in _place(options, base_dir) if value is not None}
    digest = sha256(json.dumps(identity, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
    texts = [value for value in identity.values() if isinstance(value, str)]
    slug = next((_slug(text) for text in sorted(texts, key=_is_no_url)), "")
    return "-".join(part for part in (_slug(options.type), slug, digest[:_DIGITS]) if part)


def _place(options: SourceOptions, base_dir: Path) -> Iterator[tuple[str, Json]]:
    dumped = options.model_dump(mode="json", exclude=_UNRELATED, exclude_defaults=True)
    for name, value in dumped.items():
        if _is_credential(type(options), name):
            continue
        secret = getattr(options, name, None)
        if isinstance(secret, SecretStr):
            yield name, [secret.get_secret_value()]  # a list: never in the readable part
        else:
            yield name, value.removeprefix(f"{base_dir}/") if isinstance(value, str) else value


def _is_credential(model: type[SourceOptions], name: str) -> bool:
    """Tell a secret that a source can go without, so no place: a renewed token is no new source.

    A secret that it cannot go without may be its address (a Google alert's feed).
    """
    field = model.model_fields.get(name)
    return field is not None and is_secret(field.annotation) and not field.is_required()


def _is_no_url(text: str) -> bool:
    return "://" not in text


def _slug(text: str) -> str:
    if "://" in text:
        url = urlsplit(text)
        text = f"{url.hostname or ''}{url.path}"  # never the user, password or query
    return re.sub(r"[^a-z0-9]+", "-", fold(text).removeprefix("www."))[:_SLUG].strip("-")
