"""Sources added to a file that a person keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from monitor.config.editing import Addition, add_sources
from monitor.errors import ConfigError

NEW = Addition(options={"type": "feed", "url": "https://echo.example/rss"}, remark="L’Écho")

FILE = """\
# Mine
businesses:
  - name: X   # the shop

sources:
  # the press
  - type: feed
    url: "https://a.example/rss"   # ours
    businesses:
      - X
  # a remark at the end

digest:
  schedule: weekly
"""


def read(text: str) -> list[dict[str, object]]:
    sources: list[dict[str, object]] = YAML(typ="safe").load(text)["sources"]
    return sources


def test_a_source_comes_last_and_the_rest_stays_as_it_was() -> None:
    text = add_sources(FILE, [NEW, NEW], "sources.yaml")
    assert read(text) == [*read(FILE), dict(NEW.options), dict(NEW.options)]
    left = [line for line in text.splitlines() if line not in ADDED]
    assert left == [line for line in FILE.splitlines() if line not in ADDED]
    assert text.index("L’Écho") < text.index("# a remark at the end")


ADDED = ("  # L’Écho", "  - type: feed", "    url: https://echo.example/rss")


@pytest.mark.parametrize(
    "text",
    [
        "businesses: []\n",
        "businesses: []\nsources:\n",
        "sources: []   # none yet\nx: 1\n",
        "sources:\nbusinesses: []",
        "sources:\n- type: google_news",
        "sources:\n    -   type: google_news\n        every: 1h\nx: 1\n",
        "sources:\n  - {type: feed, url: ./a.xml}\n",
        "sources:\n  - type: feed\n    url: >\n      folded\n\nx: 1\n",
    ],
)
def test_a_source_is_added_to_any_list(text: str) -> None:
    before = YAML(typ="safe").load(text)
    after = YAML(typ="safe").load(add_sources(text, [NEW], "sources.yaml"))
    assert after["sources"] == [*(before.get("sources") or []), dict(NEW.options)]
    assert {k: v for k, v in after.items() if k != "sources"} == {
        k: v for k, v in before.items() if k != "sources"
    }


def test_a_list_on_one_line_is_left_to_the_person() -> None:
    with pytest.raises(ConfigError, match=r"sources.yaml:1: sources: "):
        add_sources("sources: [{type: google_news}]\n", [NEW], "sources.yaml")


@given(st.text(min_size=1, max_size=40).filter(lambda value: value.isprintable()))
def test_any_value_comes_back_as_it_was(value: str) -> None:
    text = add_sources("a: 1\n", [Addition(options={"type": "feed", "url": value})], "f")
    assert read(text)[0]["url"] == value
