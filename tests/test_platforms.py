"""What docs/platforms.md shows can be written in sources.yaml, and its types exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from monitor.config.load import load_config
from monitor.sources.registry import source_types

PAGE = Path(__file__).parents[1] / "docs" / "platforms.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
ROWS = [line.split("|") for line in TEXT.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_shown_is_accepted(block: str, tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(f"businesses:\n  - name: Fleurs Bougamont\nsources:\n{block}", "utf-8")
    env = dict.fromkeys(re.findall(r"\$\{(\w+)\}", block), "a-secret")
    config = load_config(file, env, source_types(), {"ecoute"})
    assert len(config.sources) == block.count("- type:")


def test_every_type_stands_in_the_table_and_no_other() -> None:
    named = {name for row in ROWS for name in re.findall(r"`(\w+)`", row[3]) if len(row) > 5}
    assert named == {*source_types(), "import"}


def test_every_row_tells_its_form() -> None:
    forms = [row[2].strip() for row in ROWS if len(row) > 6 and "`" in row[3]]
    assert len(forms) > 20
    assert all(re.fullmatch(r"[A-E](, [A-E])*", form) for form in forms)


def test_every_type_that_is_shown_exists() -> None:
    shown = {item["type"] for block in BLOCKS for item in YAML(typ="safe").load(block)}
    assert shown <= set(source_types())
