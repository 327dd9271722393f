from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from monitor.config.schema import config_schema
from monitor.sources.base import Source

Types = Mapping[str, type[Source[Any]]]


@pytest.fixture
def schema(fake_types: Types) -> dict[str, Any]:
    return config_schema(fake_types, ["textblob"])


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part in (schema, *schema["$defs"].values()):
        yield from part.get("properties", {}).items()


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def test_it_is_json_and_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for reference in _references(schema):
        assert reference.removeprefix("#/$defs/") in schema["$defs"]


def test_it_has_the_keys_of_the_contract(schema: dict[str, Any]) -> None:
    assert set(schema["properties"]) == {
        "language",
        "timezone",
        "database",
        "reports",
        "businesses",
        "sources",
        "digest",
        "alerts",
        "mail",
        "mailbox",
        "monitoring",
        "receiving",
        "sentiment",
        "privacy",
        "network",
    }
    assert schema["required"] == ["businesses"]
    assert schema["additionalProperties"] is False
    assert "from" in schema["$defs"]["MailSection"]["properties"]


def test_a_source_is_one_of_the_types_told_apart_by_type(schema: dict[str, Any]) -> None:
    kinds = schema["properties"]["sources"]["items"]["oneOf"]
    names = [kind["$ref"].removeprefix("#/$defs/source_") for kind in kinds]
    assert names == ["feed", "google_news", "mastodon"]
    for name in names:
        options = schema["$defs"][f"source_{name}"]
        assert options["properties"]["type"]["const"] == name
        assert options["required"][0] == "type"
        assert options["additionalProperties"] is False


def test_every_key_is_described(schema: dict[str, Any]) -> None:
    assert [name for name, told in _fields(schema) if not told.get("description")] == []


def test_defaults_are_written_as_people_write_them(schema: dict[str, Any]) -> None:
    assert schema["$defs"]["PrivacySection"]["properties"]["keep"]["default"] == "24 months"
    assert schema["$defs"]["NetworkSection"]["properties"]["timeout"]["default"] == "30s"


def test_a_variable_may_stand_for_a_number(schema: dict[str, Any]) -> None:
    number, variable = schema["$defs"]["MailSection"]["properties"]["port"]["anyOf"]
    assert number["type"] == "integer"
    assert re.search(variable["pattern"], "${SMTP_PORT}")


def test_scorers_are_named(schema: dict[str, Any]) -> None:
    known, _ = schema["$defs"]["SentimentSection"]["properties"]["scorer"]["anyOf"]
    assert known["enum"] == ["textblob"]
