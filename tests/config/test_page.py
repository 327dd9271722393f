from __future__ import annotations

from pathlib import Path

from monitor.config.page import render_configuration_page
from monitor.config.sections import MailSection, Settings

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_page_is_as_the_models_make_it() -> None:
    """When it is stale: python -m monitor.config.page > docs/configuration.md."""
    assert PAGE.read_text(encoding="utf-8") == render_configuration_page()


def test_every_key_has_a_line() -> None:
    page = render_configuration_page()
    for model in (Settings, MailSection):
        for name, field in model.model_fields.items():
            assert f"\n| `{field.alias or name}` |" in page
