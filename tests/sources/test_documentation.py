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
        options = source_type.options_type.model_fields.items()
        assert all(f"| `{field.alias or name}` |" in page for name, field in options)


class TestTheWalkThrough(SourceConformance):
    """The example of docs/adding-a-source.md is run, and held to what every type must do."""

    @pytest.fixture
    def case(self, example: ModuleType) -> Case:
        return Case(
            kind=example.Guestbook,
            options={"site": "https://guestbook.example"},
            full=b'{"messages": [{"id": "9c9de5e8", "subject": "Un bouquet",'
            b' "url": "https://guestbook.example/9c9de5e8", "written_at": "2026-11-22T08:00:00Z",'
            b' "html": "<p>Chez Fleurs Bougamont</p>", "hearts": 12,'
            b' "author": {"name": "Julie", "url": "https://guestbook.example/julie"}}]}',
            empty=b'{"messages": []}',
            content_type="application/json",
        )

    @pytest.fixture
    def example(self) -> Iterator[ModuleType]:
        page = (DOCS / "adding-a-source.md").read_text(encoding="utf-8")
        [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        module = ModuleType("guestbook")
        sys.modules["guestbook"] = module  # pydantic looks annotations up in it
        exec(compile(code, "adding-a-source.md", "exec"), module.__dict__)  # noqa: S102 - our own page
        yield module
        del sys.modules["guestbook"]
