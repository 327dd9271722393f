"""Adding sources to a ``sources.yaml`` that a person keeps: every other byte stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from monitor.errors import ConfigError, Fault
from monitor.text import fold

_PLAIN = re.compile(r"[A-Za-z][\w./:@~%?=&+-]*", re.ASCII)
"""What YAML reads as text without quotes."""
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A source to add: its options, and a remark for people."""

    options: Mapping[str, str]
    remark: str = ""


def add_sources(text: str, additions: Iterable[Addition], file: str) -> str:
    """Return the file's text with sources added at the end of its list.

    Raises ConfigError when the list is not one that lines can be added to.
    """
    text = _without_empty_list(text)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    at, indent = _end_of_sources(text, file)
    if at is None:
        lines.append("\nsources:\n")
        at = len(lines)
    lines[at:at] = [line for addition in additions for line in _written(addition, indent)]
    return "".join(lines)


def name_id(name: str, taken: Iterable[str]) -> str:
    """Return an id for a source from its name, one that is not taken.

    >>> name_id("L’Écho du Hainaut", ["echo"]), name_id("Écho", ["echo"])
    ('l-echo-du-hainaut', 'echo-2')
    """
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60] or "source"
    known, number, candidate = set(taken), 1, slug
    while candidate in known:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate


def _without_empty_list(text: str) -> str:
    """Return the text with ``sources: []`` as ``sources:``, to which lines can be added."""
    return re.sub(r"^(sources:)[ \t]*\[[ \t]*\]", r"\1", text, count=1, flags=re.MULTILINE)


def _end_of_sources(text: str, file: str) -> tuple[int | None, str]:
    """Return the line after the last source, and what its items are indented by."""
    root = YAML(typ="safe", pure=True).compose(text)
    rows = root.value if isinstance(root, MappingNode) else []
    for key, value in rows:
        if key.value != "sources":
            continue
        if isinstance(value, SequenceNode) and not value.flow_style and value.value:
            return _last_line(value) + 1, " " * value.start_mark.column
        if isinstance(value, ScalarNode) and value.value in ("", "~", "null"):
            return key.start_mark.line + 1, "  "
        message = "write one source a line, each beginning with a dash, to have others added"
        raise ConfigError([Fault(file, key.start_mark.line + 1, "sources", message)])
    return None, "  "


def _last_line(node: Node) -> int:
    """Return the last line that holds something of a node; its own end mark is beyond comments."""
    if isinstance(node, MappingNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1][1])
    if isinstance(node, SequenceNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1])
    end = node.end_mark
    return int(end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line)


def _written(addition: Addition, indent: str) -> list[str]:
    lines = [f"{indent}# {addition.remark}\n"] if addition.remark else []
    mark = "- "
    for key, value in addition.options.items():
        lines.append(f"{indent}{mark}{key}: {_scalar(value)}\n")
        mark = "  "
    return lines


def _scalar(value: str) -> str:
    is_plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS and value[-1] != ":"
    return value if is_plain else json.dumps(value, ensure_ascii=False)
