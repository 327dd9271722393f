from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.document import read_document
from monitor.config.faults import Unreadable

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "empty_file", 1),
        ("# nothing\n", "empty_file", 1),
        ("- a\n", "not_a_mapping", 1),
        ("a:1\n", "not_a_mapping", 1),
        ("a:\n\tb: 1\n", "tab", 2),
        ("a: 1\nb: [@x]\n", "needs_quotes", 2),
        ("a: *x\n", "needs_quotes", 1),
        ("a: b: c\n", "colon", 1),
        ("a: 1\nb\nc: 2\n", "no_colon", 2),
        ("a: 1\nb: 'x\nc: 2\n", "open_quote", 2),
        ("a:\n  - b\n c: d\n", "indentation", 3),
        ("a: [b, c\nd: e\n", "brackets", 2),
        ("a: 1\nb: [${X}]\n", "variable_in_brackets", 2),
        ("a: 1\n---\nb: 2\n", "documents", 2),
        ("a: 1\nb: \x07\n", "control_character", 2),
        (BOMB, "too_many", 1),
        ("a: &x [*x]\n", "too_deep", 1),
        ("[" * 5000, "too_deep", None),
    ],
)
def test_what_is_no_list_of_settings_is_refused_at_its_line(
    text: str, key: str, line: int | None
) -> None:
    with pytest.raises(Unreadable) as caught:
        read_document(text)
    assert (caught.value.problem.key, caught.value.problem.line) == (key, line)


def test_a_key_twice_names_both_lines() -> None:
    (problem,) = read_document("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n").problems
    assert (problem.key, problem.loc, problem.line) == ("twice", ("b", "c"), 5)
    assert problem.values == {"name": "c", "first": 3}


def test_tags_of_ones_own_are_told() -> None:
    (problem,) = read_document("a: !!python/object:os.system x\n").problems
    assert problem.values == {"tag": "!python/object:os.system"}


def test_every_value_knows_its_line() -> None:
    lines = read_document("a:\n  - b: 1\n    c:\n      - x\n      - y\n").lines
    assert lines["a",] == 1
    assert lines["a", 0] == 2
    assert lines["a", 0, "c"] == 3
    assert lines["a", 0, "c", 1] == 5


def test_yaml_is_1_2_and_scalars_stay_text() -> None:
    assert read_document("a: [no, 012, 1_0, 12:30, ~, null, '']\n").tree == {
        "a": ["no", "012", "1_0", "12:30", None, None, ""]
    }


@given(st.text(alphabet="ab:[]{}-#&*!|>'\"%@`$,? \n\t", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        assert isinstance(read_document(text).tree, dict)
