"""What source types refuse in English has a sentence in the owner's language."""

from __future__ import annotations

import ast
from pathlib import Path

from monitor.config.explain import TOLD_IN_ENGLISH
from monitor.wording import sentences

SOURCES = Path(__file__).parents[2] / "monitor" / "sources"
NOT_OF_OPTIONS = {"google_news.py"}


def told_in(tree: ast.AST) -> set[str]:
    """Return what each ``raise ValueError`` says, values as ``{value}``."""
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    calls = [one for one in raised if isinstance(one, ast.Call)]
    named = [one for one in calls if isinstance(one.func, ast.Name) and one.func.id == "ValueError"]
    return {_text(one.args[0]) for one in named}


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else "{value}" for p in node.values]
        return "".join(map(str, parts))
    assert isinstance(node, ast.Constant)
    return str(node.value)


def test_every_refusal_of_a_source_type_has_its_sentence() -> None:
    files = [file for file in SOURCES.glob("*.py") if file.name not in NOT_OF_OPTIONS]
    told = {text for file in files for text in told_in(ast.parse(file.read_text("utf-8")))}
    assert len(told) > 15
    assert sorted(told - {*TOLD_IN_ENGLISH, "{value} and {value} go together"}) == []
    for language in ("fr", "en"):
        known = sentences(language)
        assert [key for key in TOLD_IN_ENGLISH.values() if f"config.{key}" not in known] == []
