"""``docs/sources.md``, made from what each source type declares.

Write it anew with ``python -m monitor.sources.documentation``; a test fails while it is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path

from pydantic.fields import FieldInfo

from monitor.sources.base import SourceOptions
from monitor.sources.registry import SourceType, source_types

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"

_INTRODUCTION = """\
# Source types

<!-- Made by `python -m monitor.sources.documentation` from monitor/sources/: do not edit. -->

A source is one place that Écoute looks at: an item of `sources:` in `sources.yaml`. Its `type` is
one of those below. To add a type, see [adding-a-source.md](adding-a-source.md).
"""


def render_sources_page(types: Mapping[str, SourceType]) -> str:
    """Return the page of reference of these source types, in Markdown."""
    common = _table(SourceOptions.model_fields)
    sections = [
        _INTRODUCTION,
        f"## Options of every type\n\n{common}\n",
        *(_section(types[name]) for name in types),
    ]
    return "\n".join(sections)


def _section(source_type: SourceType) -> str:
    own = {
        name: field
        for name, field in source_type.options_type.model_fields.items()
        if name not in SourceOptions.model_fields or _is_its_own(name, field)
    }
    module_doc = sys.modules[source_type.__module__].__doc__ or ""
    looks = f"- **Looks every** {_duration(source_type.every)} unless `every` says otherwise."
    facts = (
        f"{looks if source_type.is_polled else '- **Looks nowhere**: others push to it.'}\n"
        f"- **Account**: {source_type.credentials or 'none.'}\n"
        f"- **Limits**: {source_type.limits}\n"
    )
    return "\n\n".join(
        [
            f"## `{source_type.type}`",
            module_doc.strip(),
            f"```yaml\n{_example(source_type.type, own)}\n```",
            _table(own),
            facts,
        ]
    )


def _is_its_own(name: str, field: FieldInfo) -> bool:
    """Tell whether a type means another thing by an option of every type."""
    return field.description != SourceOptions.model_fields[name].description


def _table(fields: Mapping[str, FieldInfo]) -> str:
    rows = ["| option | what it is | default | example |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{key}` | {field.description} | {_default(field)} | {_examples(field)} |"
        for key, field in ((field.alias or name, field) for name, field in fields.items())
    ]
    return "\n".join(rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return "" if field.default is None else f"`{_yaml(field.default)}`"


def _examples(field: FieldInfo) -> str:
    return ", ".join(f"`{_yaml(example)}`" for example in field.examples or ())


def _example(name: str, fields: Mapping[str, FieldInfo]) -> str:
    """Return the shortest item that is complete: the type and what it must be told."""
    lines = [f"- type: {name}"]
    lines += [
        f"  {field.alias or key}: {_yaml(field.examples[0])}"
        for key, field in fields.items()
        if field.is_required() and field.examples
    ]
    return "\n".join(lines)


def _yaml(value: object) -> str:
    """Write a value as in ``sources.yaml``: text bare, the rest as JSON, which is YAML."""
    if isinstance(value, Enum):
        value = value.value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _duration(every: timedelta) -> str:
    minutes = int(every.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours}h" if hours and not rest else f"{minutes}m"


def main() -> None:
    """Write the page."""
    PAGE.write_text(render_sources_page(source_types()), encoding="utf-8")


if __name__ == "__main__":
    main()
