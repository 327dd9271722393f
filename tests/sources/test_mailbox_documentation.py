from __future__ import annotations

import re
from pathlib import Path

from monitor.notices.rules import Rule, built_in
from monitor.sources.mailbox import Mailbox

PAGE = (Path(__file__).parents[2] / "docs" / "mailbox.md").read_text(encoding="utf-8")


def test_every_key_and_every_rule_of_ours_is_on_the_page() -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    assert {field.alias or name for name, field in Rule.model_fields.items()} <= named
    assert {rule.name for rule in built_in()} <= named


def test_the_examples_are_read() -> None:
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to load

    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 4
    for example in examples:
        items = YAML(typ="safe").load(example)
        for item in items["sources"] if isinstance(items, dict) else items:
            Mailbox.options_type.model_validate(item)
