from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sources.conformance import Case, SourceConformance

from monitor.sources.documentation import render_sources_page
from monitor.sources.registry import source_types

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_sources_is_up_to_date() -> None:
    written = (DOCS / "sources.md").read_text(encoding="utf-8")
    assert written == render_sources_page(source_types()), (
        "write it anew: python -m monitor.sources.documentation"
    )


def test_every_type_and_option_is_on_the_page() -> None:
    page = render_sources_page(source_types())
    for name, source_type in source_types().items():
        assert f"## `{name}`" in page
        assert all(f"| `{option}` |" in page for option in source_type.options_type.model_fields)


class TestTheWalkThrough(SourceConformance):
    """The example of docs/adding-a-source.md is run, and held to what every type must do."""

    @pytest.fixture
    def case(self, example: ModuleType) -> Case:
        return Case(
            kind=example.Peertube,
            options={"instance": "https://tube.example"},
            full=b'{"total": 1, "data": [{"uuid": "9c9de5e8", "name": "Un bouquet",'
            b' "url": "https://tube.example/w/9c9de5e8", "publishedAt": "2026-11-22T08:00:00Z",'
            b' "truncatedDescription": "Chez **Fleurs Bougamont**", "views": 12}]}',
            empty=b'{"total": 0, "data": []}',
            content_type="application/json",
        )

    @pytest.fixture
    def example(self) -> Iterator[ModuleType]:
        page = (DOCS / "adding-a-source.md").read_text(encoding="utf-8")
        [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        module = ModuleType("peertube")
        sys.modules["peertube"] = module  # pydantic looks annotations up in it
        exec(compile(code, "adding-a-source.md", "exec"), module.__dict__)  # noqa: S102 - our own page
        yield module
        del sys.modules["peertube"]
