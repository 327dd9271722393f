"""Every promise has a test named after its number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROMISES = range(1, 32)
_NAMED = re.compile(r"test_promise_(\d\d)_\w+")


def numbers() -> set[int]:
    """Return the numbers in the names of the tests beside this file."""
    files = Path(__file__).parent.glob("test_*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    tests = (node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    return {int(found[1]) for name in tests if (found := _NAMED.fullmatch(name))}


@pytest.mark.parametrize("number", PROMISES)
def test_every_promise_has_a_test(number: int) -> None:
    assert number in numbers()
