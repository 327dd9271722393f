"""The JSON Schema of ``sources.yaml`` (draft 2020-12), so that editors complete and check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitor.config.sections import Settings
from monitor.config.sources import SourceTypes

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}
_NEEDS_NO_VARIABLE = {"pattern", "format", "enum"}
"""Keywords that a ``${NAME}`` may break, so that it is named beside them."""

_TOLD = ("title", "description", "default", "examples")
_NO_SCHEMAS = {"default", "examples", "discriminator"}


def config_schema(source_types: SourceTypes, scorers: Iterable[str]) -> dict[str, Any]:
    """Return the schema of the whole file, with the options of every source type."""
    schema = Settings.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    definitions["SentimentSection"]["properties"]["scorer"]["enum"] = sorted(scorers)
    references = []
    for name in sorted(source_types):
        options = source_types[name].options_type.model_json_schema()
        definitions.update(options.pop("$defs", {}))
        definitions[f"source_{name}"] = _of_type(options, name)
        references.append({"$ref": f"#/$defs/source_{name}"})
    sources = schema["properties"]["sources"]
    sources["items"] = {"oneOf": references, "discriminator": {"propertyName": "type"}}
    schema = {"$schema": _DRAFT, **schema, "title": "sources.yaml"}
    described: dict[str, Any] = _or_variable(schema)
    return described


def _of_type(options: dict[str, Any], name: str) -> dict[str, Any]:
    """Fix the ``type`` in one type's options."""
    kind = {**options["properties"].get("type", {}), "const": name}
    kind.pop("default", None)
    required = ["type", *(key for key in options.get("required", []) if key != "type")]
    return {**options, "properties": {**options["properties"], "type": kind}, "required": required}


def _or_variable(schema: Any, key: str = "") -> Any:  # noqa: ANN401 - a JSON Schema, whatever shape
    """Let ``${NAME}`` stand where a number, a word of a list or an address is wanted."""
    if isinstance(schema, list):
        return [_or_variable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if key in _NO_SCHEMAS:
        return schema
    whole = {name: _or_variable(part, name) for name, part in schema.items()}
    if key == "properties" or not _breaks_variables(schema):
        return whole
    told = {name: whole.pop(name) for name in _TOLD if name in whole}
    return {**told, "anyOf": [whole, _VARIABLE]}


def _breaks_variables(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    if "const" in schema:
        return False
    if kind in {"integer", "number", "boolean"}:
        return True
    return kind == "string" and not _NEEDS_NO_VARIABLE.isdisjoint(schema)
