"""The elements of long JSON arrays: streamed, and read past what is broken."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from importing.exports import part

from monitor.importing import elements as module
from monitor.importing.elements import Broken, elements, lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def values(content: bytes | str) -> list[Any]:
    return [element for _, element in elements(part(content))]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.dictionaries(st.text(max_size=8), JSON), max_size=4), st.integers(9, 60))
def test_an_array_gives_its_elements_wherever_the_windows_end(rows: list[Any], chunk: int) -> None:
    with patch.object(module, "CHUNK", chunk):
        assert values(json.dumps(rows)) == rows


@settings(deadline=None, max_examples=200)
@given(st.text() | st.binary() | st.text('{}[]",: a\\'))
def test_no_text_at_all_raises_or_never_ends(text: str | bytes) -> None:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    assert len(values(b"[" + raw)) <= len(raw) + 2
    assert len(list(lines(part(raw)))) <= len(raw) + 1


@pytest.mark.parametrize(
    "broken",
    ['{"a": 1, "b": nope}', '{"a": "x\\q"}', '{"a": 1 "b": 2}', '{"a": "open}'],
)
def test_a_broken_element_costs_itself(broken: str) -> None:
    read = values(f'[{{"a": 1}}, {broken}, {{"a": 2}}, {{"a": 3}}]')
    assert [one for one in read if not isinstance(one, Broken)] == [{"a": n} for n in (1, 2, 3)]
    assert any(isinstance(one, Broken) for one in read)


def test_an_array_too_deep_is_passed_over() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert values(f'[{{"a": 1}}, {{"b": {deep}}}, {{"a": 2}}]')[::2] == [{"a": 1}, {"a": 2}]


def test_a_file_that_is_cut_off_gives_what_stands_before() -> None:
    assert values('[{"a": 1}, {"a": 2}, {"a": "bro') == [{"a": 1}, {"a": 2}, Broken("cut_off")]


def test_arrays_within_objects_say_where_they_were() -> None:
    read = list(elements(part('{"v": 1, "wall": {"log": [{"a": 1}]}, "more": [2]}')))
    assert read == [(("wall", "log"), {"a": 1}), (("more",), 2)]


def test_lone_surrogates_and_stray_bytes_are_read() -> None:
    assert values(b'[{"a": "\\ud83d"}, {"a": "caf\xe9"}]') == [{"a": "\ud83d"}, {"a": "caf\ufffd"}]


def test_an_element_longer_than_any_is_passed_over() -> None:
    with patch.object(module, "MAX_ELEMENT", 1000), patch.object(module, "CHUNK", 100):
        read = values(json.dumps([{"a": 1}, {"a": "x" * 5000}, {"a": 2}]))
    assert read == [{"a": 1}, Broken("too_long"), {"a": 2}]


def test_lines_are_utf_8_or_what_windows_wrote() -> None:
    read = list(lines(part('{"a": "é"}\n\n'.encode() + b'{"a": "\xe9"}\r\n{"a": \n')))
    assert read == [{"a": "é"}, {"a": "é"}, Broken("broken")]
