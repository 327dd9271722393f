"""YAML 1.2 as a tree whose every value knows its line.

Scalars stay text as written (``012`` in a password keeps its zero); the models turn them into
numbers and booleans. It is no place for YAML's cleverness: tags of one's own, several documents,
aliases that expand without end are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from monitor.config.faults import Loc, Problem, Unreadable

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"

MAX_BYTES = 1_000_000  # a thousand sources are some 100 kB
MAX_VALUES = 50_000  # aliases expanded; a thousand sources have some 5,000
MAX_DEPTH = 20  # the contract's deepest value is at 4

_NULLS = {"", "~", "null", "Null", "NULL"}  # YAML 1.2 §10.3.2
_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's tree. ``raw`` has each scalar as written, before ``${NAME}`` is replaced.

    ``used`` has the variables that were put in, by name.
    """

    tree: dict[str, Tree]
    lines: Mapping[Loc, int]
    raw: Mapping[Loc, str]
    problems: tuple[Problem, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)

    def scalars(self) -> Iterator[str]:
        """Yield every scalar's text, variables put in."""
        for loc in self.raw:
            value = self.at(loc)
            if isinstance(value, str):
                yield value

    def at(self, loc: Loc) -> Tree:
        """Return what stands at a place of the tree."""
        here: Tree = self.tree
        for part in loc:
            here = here[part]  # type: ignore[index] # a place that was found in it
        return here


def read_document(text: str) -> Document:
    """Read a file's text. Raises Unreadable when it is no YAML mapping at all."""
    node = _compose(text)
    if node is None:
        raise Unreadable(Problem(key="empty_file", line=1))
    reader = _Reader()
    tree = reader.read(node, ())
    if not isinstance(tree, dict):
        raise Unreadable(Problem(key="not_a_mapping", line=1))
    return Document(tree=tree, lines=reader.lines, raw=reader.raw, problems=tuple(reader.problems))


def _compose(text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # told by us, with both lines
    try:
        node: Node | None = yaml.compose(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(Problem(key="control_character", line=line)) from error
    except MarkedYAMLError as error:
        raise Unreadable(syntax_problem(error, text)) from error
    except YAMLError as error:
        raise Unreadable(Problem(key="syntax", values={"detail": str(error)})) from error
    except RecursionError as error:
        raise Unreadable(Problem(key="too_deep", values={"limit": MAX_DEPTH})) from error
    return node


class _Reader:
    """Walks the nodes once, noting lines, scalars as written, and what is wrong."""

    def __init__(self) -> None:
        self.lines: dict[Loc, int] = {}
        self.raw: dict[Loc, str] = {}
        self.problems: list[Problem] = []
        self._values = 0

    def read(self, node: Node, loc: Loc) -> Tree:
        line = node.start_mark.line + 1
        self.lines.setdefault(loc, line)  # a key's own line, when there is a key, came first
        self._check_limits(loc, line)
        if str(node.tag) not in _TAGS:
            self.problems.append(Problem(key="tag", values={"tag": _short(node)}, loc=loc))
        if isinstance(node, MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, SequenceNode):
            return [self.read(child, (*loc, place)) for place, child in enumerate(node.value)]
        return self._scalar(node, loc)

    def _check_limits(self, loc: Loc, line: int) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise Unreadable(Problem(key="too_many", values={"limit": MAX_VALUES}, line=line))
        if len(loc) > MAX_DEPTH:
            raise Unreadable(Problem(key="too_deep", values={"limit": MAX_DEPTH}, line=line))

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, Tree]:
        tree: dict[str, Tree] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self.problems.append(Problem(key="odd_key", loc=loc, line=line))
                continue
            here = (*loc, str(key.value))
            if key.value in tree:
                values = {"name": key.value, "first": self.lines[here]}
                self.problems.append(Problem(key="twice", values=values, loc=here, line=line))
                continue
            self.lines[here] = line
            tree[str(key.value)] = self.read(value, here)
        return tree

    def _scalar(self, node: Node, loc: Loc) -> str | None:
        text = str(node.value)
        plain = getattr(node, "style", None) not in ("'", '"', "|", ">")
        if plain and text in _NULLS:
            return None
        self.raw[loc] = text
        return text


def _short(node: Node) -> str:
    return "!" + str(node.tag).removeprefix("tag:yaml.org,2002:").removeprefix("!")


_PLAIN_WORDS = (
    # ruamel.yaml 0.19 scanner.py, parser.py and composer.py: what it says → our sentence
    (r"character '\\t'", "tab"),
    (r"character .* cannot start any token", "needs_quotes"),
    (r"mapping values are not allowed", "colon"),
    (r"could not find expected ':'", "no_colon"),
    (r"unexpected end of stream", "open_quote"),
    (r"expected <block end>", "indentation"),
    (r"expected ',' or", "brackets"),
    (r"undefined alias", "needs_quotes"),
    (r"found another document", "documents"),
)
_TOLD_WHERE_IT_BEGINS = {"no_colon", "open_quote"}


def syntax_problem(error: MarkedYAMLError, text: str) -> Problem:
    """Say a syntax error in plain words, at the line where a person will mend it."""
    told = str(error.problem or error.context or "")
    key = next((key for pattern, key in _PLAIN_WORDS if re.search(pattern, told)), "syntax")
    mark = error.problem_mark or error.context_mark
    if key in _TOLD_WHERE_IT_BEGINS and error.context_mark is not None:
        mark = error.context_mark
    line = None if mark is None else mark.line + 1
    if key == "brackets" and line and "${" in "".join(text.splitlines()[line - 1 : line]):
        key = "variable_in_brackets"
    return Problem(key=key, values={"detail": told} if key == "syntax" else {}, line=line)
